"""The report goes out: every file written apart, then the whole folder swapped in at once.

Whenever the writer is killed, the folder's name leads to one whole report: the old or the new.
"""

import ctypes
import errno
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reports.document import compose
from reports.forms.excel import render_excel
from reports.forms.html import render_html
from reports.forms.parquet import render_parquet
from reports.forms.pdf import render_pdf
from reports.pack import LANGUAGES, ReportError, ReportPack, check_pack
from reports.publish.wholeness import MANIFEST
from reports.words import Words, load_words

# From linux/fs.h and fcntl.h: swap two names in one step; paths are relative to the working folder.
_RENAME_EXCHANGE, _AT_FDCWD = 2, -100


def publish(pack: ReportPack, folder: Path) -> Path:
    """Write the whole report of `pack` as `folder`, in place of what stands there.

    Returns the path of the manifest. ReportError when the pack cannot be worded or typed (then
    nothing is written), or when `folder` is not a report's; OSError when the disk refuses.
    """
    folder = folder.resolve()
    _expect_report(folder)
    files = render(pack, load_words())
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _lock(folder.parent):
        fresh = folder.with_name(f".{folder.name}.publishing")
        if fresh.exists():  # left by a writer that was killed
            shutil.rmtree(fresh)
        _write(files, fresh)
        _swap(fresh, folder)
        shutil.rmtree(fresh, ignore_errors=True)
    return folder / MANIFEST


def render(pack: ReportPack, words: Words) -> dict[str, bytes]:
    """Every file of the report by its path in the folder, the manifest last."""
    check_pack(pack)
    files: dict[str, bytes] = {}
    for language in LANGUAGES:
        document = compose(pack, words, language)
        files[f"report_{language}.xlsx"] = render_excel(document, pack.payment_date)
        files[f"report_{language}.html"] = render_html(document).encode()
        files[f"report_{language}.pdf"] = render_pdf(document, pack.payment_date)
    for table in pack.tables:
        files[f"tables/{table.name}.parquet"] = render_parquet(table, words)
    files[MANIFEST] = _manifest(pack, files)
    return files


def _manifest(pack: ReportPack, files: Mapping[str, bytes]) -> bytes:
    """What the report was made from, and the hash and size of each of its files."""
    content = {
        "deal_id": pack.deal_id,
        "month": pack.month,
        "as_of_date": pack.as_of_date.isoformat(),
        "payment_date": pack.payment_date.isoformat(),
        "currency": pack.currency,
        "is_synthetic": pack.is_synthetic,
        "scale": pack.scale,
        "run_id": pack.run_id,
        "code_version": pack.code_version,
        "terms_sha256": pack.terms_sha256,
        "lake_snapshot": pack.lake_snapshot,
        "tapes": [{"file_name": name, "sha256": sha256} for name, sha256 in pack.tapes],
        "files": [
            {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "byte_count": len(data)}
            for path, data in sorted(files.items())
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _expect_report(folder: Path) -> None:
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
        with target.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    for written in (*{(folder / path).parent for path in files}, folder):
        _sync(written)


def _swap(fresh: Path, folder: Path) -> None:
    """`fresh` becomes `folder` in one step; what stood there is then under the name of `fresh`."""
    if folder.exists():
        _exchange(fresh, folder)
    else:
        fresh.rename(folder)
    _sync(folder.parent)


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


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One writer at a time in `folder`; the lock is the kernel's and ends with its holder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
