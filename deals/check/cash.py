"""Whether accounts, coupons, fees, support and triggers can do what their terms say."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from deals.check.steps import check_formula, shares_in
from deals.file.lines import KeyPath
from deals.file.table import Problems
from deals.terms.deal import Terms
from deals.terms.payments import COLLECTION_KINDS

AT_CLOSING = ("issued_note_balance", "note_balance")


def check_cash_flows(terms: Terms, problems: Problems) -> None:
    """Record every contradiction between what comes in, what accrues and what the provider pays."""
    _check_receivers(terms, problems)
    _check_deficiency_notes(terms, problems)
    _check_coupons(terms, problems)
    _check_dated(terms, problems)
    _check_fee_dates(terms, problems)
    _check_repayment(terms, problems)
    _check_account_formulas(terms, problems)


def _check_receivers(terms: Terms, problems: Problems) -> None:
    """Each kind of collections goes to one account."""
    for kind in COLLECTION_KINDS:
        codes = [account.code for account in terms.accounts if kind in account.receives]
        if len(codes) != 1:
            problems.contradict(
                (("accounts",),),
                f": {kind} collections go to {', '.join(codes) or 'no account'}",
                "one account that receives each kind",
                "correct `receives`",
            )


def _check_account_formulas(terms: Terms, problems: Problems) -> None:
    """Their codes exist; what a reserve holds at closing rests on the notes, all that there is then."""
    for place, account in enumerate(terms.accounts):
        for key in ("target", "initial"):
            check_formula(terms, ("accounts", place, key), getattr(account, key), problems)
        for share in shares_in(account.initial):
            if share.of not in AT_CLOSING:
                problems.contradict(
                    (("accounts", place, "initial"),),
                    f" is a share of {share.of}, which is not known at closing",
                    f"a stated amount or a share of {' or '.join(AT_CLOSING)}",
                    "correct it",
                )


def _check_deficiency_notes(terms: Terms, problems: Problems) -> None:
    known = [note.code for note in terms.notes]
    for code in terms.payment.deficiency_notes:
        if code not in known:
            problems.contradict(
                (("payment", "deficiency_notes"), ("notes",)),
                f" names {code!r}",
                f"notes of this deal, {', '.join(known)}",
                "correct the code",
            )


def _check_coupons(terms: Terms, problems: Problems) -> None:
    """A floating coupon has an index, a floor that is not above its cap, and no step-up beside it."""
    for place, note in enumerate(terms.notes):
        path: KeyPath = ("notes", place, "floating")
        floating = note.floating
        if floating is None:
            continue
        if floating.index not in terms.indexes:
            problems.contradict(
                ((*path, "index"), ("indexes",)),
                f" = {floating.index!r}",
                f"a code of the indexes, {', '.join(terms.indexes) or '(none)'}",
                "add the index and its values",
            )
        if note.rate_steps:
            problems.contradict(
                (("notes", place, "rate_steps"), path),
                " stands beside a floating coupon",
                "one of them",
                "remove the other",
            )
        if floating.floor is None or floating.cap is None:
            continue
        if floating.floor > floating.cap:
            problems.contradict(
                ((*path, "floor"), (*path, "cap")),
                f" = {floating.floor}",
                f"not more than the cap, {floating.cap}",
                "correct one of them",
            )


def _check_dated(terms: Terms, problems: Problems) -> None:
    """Lists that hold from a date, a period or a bound on stand in that order."""
    lists: list[tuple[KeyPath, Sequence[tuple[Any, Any]]]] = []
    for place, note in enumerate(terms.notes):
        lists.append((("notes", place, "rate_steps"), note.rate_steps))
        lists.append((("notes", place, "target_balances"), note.target_balances))
    for place, fee in enumerate(terms.fees):
        lists.append((("fees", place, "schedule"), fee.schedule))
        lists.append((("fees", place, "tiers"), fee.tiers))
    for place, trigger in enumerate(terms.triggers):
        lists.append((("triggers", place, "thresholds"), trigger.thresholds))
    for place, values in enumerate(terms.indexes.values()):
        lists.append((("indexes", place, "values"), values))
    for path, rows in lists:
        for (before, _), (after, _) in pairwise(rows):
            if after <= before:
                problems.contradict(
                    (path,),
                    f" has {after} after {before}",
                    "each later than the one before",
                    "reorder",
                )


def _check_fee_dates(terms: Terms, problems: Problems) -> None:
    """What falls due on a stated date does so while there is a deal."""
    for place, fee in enumerate(terms.fees):
        dates = [("schedule", day) for day, _ in fee.schedule]
        if fee.frequency == "once" and fee.start_date is not None:
            dates.append(("start_date", fee.start_date))
        for key, day in dates:
            if not terms.dates.closing_date <= day <= terms.dates.legal_final_date:
                problems.contradict(
                    (
                        ("fees", place, key),
                        ("dates", "closing_date"),
                        ("dates", "legal_final_date"),
                    ),
                    f" has {day}, on which nothing is paid",
                    f"a day from the closing, {terms.dates.closing_date}, to the legal final date, "
                    f"{terms.dates.legal_final_date}",
                    "correct the date",
                )


def _check_repayment(terms: Terms, problems: Problems) -> None:
    """Support that may be drawn again has to be repaid somewhere."""
    repays = any(
        step.kind == "support_repayment" for steps in terms.priority.values() for step in steps
    )
    if terms.support is None and repays:
        problems.contradict(
            (("priority",), ("support",)),
            " repays support",
            "a shortfall provider in [support]",
            "add it or remove the step",
        )
    if terms.support is not None and terms.support.kind == "revolving" and not repays:
        problems.contradict(
            (("support", "kind"), ("priority",)),
            " = 'revolving'",
            "a support_repayment step in some phase",
            "add the step, or choose capped",
        )
