"""The report goes out: every file written apart, then the whole folder swapped in at once.

Whenever the writer is killed, the folder's name leads to one whole report: the old or the new.
"""

import ctypes
import errno
import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from reports.correction import compose_correction
from reports.document import Document, compose
from reports.forms.html import render_html
from reports.forms.machine.columns import describe_run
from reports.forms.machine.csv_tables import CSV_METADATA, describe_csv, render_csv
from reports.forms.machine.dictionary import DICTIONARY, render_dictionary
from reports.forms.machine.facts import FACTS, render_facts
from reports.forms.machine.parquet import render_parquet
from reports.forms.machine.report_json import REPORT, SCHEMA, render_json, render_schema
from reports.forms.pdf import render_pdf
from reports.forms.restatement import RESTATEMENT, render_restatement
from reports.forms.workbook.book import render_excel
from reports.pack import LANGUAGES, Language, ReportError, ReportPack, check_pack
from reports.publish.manifest import MANIFEST, Version, read_manifest, version_of, write_manifest
from reports.publish.versions import keep_versions, version_before
from reports.words import Words, load_words
from tapes.land.files import lock_folder, sync_folder, write_file

# From linux/fs.h and fcntl.h: swap two names in one step; paths are relative to the working folder.
_RENAME_EXCHANGE, _AT_FDCWD = 2, -100


def publish(
    pack: ReportPack,
    folder: Path,
    is_earlier: bool = False,
    files: Mapping[str, bytes] | None = None,
) -> Path:
    """Write the whole report of `pack` as `folder`, in place of what stands there.

    What stands there of another run or snapshot is kept, under `versions/`; of the same it is
    replaced. `is_earlier` writes an earlier version again, in its place under `versions/`.
    `files` are those of the pack when they are rendered already. Returns
    the path of the manifest. ReportError when the pack cannot be worded or typed (then nothing is
    written), or when `folder` is not a report's; OSError when the disk refuses.
    """
    folder = folder.resolve()
    version = Version(pack.run_id, pack.lake_snapshot)
    place = folder / version.path if is_earlier else folder
    expect_report(place)
    files = files or render(pack, load_words())
    with lock_folder(folder.parent):
        fresh = place.with_name(f".{place.name}.publishing")
        if fresh.exists():  # left by a writer that was killed
            shutil.rmtree(fresh)
        if not is_earlier:
            keep_versions(folder, fresh, version)
        superseded = version_before(folder if is_earlier else fresh, version) or _stated(
            place, version
        )
        _write({**files, MANIFEST: write_manifest(pack, files, superseded)}, fresh)
        _swap(fresh, place)
        shutil.rmtree(fresh, ignore_errors=True)
    return place / MANIFEST


def _stated(place: Path, version: Version) -> Version | None:
    """What the same version, written before, said that it supersedes."""
    manifest = read_manifest(place) or {}
    return version_of(manifest.get("supersedes")) if version_of(manifest) == version else None


def render(pack: ReportPack, words: Words) -> dict[str, bytes]:
    """Every file of the report but its manifest, by its path in the folder."""
    check_pack(pack)
    documents: dict[Language, Document] = {
        language: compose(pack, words, language) for language in LANGUAGES
    }
    files: dict[str, bytes] = {}
    # Typst sets a page without holding Python up.
    with ThreadPoolExecutor(len(LANGUAGES)) as setting:
        pages = {
            f"report_{language}.pdf": setting.submit(render_pdf, document, pack.payment_date)
            for language, document in documents.items()
        }
        for language, document in documents.items():
            files[f"report_{language}.xlsx"] = render_excel(document, pack.payment_date)
            files[f"report_{language}.html"] = render_html(document).encode()
            files[DICTIONARY.format(language)] = render_dictionary(pack, document, words)
        if pack.restated is not None:
            files |= _render_correction(pack, documents, words)
        files |= render_data(pack, words)
        return files | {path: page.result() for path, page in pages.items()}


def _render_correction(
    pack: ReportPack, documents: Mapping[Language, Document], words: Words
) -> dict[str, bytes]:
    """The correction notice in each form and language, and its figures for programs."""
    files = {RESTATEMENT: render_restatement(pack.restated or ())}
    for language, document in documents.items():
        notice = compose_correction(pack, document, words)
        files[f"correction_{language}.html"] = render_html(notice).encode()
        files[f"correction_{language}.pdf"] = render_pdf(notice, pack.payment_date)
        files[f"correction_{language}.xlsx"] = render_excel(notice, pack.payment_date)
    return files


def render_data(pack: ReportPack, words: Words) -> dict[str, bytes]:
    """The files for programs."""
    run = describe_run(pack)
    files = {
        REPORT: render_json(pack, words),
        SCHEMA: render_schema(pack, words),
        FACTS: render_facts(pack, words),
        CSV_METADATA: describe_csv(pack, words),
    }
    for table in pack.tables:
        files[f"tables/{table.name}.parquet"] = render_parquet(table, words, run, pack.currency)
        files[f"tables/{table.name}.csv"] = render_csv(table)
    return files


def expect_report(folder: Path) -> None:
    """Swapping removes what stood there, so it must be a report, or nothing."""
    is_free = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    if not is_free and not (folder / MANIFEST).is_file():
        raise ReportError(
            f"{folder}: is there and holds no {MANIFEST}, so it is not a report; "
            "nothing was replaced: name another folder, or move it away"
        )


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    """All files and folders, each forced to the disk before the swap can make them visible."""
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_file(target, data)
    for written in (*{(folder / path).parent for path in files}, folder):
        sync_folder(written)


def _swap(fresh: Path, folder: Path) -> None:
    """`fresh` becomes `folder` in one step; what stood there is then under the name of `fresh`."""
    if folder.exists():
        _exchange(fresh, folder)
    else:
        fresh.rename(folder)
    sync_folder(folder.parent)


def _exchange(one: Path, other: Path) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        raise ReportError(f"{other}: this system cannot swap two folders; publish from Linux")
    status = library.renameat2(
        _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE
    )
    code = ctypes.get_errno()
    if status != 0 and code in (errno.EINVAL, errno.ENOSYS):
        raise ReportError(
            f"{other}: its file system cannot swap two folders in one step; "
            "publish to a local disk (ext4, xfs, btrfs) or to a folder that is not there yet"
        )
    if status != 0:
        raise OSError(code, os.strerror(code), str(other))
