"""Which errors are a user's to mend (one line), and the exit code that each gives."""

import errno
import traceback
from pathlib import Path

from typer.exceptions import TyperException

from flows.home import REPOSITORY
from reports.characters import printable
from tapes.land.disk import full_place, is_disk_full

REFUSED = 1
WRONG_USAGE = 2
UNUSABLE_PLACES = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
    errno.ENAMETOOLONG,
}


def exit_code(error: BaseException) -> int | None:
    """1 for refused data, 2 for wrong usage, None for a fault of the program, which shows its traceback."""
    from deals.terms.deal import TermsError
    from expectations.rule import CheckError
    from flows.lake.connection import LakeError
    from flows.outlook.collections import CollectionsError
    from flows.refusals import CloseRefused, UsageError
    from flows.transform.compiled import TransformError
    from reports.pack import ReportError
    from tapes import TapeError
    from waterfall.money import WaterfallError
    from waterfall.project.assumptions import AssumptionError

    if isinstance(error, UsageError | TyperException | AssumptionError):
        return WRONG_USAGE
    refusals = (
        TermsError,
        TapeError,
        CheckError,
        CloseRefused,
        CollectionsError,
        LakeError,
        ReportError,
        WaterfallError,
        TransformError,
    )
    is_mendable = (
        is_disk_full(error)
        or isinstance(error, refusals)
        or _is_unusable_place(error)
        or missing_library(error) != ""
    )
    return REFUSED if is_mendable else None


def describe(error: BaseException) -> str:
    """The error in one line: what is wrong, what was expected, what to do."""
    words = str(error)
    if is_disk_full(error):
        place = (
            full_place(error) or "the folder that TAPEHOUSE_HOME names, or that of temporary files"
        )
        words = f"disk full at {place}: free space and run again"
    elif library := missing_library(error):
        words = (
            f"{library}: cannot be imported ({error}), expected it as uv.lock has it; "
            "run `uv sync`, then the same command again"
        )
    elif isinstance(error, TyperException):
        if not error.format_message():
            return "no command; choose one of those above"
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "tapehouse"
        words = f"{error.format_message().rstrip('.')}; `{command} --help` shows what is expected"
    elif isinstance(error, OSError):
        words = (
            f"{error.filename}: {error.strerror}, expected a place that can be read and written; "
            "check TAPEHOUSE_HOME, the paths given and their permissions"
        )
    # A file's name may hold bytes that are no UTF-8, which no stream prints; a cell of a tape, what a
    # terminal obeys.
    return " ".join(printable(words).split())


def missing_library(error: BaseException) -> str:
    """The library that could not be imported; empty for any other error, and for a module of our own."""
    if not isinstance(error, ImportError):
        return ""
    [*_, place] = traceback.extract_tb(error.__traceback__)
    inside = Path(place.filename).parts
    name = (error.name or "").partition(".")[0]
    if not name and "site-packages" in inside:
        name = inside[inside.index("site-packages") + 1]
    return "" if (REPOSITORY / name).is_dir() else name


def _is_unusable_place(error: BaseException) -> bool:
    """Whether the operating system refused a file or folder that the user chose."""
    return (
        isinstance(error, OSError) and error.filename is not None and error.errno in UNUSABLE_PLACES
    )
