"""Terms that are each well formed and cannot stand together.

Every finder compares terms that may hold stand-ins: `Problems.contradict` drops what rests on a
term that is already known to be missing or bad.
"""

from collections.abc import Iterable

from deals.check.cash import check_cash_flows
from deals.check.circles import check_account_cycles
from deals.check.dates import REVOLVING_MONTHS, check_dates, check_structure_dates
from deals.check.eligibility import check_eligibility
from deals.check.priority import check_priorities
from deals.check.purchase import check_purchase
from deals.file.kinds import CODE
from deals.file.lines import KeyPath
from deals.file.table import Paths, Problems, each_path
from deals.terms.deal import Terms
from deals.terms.money import yuan

_CONTINUED: KeyPath = ("structure", "has_continued_purchase")


def find_contradictions(
    terms: Terms, file_stem: str, problems: Problems, is_structure: bool = False
) -> None:
    """Record every contradiction between the terms, and of the deal's id with its file's name.

    A structure without loans needs no limits on them, and its dates are those of its collections.
    """
    if terms.deal_id != file_stem:
        problems.contradict(
            (("deal_id",),),
            f" = {terms.deal_id!r}",
            f"the file's name, {file_stem!r}",
            "rename one" if CODE.parse(file_stem) else f"name the file {terms.deal_id}.toml",
        )
    if is_structure:
        check_structure_dates(terms, problems)
    else:
        _check_sources(terms, problems)
        check_dates(terms, problems)
        _check_purchase_tables(terms, problems)
        _check_whole_tape(terms, problems)
    _check_revolving(terms, problems)
    _check_codes(terms, problems)
    _check_notes(terms, problems, is_structure)
    _check_support(terms, problems)
    _check_restrictions(terms, problems)
    check_cash_flows(terms, problems)
    check_eligibility(terms, problems)
    _check_overdue_lines(terms, problems)
    check_purchase(terms, problems)
    check_priorities(terms, problems)
    check_account_cycles(terms, problems)


def find_book_contradictions(terms: Terms, others: Iterable[Terms], problems: Problems) -> None:
    """Record where the deal's book does not stand together with the other deals of the folder."""
    for other in others:
        if other.deal_id == terms.book.code:
            problems.contradict(
                (("book", "code"),),
                f" = {terms.book.code!r}",
                f"a name that no other deal has, {other.deal_id}.toml is one",
                "name the book otherwise, in each of its deals",
            )
        elif (other.book.code, other.book.order) == (terms.book.code, terms.book.order):
            problems.contradict(
                (("book", "order"), ("book", "code")),
                f" = {terms.book.order}",
                f"a place that no other deal of the book {terms.book.code} has, "
                f"{other.deal_id} has it",
                "choose another",
            )


def _check_sources(terms: Terms, problems: Problems) -> None:
    """The figures of a deal with loans have sources."""
    if not terms.structure.is_sourced:
        problems.contradict(
            (("structure", "is_sourced"),),
            " = false",
            "true in a deal with loans, whose figures all have a source",
            "remove it",
        )


def _check_purchase_tables(terms: Terms, problems: Problems) -> None:
    """A deal that draws or buys has limits and a [purchase]; another has neither."""
    draws_or_buys = (
        terms.structure.initial_pool == "random_draw" or terms.structure.has_continued_purchase
    )
    present = {
        "eligibility": terms.eligibility is not None,
        "purchase": terms.purchase is not None,
    }
    for section, is_present in present.items():
        paths: Paths = ((section,), _CONTINUED, ("structure", "initial_pool"))
        if draws_or_buys and not is_present:
            expected = "a table of it, for the loans that are drawn or bought"
            problems.contradict(paths, " is missing", expected, "add it")
        elif is_present and not draws_or_buys:
            expected = "no such table in a deal that draws and buys no loans"
            problems.contradict(paths, " is present", expected, "remove it")


def _check_whole_tape(terms: Terms, problems: Problems) -> None:
    """A pool that is taken whole is there before the first payment date, and nothing is bought into it."""
    if terms.structure.initial_pool == "whole_tape" and terms.structure.has_continued_purchase:
        problems.contradict(
            (("structure", "initial_pool"), _CONTINUED),
            " = 'whole_tape' with continued purchase",
            "'random_draw' in a deal that goes on buying loans",
            "correct it or structure.has_continued_purchase",
        )


def _check_revolving(terms: Terms, problems: Problems) -> None:
    """Revolving months, revolving steps and triggers that end them stand or fall together."""
    buys = terms.structure.has_continued_purchase
    if buys != (terms.structure.revolving_months > 0):
        problems.contradict(
            (REVOLVING_MONTHS, _CONTINUED),
            f" = {terms.structure.revolving_months}",
            "1 or more with continued purchase" if buys else "0 without continued purchase",
            "correct it or structure.has_continued_purchase",
        )
    months_between = terms.payment.months_between or 1
    if buys and 0 < terms.structure.revolving_months < months_between:
        problems.contradict(
            (REVOLVING_MONTHS, ("payment", "frequency"), _CONTINUED),
            f" = {terms.structure.revolving_months}, before the first payment date",
            f"{months_between} or more, for loans are bought on payment dates",
            "correct it or payment.frequency",
        )
    if buys != ("revolving" in terms.priority):
        problems.contradict(
            (("priority", "revolving"), _CONTINUED),
            " is missing" if buys else " is present",
            "steps, for continued purchase" if buys else "none without continued purchase",
            "correct it or structure.has_continued_purchase",
        )
    for place, trigger in enumerate(() if buys else terms.triggers):
        if trigger.effect != "end_revolving":
            continue
        problems.contradict(
            (("triggers", place, "effect"), _CONTINUED),
            f" = {trigger.effect!r}",
            "continued purchase for the trigger to end",
            "remove the trigger or set structure.has_continued_purchase",
        )


def _check_codes(terms: Terms, problems: Problems) -> None:
    """Codes name one thing each."""
    named = {
        "notes": terms.notes,
        "fees": terms.fees,
        "accounts": terms.accounts,
        "triggers": terms.triggers,
        "limits": terms.limits,
    }
    for section, items in named.items():
        codes = [item.code for item in items]
        for place, code in enumerate(codes):
            if code in codes[:place]:
                problems.contradict(
                    ((section, place, "code"),),
                    f" = {code!r}",
                    f"a code that none of the {section} before it has",
                    "choose another code",
                )


def _check_notes(terms: Terms, problems: Problems, is_structure: bool) -> None:
    """The notes stand by seniority and end with the one equity.

    A structure of which no step pays what is left needs none.
    """
    order = ("senior", "mezzanine", "equity")
    classes = [note.tranche_class for note in terms.notes]
    ranks = [order.index(tranche_class) for tranche_class in classes]
    for place in range(1, len(ranks)):
        if ranks[place] < ranks[place - 1]:
            problems.contradict(
                (("notes", place, "tranche_class"), ("notes", place - 1, "tranche_class")),
                f" = {classes[place]!r} after {classes[place - 1]!r}",
                "notes in order of seniority: senior, mezzanine, equity",
                "reorder the notes",
            )
    pays_rest = any(step.kind == "residual" for steps in terms.priority.values() for step in steps)
    needs_equity = not is_structure or pays_rest
    if classes.count("equity") != 1 and (needs_equity or "equity" in classes):
        problems.contradict(
            (("notes",), *each_path("notes", len(classes), "tranche_class")),
            f" has {classes.count('equity')} of class equity",
            "exactly one, which takes the residual",
            "correct the classes",
        )


def _check_support(terms: Terms, problems: Problems) -> None:
    rated = [note.code for note in terms.notes if note.tranche_class != "equity"]
    codes = each_path("notes", len(terms.notes), "code")
    for note in terms.support.covers if terms.support else ():
        if note not in rated:
            problems.contradict(
                (("support", "covers"), ("notes",), *codes),
                f" names {note!r}",
                f"senior or mezzanine notes of this deal, {', '.join(rated)}",
                "correct the code",
            )


def _check_restrictions(terms: Terms, problems: Problems) -> None:
    """The provider's restrictions are of notes that it covers, and of what it pays."""
    support = terms.support
    if support is None:
        return
    for place, restriction in enumerate(support.restrictions):
        if restriction.note not in support.covers:
            problems.contradict(
                (("support", "restrictions", place, "code"), ("support", "covers")),
                f" = {restriction.note!r}",
                f"a note of support.covers, {', '.join(support.covers)}",
                "correct the code, or remove the restriction",
            )
    limit, per_date = support.limit_fen, support.limit_per_date_fen
    if limit is not None and per_date is not None and per_date > limit:
        problems.contradict(
            (("support", "limit_per_date"), ("support", "limit")),
            f" = {yuan(per_date)}",
            f"at most support.limit, {yuan(limit)}",
            "correct one of them",
        )


def _check_overdue_lines(terms: Terms, problems: Problems) -> None:
    """A loan is overdue before it is seriously so, and that before it is in default, or as it is."""
    keys = ("overdue_days_past_due", "serious_overdue_days_past_due", "days_past_due")
    lines = (
        terms.default.overdue_days_past_due,
        terms.default.serious_overdue_days_past_due,
        terms.default.days_past_due,
    )
    for place in (0, 1):
        if lines[place] > lines[place + 1]:
            problems.contradict(
                (("default", keys[place]), ("default", keys[place + 1])),
                f" = {lines[place]}",
                f"not more than default.{keys[place + 1]}, {lines[place + 1]}",
                "correct one of them",
            )
