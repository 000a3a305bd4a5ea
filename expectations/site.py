"""The pages of Great Expectations on the verdicts (Data Docs): a site a folder, static files kept once."""

import filecmp
import logging
import os
import re
import shutil
import sys
from functools import cache, partial
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

from jinja2 import BytecodeCache, Environment

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )
    from jinja2.bccache import Bucket

_PARTS = ("expectations", "validations", "static")
_REMOTE_IMAGE = re.compile(
    r"https://great-expectations-web-assets\.s3[^/]*/([a-z_-]+\.png)(?:\?d=[^\"]*)?"
)


def write_site(
    context: "EphemeralDataContext", folder: Path, static_folder: Path | None = None
) -> None:
    """Build the pages of every suite of the context into `folder`, in place of earlier ones.

    What does not depend on the verdicts (fonts, images, styles: 4 MB) is, given `static_folder`, kept
    there once for every site, which has links to it.
    """
    _compile_templates_once()
    for part in _PARTS:
        shutil.rmtree(folder / part, ignore_errors=True)
    backend = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.resolve())}
    site: Any = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder", "show_cta_footer": False},
        "store_backend": backend,
    }
    context.add_data_docs_site("close", site)
    builder = logging.getLogger("great_expectations.render.renderer.site_builder")
    raising = _RaisingHandler(logging.ERROR)
    builder.addHandler(raising)
    try:
        context.build_data_docs(site_names=["close"])
    finally:
        builder.removeHandler(raising)
    _use_local_images(folder)
    if static_folder is not None:
        _keep_once(folder / "static", static_folder)


class _Compiled(BytecodeCache):
    """The code of each template, for the environments of one process."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: "Bucket") -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: "Bucket") -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


@cache
def _compile_templates_once() -> None:
    """The library makes an environment for each kind of page and each site, which would compile anew."""
    from great_expectations.render.view import view

    view.Environment = partial(Environment, bytecode_cache=_Compiled())  # type: ignore[misc]


class _RaisingHandler(logging.Handler):
    """Raises what a disk refuses: the builder would log it, page by page, and leave the pages out."""

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(error := sys.exception(), OSError):
            raise error


def _use_local_images(folder: Path) -> None:
    """Point the logo at the copy in the site: the remote one would tell of each page opened."""
    for page in [*folder.rglob("*.html"), *folder.rglob("static/styles/*.css")]:
        images = Path(os.path.relpath(folder / "static" / "images", page.parent)).as_posix()
        text = page.read_text(encoding="utf-8")
        page.write_text(_REMOTE_IMAGE.sub(rf"{images}/\1", text), encoding="utf-8")


def _keep_once(folder: Path, kept_folder: Path) -> None:
    """Make each file of the folder a link to the one in `kept_folder`, which has it from here at first."""
    for file in [path for path in folder.rglob("*") if path.is_file()]:
        kept = kept_folder / file.relative_to(folder)
        if kept.exists() and filecmp.cmp(file, kept, shallow=False):
            _link(kept, file)
        else:  # The first site, or one of another release of the library.
            kept.parent.mkdir(parents=True, exist_ok=True)
            _link(file, kept)


def _link(source: Path, target: Path) -> None:
    """Put a link to `source` in the place of `target`; on a file system without links leave what is there."""
    link = target.with_name(f".{target.name}.{os.getpid()}.link")
    try:
        os.link(source, link)
        link.replace(target)
    except OSError:
        link.unlink(missing_ok=True)
