"""How a deal pays, from the tables of its TOML file: fees, accounts, priorities."""

from decimal import Decimal
from typing import Literal, get_args

from deals.file.kinds import (
    CODE,
    DATE,
    EXACT_RATE,
    EXACT_RATIO,
    FLAG,
    MONEY,
    SOME_CODES,
    TEXT,
    one_of,
    some_of,
)
from deals.file.notes import dated_amounts
from deals.file.table import Table
from deals.terms.payments import (
    ACCOUNT_CODE,
    COLLECTION_KINDS,
    Account,
    Amount,
    Combined,
    DayCount,
    Fee,
    FixedAmount,
    Frequency,
    Phase,
    Quantity,
    ShareOf,
    Step,
    StepKind,
)

_FEE_DAY_COUNT = one_of(*get_args(DayCount), "none")
_QUANTITY = one_of(*get_args(Quantity))
_FLOWS = (
    "interest_collections",
    "cumulative_interest_collections",
    "principal_collections",
    "collections",
    "recoveries",
    "net_loss",
)
_COMBINATIONS = ("sum", "least", "greatest", "minus")
_WITHOUT_TARGET = ("purchase", "support_repayment")


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
            schedule=dated_amounts(table, "schedule", "amount"),
        )
    basis, codes = table.get("basis", _QUANTITY), table.get_or("codes", SOME_CODES, ())
    if "tiers" in table:
        rows = table.tables("tiers")
        tiers = tuple((row.get("from", MONEY), row.get("amount", MONEY)) for row in rows)
        return Fee(**stated, basis=basis, codes=codes, tiers=tiers)
    day_count = "none" if basis in _FLOWS else table.get("day_count", _FEE_DAY_COUNT)
    return Fee(
        **stated,
        basis=basis,
        codes=codes,
        rate=table.get("rate", EXACT_RATE),
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
        keeps_cash=table.get_or("keeps_cash", FLAG, False),
    )


def _funded_by(table: Table) -> Literal["proceeds", "originator"]:
    """Who pays in what a reserve holds at closing; an account without it has no such key."""
    funded_by = table.get_or("funded_by", one_of("proceeds", "originator"), "proceeds")
    table.needs("funded_by", "initial")
    return funded_by


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
        share=table.get_or("share", EXACT_RATIO, Decimal(1)),
        codes=table.get_or("codes", SOME_CODES, ()),
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
        once_repaid=table.get_or("once_repaid", SOME_CODES, ()),
        while_acting=table.get_or("while_acting", SOME_CODES, ()),
        unless_acting=table.get_or("unless_acting", SOME_CODES, ()),
    )


def _targets(table: Table, kind: str) -> tuple[str, ...]:
    if kind in _WITHOUT_TARGET:
        return (table.get("target", CODE),) if "target" in table else ()
    if "targets" not in table:
        return (table.get("target", CODE),)
    if "target" in table:
        paths = ((*table.path, "target"), (*table.path, "targets"))
        table.problems.contradict(
            paths, " stands beside targets", "one of them", "remove the other"
        )
    return table.get("targets", SOME_CODES)
