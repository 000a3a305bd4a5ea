"""Which errors are a user's to mend (one line), and the exit code that each gives."""

REFUSED = 1
WRONG_USAGE = 2


def exit_code(error: BaseException) -> int | None:
    """1 for refused data, 2 for wrong usage, None for a fault of the program, which shows its traceback."""
    from deals.terms import TermsError
    from expectations.rules import CheckError
    from flows.lake import LakeError
    from flows.requests import CloseRefused
    from flows.transforming import TransformError
    from flows.usage import UsageError
    from reports.pack import ReportError
    from tapes import TapeError
    from waterfall.money import WaterfallError

    if isinstance(error, UsageError):
        return WRONG_USAGE
    refusals = (
        TermsError,
        TapeError,
        CheckError,
        CloseRefused,
        LakeError,
        ReportError,
        WaterfallError,
        TransformError,
    )
    return REFUSED if isinstance(error, refusals) else None
