"""The terms of a deal from the tables of its TOML file, which name them section by section."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar, get_args

from deals.buckets.reading import build_buckets
from deals.file.codes import canonical_codes
from deals.file.kinds import (
    CODE,
    CODES,
    CRON,
    CURRENCY,
    DATE,
    EXACT_SIGNED_RATE,
    FLAG,
    MONEY,
    RATE,
    SOME_CODES,
    TEXT,
    TIME_ZONE,
    Kind,
    count,
    counts,
    one_of,
    some_of,
    sourced,
)
from deals.file.notes import (
    build_notes,
    build_registration,
    build_structure,
    read_issue_amount,
)
from deals.file.payments import build_accounts, build_fee, build_priority
from deals.file.purchase import read_limit, read_purchase
from deals.file.table import Table
from deals.file.triggers import build_call, build_support, build_trigger
from deals.terms.deal import Terms
from deals.terms.eligibility import WARRANTABLE, Eligibility, RepurchasePrice, Warranty
from deals.terms.forecast import Forecast
from deals.terms.payments import DeficiencyBasis, LateInterest, Rounding
from deals.terms.rates import Rate
from deals.terms.sections import (
    LEAST_WORKING_DAYS,
    Book,
    Dates,
    Default,
    Party,
    Payment,
    PaymentFrequency,
    PaymentRule,
    Reporting,
    Roll,
    Schedule,
)

T = TypeVar("T")

_FIVE_CLASSES = some_of(*canonical_codes("five_class_code"))
_STATUSES = some_of(*canonical_codes("status_code"))
_MONTHS = count(0, 600)
_DAYS = count(0, 3660)


def build_terms(root: Table, sha256: str) -> Terms:
    """The terms of a file's root table; a missing or bad term is a problem and has a stand-in."""
    deal_id, structure = root.get("deal_id", CODE), root.table("structure")
    accounts = build_accounts(root)
    notes = build_notes(root, read_issue_amount(structure))
    return Terms(
        deal_id=deal_id,
        name_zh=root.get("name_zh", TEXT),
        name_en=root.get("name_en", TEXT),
        currency=root.get("currency", CURRENCY),
        tape_formats=root.get("tape_formats", SOME_CODES),
        parties=tuple(map(_party, root.tables("parties"))),
        structure=build_structure(structure, sum(note.notional_fen for note in notes)),
        dates=_dates(root.table("dates")),
        payment=_payment(root.table("payment")),
        default=_default(root.table("default")),
        schedule=_schedule(root.table("schedule")),
        book=_book(root.table("book"), deal_id),
        notes=notes,
        fees=tuple(map(build_fee, root.tables("fees", is_required=False))),
        accounts=accounts,
        triggers=tuple(map(build_trigger, root.tables("triggers", is_required=False))),
        priority=build_priority(root.table("priority"), accounts[0].code),
        support=_optional(root, "support", build_support),
        clean_up_call=_optional(root, "clean_up_call", build_call),
        indexes=dict(map(_index, root.tables("indexes", is_required=False))),
        eligibility=_optional(root, "eligibility", _eligibility),
        warranty=_optional(root, "warranty", _warranty),
        purchase=_optional(root, "purchase", read_purchase),
        limits=tuple(map(read_limit, root.tables("limits", is_required=False))),
        forecast=_optional(root, "forecast", _forecast),
        buckets=build_buckets(root),
        registration=build_registration(root),
        report=_optional(root, "report", _report) or Reporting(),
        sha256=sha256,
    )


def _optional(root: Table, key: str, build: Callable[[Table], T]) -> T | None:
    """What a table that a deal may leave out says; None without it."""
    return build(root.table(key)) if key in root else None


def _dates(table: Table) -> Dates:
    return Dates(
        initial_cut_off_date=table.get("initial_cut_off_date", DATE),
        closing_date=table.get("closing_date", DATE),
        legal_final_date=table.get("legal_final_date", DATE),
    )


def _payment(table: Table) -> Payment:
    return Payment(
        rule=_payment_rule(table),
        calendar=table.get("calendar", one_of("cn_bank", "weekdays")),
        report_lead_working_days=table.get("report_lead_working_days", count(0, 20)),
        interest_on_unpaid_interest=table.get(
            "interest_on_unpaid_interest", one_of(*get_args(LateInterest))
        ),
        rounding=table.get("rounding", one_of(*get_args(Rounding))),
        deficiency_notes=table.get_or("deficiency_notes", SOME_CODES, ()),
        deficiency_basis=_deficiency_basis(table),
        frequency=table.get_or("frequency", one_of(*get_args(PaymentFrequency)), None),
    )


def _deficiency_basis(table: Table) -> DeficiencyBasis:
    """What the ledgers take on; without ledgers there is no such key."""
    kind = one_of(*get_args(DeficiencyBasis))
    basis = table.get_or("deficiency_basis", kind, "defaulted")
    table.needs("deficiency_basis", "deficiency_notes")
    return basis


def _default(table: Table) -> Default:
    days = table.get("days_past_due", _DAYS)
    return Default(
        days_past_due=days,
        overdue_days_past_due=table.get_or("overdue_days_past_due", _DAYS, 0),
        serious_overdue_days_past_due=table.get_or("serious_overdue_days_past_due", _DAYS, days),
        rate_denominator=table.get(
            "rate_denominator", one_of("initial_pool", "initial_pool_and_purchases")
        ),
        unreported_loan=table.get("unreported_loan", one_of("hold", "write_off")),
        max_unreported_share=table.get("max_unreported_share", RATE),
        max_adjusted_loan_count=table.get("max_adjusted_loan_count", count(0, 10**9)),
        max_adjusted_share=table.get("max_adjusted_share", RATE),
        max_rounding_fen=table.get("max_rounding_amount", MONEY),
        unknown_cash=table.get("unknown_cash", one_of("stop", "hold")),
    )


def _schedule(table: Table) -> Schedule:
    return Schedule(cron=table.get("cron", CRON), timezone=table.get("timezone", TIME_ZONE))


def _book(table: Table, deal_id: str) -> Book:
    """Only in a book that it may share has a deal a place; in one of its own it is the first."""
    return Book(
        code=table.get_or("code", CODE, deal_id),
        order=table.get("order", count(1, 1000)) if "code" in table else 1,
        loan_count=table.get("loan_count", count(1, 10**9)),
    )


def _report(table: Table) -> Reporting:
    return Reporting(
        needs_approval=table.get_or("needs_approval", FLAG, False),
        suppress_below=table.get_or("suppress_below", count(2, 1000), 0) or None,
        needs_reconciliation=table.get_or("needs_reconciliation", FLAG, False),
    )


def _forecast(table: Table) -> Forecast:
    """The section `[forecast]`; every term is needed and has its source."""
    return Forecast(
        cpr=table.get("cpr", RATE),
        cdr=table.get("cdr", RATE),
        delinquency=table.get("delinquency", RATE),
        delinquency_months=table.get("delinquency_months", count(1, 120)),
        roll=table.get("roll", RATE),
        recovery=table.get("recovery", RATE),
        recovery_lag=table.get("recovery_lag", count(0, 120)),
    )


def _party(table: Table) -> Party:
    return Party(
        role_code=table.get("role_code", CODE),
        name_zh=table.get("name_zh", TEXT),
        name_en=table.get("name_en", TEXT),
        address=table.get_or("address", TEXT, ""),
        contact=table.get_or("contact", TEXT, ""),
    )


def _payment_rule(table: Table) -> PaymentRule:
    """The rule's own keys only, so that a key of another rule is an unknown one."""
    kind = table.get("kind", one_of("nth_working_day", "working_days_after", "day_of_month"))
    if kind != "day_of_month":
        most = LEAST_WORKING_DAYS if kind == "nth_working_day" else 25
        return PaymentRule(kind, n=table.get("n", count(1, most)))
    roll = table.get("roll", one_of(*get_args(Roll)))
    return PaymentRule(kind, day=table.get("day", count(1, 31)), roll=roll)


def _eligibility(table: Table) -> Eligibility:
    """The limits; those that a deal may leave out are None, or an empty list.

    A deal that lists no product says which it excludes: nobody means every product of a book.
    """
    products = CODES if "excluded_product_codes" in table else SOME_CODES
    return Eligibility(
        product_codes=table.get("product_codes", products),
        five_class_codes=table.get("five_class_codes", _FIVE_CLASSES),
        status_codes=table.get("status_codes", _STATUSES),
        region_codes=table.get("region_codes", CODES),
        max_days_past_due=table.get("max_days_past_due", _DAYS),
        max_historical_days_past_due=table.get("max_historical_days_past_due", _DAYS),
        min_balance_fen=table.get("min_balance", MONEY),
        max_balance_fen=table.get("max_balance", MONEY),
        min_annual_rate=table.get("min_annual_rate", RATE),
        max_annual_rate=table.get("max_annual_rate", RATE),
        min_borrower_age=table.get("min_borrower_age", count(0, 150)),
        max_borrower_age=table.get("max_borrower_age", count(0, 150)),
        min_remaining_months=table.get("min_remaining_months", _MONTHS),
        min_seasoning_months=table.get("min_seasoning_months", _MONTHS),
        min_credit_score=table.get("min_credit_score", count(0, 1000)),
        must_mature_within_deal=table.get("must_mature_within_deal", FLAG),
        allows_renegotiated=table.get("allows_renegotiated", FLAG),
        allows_disputed=table.get("allows_disputed", FLAG),
        allows_pledged=table.get("allows_pledged", FLAG),
        excluded_product_codes=table.get_or("excluded_product_codes", CODES, ()),
        excluded_region_codes=table.get_or("excluded_region_codes", CODES, ()),
        excluded_occupation_codes=table.get_or("excluded_occupation_codes", CODES, ()),
        repayment_method_codes=table.get_or("repayment_method_codes", CODES, ()),
        term_months=table.get_or("term_months", counts(1, 600), ()),
        max_past_due_count=_limit(table, "max_past_due_count", count(0, 600)),
        max_remaining_months=_limit(table, "max_remaining_months", _MONTHS),
        max_seasoning_months=_limit(table, "max_seasoning_months", _MONTHS),
        max_age_at_maturity=_limit(table, "max_age_at_maturity", count(0, 150)),
        max_borrower_balance_fen=_limit(table, "max_borrower_balance", MONEY),
        allows_repurchased=table.get_or("allows_repurchased", FLAG, False),
    )


def _warranty(table: Table) -> Warranty:
    return Warranty(
        criteria=table.get_or("criteria", sourced(some_of(*WARRANTABLE)), ()),
        price=table.get("price", sourced(one_of(*get_args(RepurchasePrice)))),
    )


def _index(table: Table) -> tuple[str, tuple[tuple[date, Rate], ...]]:
    """The code of a floating rate's index and its values, each from its date on."""
    values = (
        (row.get("from", DATE), row.get("rate", EXACT_SIGNED_RATE))
        for row in table.tables("values")
    )
    return table.get("code", CODE), tuple(values)


def _limit(table: Table, key: str, kind: Kind[int]) -> int | None:
    """A limit that a deal may leave out."""
    return table.get(key, kind) if key in table else None
