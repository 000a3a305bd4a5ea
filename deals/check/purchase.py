"""Terms of purchases and pool limits that are each well formed and cannot stand together."""

from math import prod

from deals.dates.calendar import CalendarError, Period, next_month, period_of
from deals.dates.purchase_days import schedule_purchases
from deals.file.lines import KeyPath
from deals.file.table import Paths, Problems
from deals.terms.deal import Terms
from deals.terms.purchase import NOT_LIMITS, NUMBER_DIMENSIONS, PAYMENT_DATE, Limit

_PAYMENT_DATE_TERMS: Paths = (
    ("payment",),
    ("payment", "kind"),
    ("payment", "n"),
    ("payment", "day"),
    ("payment", "calendar"),
    ("dates", "initial_cut_off_date"),
    ("structure", "revolving_months"),
)


def check_purchase(terms: Terms, problems: Problems) -> None:
    """Record what contradicts in [purchase] and the [[limits]]."""
    _check_dates(terms, problems)
    _check_amounts(terms, problems)
    for place, limit in enumerate(terms.limits):
        path: KeyPath = ("limits", place)
        _check_need(terms, path, problems)
        _check_code(limit, path, problems)
        _check_values(limit, path, problems)
        _check_room(limit, path, problems)


def _check_dates(terms: Terms, problems: Problems) -> None:
    """In every revolving period the purchases rise from its payment date to before the next one."""
    if terms.purchase is None or terms.purchase.dates == (PAYMENT_DATE,):
        return
    try:
        periods = _revolving_periods(terms)
    except CalendarError:
        return  # The payment dates themselves cannot be told: nothing to compare with.
    around = [("purchase", "dates", place) for place in range(len(terms.purchase.dates))]
    for period in periods:
        try:
            schedule_purchases(terms, period)
        except CalendarError as error:
            problems.contradict(
                (("purchase", "dates"), *around, *_PAYMENT_DATE_TERMS),
                f" do not fit {period.month} ({error})",
                "dates that rise from each payment date to before the next",
                "correct the dates",
            )
            return


def _revolving_periods(terms: Terms) -> list[Period]:
    """The periods that buy after the closing, each with a payment date after it that is known."""
    month = f"{terms.dates.initial_cut_off_date:%Y-%m}"
    periods = []
    for _ in range(terms.structure.revolving_months + 1):
        month = next_month(month)
        periods.append(period_of(terms, month))
    return periods[:-1]


def _check_amounts(terms: Terms, problems: Problems) -> None:
    """A purchase may spend something, and pays something."""
    if terms.purchase is None:
        return
    for key, value in (
        ("max_amount", terms.purchase.max_amount_fen),
        ("price_share", terms.purchase.price_share),
    ):
        if value == 0:
            problems.contradict(
                (("purchase", key),),
                " is zero",
                "more than zero, for nothing could be bought",
                "correct it",
            )


def _check_need(terms: Terms, path: KeyPath, problems: Problems) -> None:
    """A limit is of a pool that purchases change."""
    if terms.purchase is None:
        problems.contradict(
            (path, ("purchase",)),
            " is present",
            "no limits in a deal without [purchase]",
            "remove it",
        )


def _check_code(limit: Limit, path: KeyPath, problems: Problems) -> None:
    """What a loan was passed over for is told by the limit's code, or one of these words."""
    if limit.code in NOT_LIMITS:
        problems.contradict(
            ((*path, "code"),),
            f" = {limit.code!r}",
            f"a code other than {' and '.join(NOT_LIMITS)}, which are reasons of their own",
            "choose another code",
        )


def _check_values(limit: Limit, path: KeyPath, problems: Problems) -> None:
    """A listed value has a part for each dimension, and names a band of a number."""
    around = ((*path, "values"), (*path, "dimensions"), (*path, "edges"), (*path, "kind"))
    for value in limit.values:
        shown = " and ".join(map(repr, value))
        if len(value) != len(limit.dimensions):
            problems.contradict(
                around,
                f" has {shown}",
                f"one value of each of {', '.join(item.code for item in limit.dimensions)}",
                "correct the values",
            )
            continue
        for dimension, part in zip(limit.dimensions, value, strict=True):
            if dimension.code in NUMBER_DIMENSIONS and part not in dimension.bands():
                problems.contradict(
                    (*around, (*path, "edges", dimension.code)),
                    f" has {part!r}",
                    f"a band of {dimension.code}: {', '.join(dimension.bands())}",
                    "correct the values or the edges",
                )


def _check_room(limit: Limit, path: KeyPath, problems: Problems) -> None:
    """Bands that are all limited leave room for a whole pool."""
    bands = [len(dimension.bands()) for dimension in limit.dimensions]
    if limit.kind != "share_by" or limit.values or 0 in bands:
        return
    if prod(bands) * limit.threshold < 1:
        problems.contradict(
            ((*path, "max_share"), (*path, "edges"), (*path, "dimensions"), (*path, "kind")),
            f" = {limit.threshold}, of {prod(bands)} bands",
            "at least one whole pool in all bands together",
            "raise the share or divide further",
        )
