"""How a deal pays, from the tables of its TOML file: notes, fees, accounts, priorities, triggers."""

from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from deals.file.kinds import (
    CODE,
    DATE,
    FLAG,
    MONEY,
    RATE,
    RATIO,
    SIGNED_RATE,
    SOME_CODES,
    TEXT,
    count,
    one_of,
    some_of,
)
from deals.file.table import Table
from deals.terms.events import EVENTS
from deals.terms.money import yuan
from deals.terms.payments import (
    ACCOUNT_CODE,
    COLLECTION_KINDS,
    MEANS_OF_THREE_MONTHS,
    MOST_AVERAGED,
    Account,
    Amount,
    BreachedWhen,
    CleanUpCall,
    Combined,
    DayCount,
    Effect,
    Fee,
    FixedAmount,
    Floating,
    Frequency,
    Metric,
    Note,
    Phase,
    Quantity,
    ShareOf,
    Step,
    StepKind,
    Support,
    Trigger,
)

_DAY_COUNT = one_of(*get_args(DayCount))
_FEE_DAY_COUNT = one_of(*get_args(DayCount), "none")
_QUANTITY = one_of(*get_args(Quantity))
_COLLECTIONS = (
    "interest_collections",
    "cumulative_interest_collections",
    "principal_collections",
    "collections",
)
_COMBINATIONS = ("sum", "least", "greatest", "minus")
_WITHOUT_TARGET = ("purchase", "support_repayment")


def build_notes(root: Table, issue_fen: int) -> tuple[Note, ...]:
    """The notes; their notionals must sum to the issue amount and agree with the given shares."""
    tables = root.tables("notes")
    notes = tuple(_note(table) for table in tables)
    issue_path = ("structure", "issue_amount")
    paths = [(*table.path, "notional") for table in tables]
    total_fen = sum(note.notional_fen for note in notes)
    if total_fen != issue_fen:
        root.problems.contradict(
            (issue_path, ("notes",), *paths),
            f" = {yuan(issue_fen)}",
            f"the sum of the notes' notionals, {yuan(total_fen)}",
            "correct one of them",
        )
    for table, path, note in zip(tables, paths, notes, strict=True):
        if "share" not in table or not issue_fen:
            continue
        share = table.get("share", RATE)
        actual = (Decimal(note.notional_fen) / issue_fen).quantize(Decimal("0.000001"))
        if share != actual:
            root.problems.contradict(
                ((*table.path, "share"), path, issue_path),
                f" = {share}",
                f"notional / structure.issue_amount, {actual}",
                "correct one of them",
            )
    return notes


def _note(table: Table) -> Note:
    floating = _floating(table.table("floating")) if "floating" in table else None
    return Note(
        code=table.get("code", CODE),
        tranche_class=table.get("tranche_class", one_of("senior", "mezzanine", "equity")),
        name_zh=table.get("name_zh", TEXT),
        name_en=table.get("name_en", TEXT),
        security_code=table.get_or("security_code", TEXT, ""),
        notional_fen=table.get("notional", MONEY),
        annual_rate=Decimal(0) if floating else table.get("annual_rate", RATE),
        day_count=table.get("day_count", _DAY_COUNT),
        initial_rating_code=table.get("initial_rating_code", TEXT),
        current_rating_code=table.get("current_rating_code", TEXT),
        rate_steps=tuple(
            (row.get("from", DATE), row.get("annual_rate", RATE))
            for row in table.tables("rate_steps", is_required=False)
        ),
        floating=floating,
        is_interest_deferrable=table.get_or("is_interest_deferrable", FLAG, False),
        target_balances=_dated_amounts(table, "target_balances", "balance"),
    )


def _floating(table: Table) -> Floating:
    return Floating(
        index=table.get("index", CODE),
        margin=table.get("margin", SIGNED_RATE),
        floor=table.get("floor", RATE) if "floor" in table else None,
        cap=table.get("cap", RATE) if "cap" in table else None,
    )


def _dated_amounts(table: Table, key: str, amount_key: str) -> tuple[tuple[date, int], ...]:
    """Dates and fen, in the order of the file."""
    rows = table.tables(key, is_required=False)
    return tuple((row.get("date", DATE), row.get(amount_key, MONEY)) for row in rows)


def build_fee(table: Table) -> Fee:
    """A fee by a rate, by tiers, or by amounts that fall due.

    A rate of a flow of the period is no rate per year and has no day count; one of a balance says
    how time counts, or `none`.
    """
    frequency = table.get_or("frequency", one_of(*get_args(Frequency)), "payment_date")
    stated = {
        "code": table.get("code", CODE),
        "name_zh": table.get("name_zh", TEXT),
        "name_en": table.get("name_en", TEXT),
        "frequency": frequency,
        "start_date": None if frequency == "payment_date" else table.get("start_date", DATE),
    }
    if "amount" in table or "schedule" in table:
        return Fee(
            **stated,
            amount_fen=table.get("amount", MONEY) if "amount" in table else 0,
            schedule=_dated_amounts(table, "schedule", "amount"),
        )
    basis, codes = table.get("basis", _QUANTITY), table.get_or("codes", SOME_CODES, ())
    if "tiers" in table:
        rows = table.tables("tiers")
        tiers = tuple((row.get("from", MONEY), row.get("amount", MONEY)) for row in rows)
        return Fee(**stated, basis=basis, codes=codes, tiers=tiers)
    day_count = "none" if basis in _COLLECTIONS else table.get("day_count", _FEE_DAY_COUNT)
    return Fee(
        **stated,
        basis=basis,
        codes=codes,
        rate=table.get("rate", RATE),
        day_count="" if day_count == "none" else day_count,
    )


def build_accounts(root: Table) -> tuple[Account, ...]:
    """The deal's accounts, the one that receives the proceeds first; without any, the one account."""
    if "accounts" not in root:
        return (Account(ACCOUNT_CODE, "收款账户", "Collection account", COLLECTION_KINDS),)
    accounts = tuple(_account(table) for table in root.tables("accounts"))
    return accounts or (Account(ACCOUNT_CODE, "", "", COLLECTION_KINDS),)


def _account(table: Table) -> Account:
    return Account(
        code=table.get("code", CODE),
        name_zh=table.get("name_zh", TEXT),
        name_en=table.get("name_en", TEXT),
        receives=table.get_or("receives", some_of(*COLLECTION_KINDS), ()),
        target=_optional_amount(table, "target"),
        initial=_optional_amount(table, "initial"),
        funded_by=_funded_by(table),
    )


def _funded_by(table: Table) -> Literal["proceeds", "originator"]:
    """Who pays in what a reserve holds at closing; an account without it has no such key."""
    kind = one_of("proceeds", "originator")
    return table.get_or("funded_by", kind, "proceeds") if "initial" in table else "proceeds"


def _optional_amount(table: Table, key: str) -> Amount | None:
    return _amount(table.table(key)) if key in table else None


def _amount(table: Table) -> Amount:
    """`{ amount }`, `{ share, of, codes }` or `{ least = [ … ] }` and the other combinations."""
    for operation in _COMBINATIONS:
        if operation in table:
            return Combined(operation, tuple(_amount(part) for part in table.tables(operation)))
    if "amount" in table:
        return FixedAmount(table.get("amount", MONEY))
    return ShareOf(
        of=table.get("of", _QUANTITY),
        share=table.get_or("share", RATIO, Decimal(1)),
        codes=table.get_or("codes", SOME_CODES, ()),
    )


def build_trigger(table: Table) -> Trigger:
    """A trigger with one threshold, or with one from each of several periods on."""
    metric = table.get("metric", one_of(*get_args(Metric)))
    if metric == "event":
        thresholds = ((0, Decimal(0)),)
    elif "thresholds" in table:
        rows = table.tables("thresholds")
        period = count(0, 600)
        thresholds = tuple(
            (row.get("from_period", period), row.get("threshold", RATIO)) for row in rows
        )
    else:
        thresholds = ((0, table.get("threshold", RATIO)),)
    return Trigger(
        code=table.get("code", CODE),
        metric=metric,
        thresholds=thresholds or ((0, Decimal(0)),),
        effect=table.get("effect", one_of(*get_args(Effect))),
        breached_when=table.get_or("breached_when", one_of(*get_args(BreachedWhen)), "over"),
        is_curable=table.get("is_curable", FLAG),
        acts=table.get("acts", one_of("this", "next")),
        event_code=table.get("event_code", one_of(*EVENTS)) if metric == "event" else "",
        clause=table.get_or("clause", TEXT, ""),
        average_months=_average_months(table, metric),
    )


def _average_months(table: Table, metric: Metric) -> int:
    """A mean by name, and an event, has no months of its own."""
    if metric == "event" or metric in MEANS_OF_THREE_MONTHS:
        return 1
    return table.get_or("average_months", count(1, MOST_AVERAGED), 1)


def build_support(table: Table) -> Support:
    kind = table.get("kind", one_of("capped", "revolving", "one_time"))
    return Support(
        provider_zh=table.get("provider_zh", TEXT),
        provider_en=table.get("provider_en", TEXT),
        covers=table.get("covers", SOME_CODES),
        limit_fen=table.get("limit", MONEY) if "limit" in table else None,
        kind=kind,
    )


def build_call(table: Table) -> CleanUpCall:
    return CleanUpCall(
        threshold=table.get("threshold", RATE),
        price_share=table.get("price_share", RATIO),
        replaces_priority=table.get("replaces_priority", FLAG),
        acts=table.get("acts", one_of("this", "next")),
        callable_when=table.get_or("callable_when", one_of("at_or_under", "under"), "at_or_under"),
    )


def build_priority(table: Table, first_account: str) -> dict[Phase, tuple[Step, ...]]:
    """The steps of each phase; every deal has an allocation, the other phases are optional."""
    return {
        phase: tuple(_step(step, first_account) for step in table.tables(phase))
        for phase in get_args(Phase)
        if phase in table or phase == "allocation"
    }


def _step(table: Table, first_account: str) -> Step:
    """A step; a purchase and a repayment of support have no target."""
    kind = table.get("kind", one_of(*get_args(StepKind)))
    return Step(
        kind=kind,
        targets=_targets(table, kind),
        clause=table.get("clause", TEXT),
        account=table.get_or("account", CODE, first_account),
        to=table.get("to", CODE) if kind == "deficiency" else "",
        split=table.get_or("split", one_of("sequential", "pro_rata"), "sequential"),
        cap=_optional_amount(table, "cap"),
        keep=_optional_amount(table, "keep"),
        down_to=_optional_amount(table, "down_to"),
        is_to_target=table.get_or("is_to_target", FLAG, False),
        cover=table.get_or("cover", SOME_CODES, ()),
    )


def _targets(table: Table, kind: str) -> tuple[str, ...]:
    if kind in _WITHOUT_TARGET:
        return (table.get("target", CODE),) if "target" in table else ()
    return table.get("targets", SOME_CODES) if "targets" in table else (table.get("target", CODE),)
