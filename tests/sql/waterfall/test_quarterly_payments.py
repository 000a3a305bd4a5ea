"""A deal that closes every month and pays every quarter pays what its structure pays of the same cash."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deals.dates.calendar import period_of
from deals.load import load_terms
from deals.terms.deal import Terms
from deals.terms.money import fen
from expectations.counts import measure
from expectations.rules import eligibility, pool, purchase, report, waterfall
from flows.entries.events import Event
from tests.deal_files import write_deal
from tests.sql.conftest import REVOLVING, STATIC, first_pool
from tests.sql.scenarios import CLOSING_LOANS
from tests.sql.small_month import DEALS, Builder, Month, Row, carry, loan
from waterfall.money import WaterfallError
from waterfall.structure import CollectionRow, run_collections
from waterfall.tables.statements import state_run

MONTHS = ("2017-05", "2017-06", "2017-07", "2017-08", "2017-09", "2017-10")
PAYING = ("2017-07", "2017-10")
QUARTERLY = ("[payment]\n", '[payment]\nfrequency = "quarterly"\n')
LEDGER = ("[payment]\n", '[payment]\ndeficiency_notes = ["equity"]\n')
TRIGGER = """
[[triggers]]
code = "losses"
metric = "default_rate"
average_months = { value = 6, source = "assumed: round" }
threshold = { value = 0.05, source = "assumed: round" }
effect = "switch_steps"
is_curable = true
acts = "this"

[[fees]]
code = "agent"
name_zh = "代理费"
name_en = "Agent"
amount = { value = 0.10, source = "assumed: round" }
frequency = "monthly"
start_date = { value = 2017-04-30, source = "assumed: round" }

[default]
"""
STEPS = """[priority]
allocation = [
    { kind = "fee", targets = ["servicer", "agent"], account = "income", clause = "A.1" },
    { kind = "interest", target = "A", account = "income", cover = ["collection"], clause = "A.2" },
    { kind = "deficiency", target = "equity", account = "income", to = "collection", clause = "A.3a" },
    { kind = "transfer", target = "collection", account = "income", clause = "A.3b" },
    { kind = "reserve", target = "reserve", clause = "A.3c" },
    { kind = "principal", target = "A", clause = "A.4", unless_acting = ["losses"], cap = { sum = [
        { share = { value = 0.9, source = "assumed: round" }, of = "principal_collections" },
    ] } },
    { kind = "principal", target = "A", clause = "A.5", while_acting = ["losses"] },
    { kind = "release", account = "reserve", target = "collection", clause = "A.6" },
    { kind = "principal", target = "equity", clause = "A.7", once_repaid = ["A"] },
    { kind = "residual", target = "equity", clause = "A.8" },
]

[[accounts]]
code = "collection"
name_zh = "收款账户"
name_en = "Collection"
receives = ["principal", "prepayment", "recovery", "repurchase", "clean_up"]

[[accounts]]
code = "income"
name_zh = "收入账户"
name_en = "Income"
receives = ["interest", "fee"]

[[accounts]]
code = "reserve"
name_zh = "储备账户"
name_en = "Reserve"
target = { share = { value = 0.05, source = "assumed: round" }, of = "closing_pool_balance" }
initial = { amount = { value = 10.00, source = "assumed: round" } }
funded_by = "originator"

[schedule]
"""  # fmt: skip
CALL = """[clean_up_call]
threshold = { value = 1.0, source = "assumed: round" }
price_share = { value = 1.0, source = "assumed: round" }
replaces_priority = false
acts = "this"

"""
LATE = {"days_past_due": 40, "status_code": "overdue"}
LOSS = {"write_off": "19.99", "status_code": "written_off", "days_past_due": 200}
LIFE: dict[str, tuple[str, list[dict[str, Any]]]] = {
    # What each loan pays, month by month.
    "a": ("120.00", [{"principal": "10.00", "interest": "1.20"}] * 5 + [{"principal": "70.00"}]),
    "b": (
        "100.00",
        [{"principal": "10.00", "interest": "1.01", "fee": "0.07"}, {"prepaid": "30.00"}] * 2
        + [{"principal": "20.00", "interest": "0.33"}, {}],
    ),
    "c": ("60.00", [{"principal": "5.00", "interest": "0.60"}] * 6),
    "d": ("19.99", [LATE, LOSS, {"recovery": "4.00"}, {}, {}, {}]),
}  # fmt: skip


def tape(place: int) -> list[Row]:
    """The rows of the month in that place."""
    rows = []
    for loan_id, (initial, months) in LIFE.items():
        gone = [
            sum(Decimal(month.get(key, 0)) for key in ("principal", "prepaid", "write_off"))
            for month in months
        ]
        opening = Decimal(initial) - sum(gone[:place])
        paid = months[place]
        others = {key: paid[key] for key in ("status_code", "days_past_due") if key in paid}
        if any("write_off" in month for month in months[:place]):
            others = {"status_code": "written_off", "days_past_due": 230}
        elif opening == gone[place]:
            others = {"status_code": "settled"} | others
        rows.append(
            loan(
                loan_id,
                opening,
                opening - gone[place],
                scheduled_principal_paid=paid.get("principal", 0),
                prepaid_principal_paid=paid.get("prepaid", 0),
                interest_paid=paid.get("interest", 0),
                fee_paid=paid.get("fee", 0),
                recovery_amount=paid.get("recovery", 0),
                write_off_amount=paid.get("write_off", 0),
                max_days_past_due=others.get("days_past_due", 0),
            )
            | others
        )
    return rows


def edits(*more: tuple[str, str]) -> list[tuple[str, str]]:
    text = (DEALS / f"{STATIC}.toml").read_text(encoding="utf-8")
    priority = text[text.index("[priority]") : text.index("[schedule]\n") + len("[schedule]\n")]
    return [
        QUARTERLY,
        LEDGER,
        first_pool("balance", "299.99"),
        (priority, STEPS),
        ("\n[default]\n", TRIGGER),
        *more,
    ]


@pytest.fixture(scope="module")
def quarterly(builder: Builder) -> dict[str, Month]:
    """Six months of a static deal, two of which have a payment date."""
    built: dict[str, Month] = {}
    for place, month in enumerate(MONTHS):
        last = carry(built[MONTHS[place - 1]]) if place else None
        built[month] = builder.build(STATIC, month, tape(place), last, edits=edits())
    return built


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> Terms:
    folder = tmp_path_factory.mktemp("deals")
    write_deal(STATIC, folder, *edits(), source=DEALS)
    return load_terms(STATIC, folder)


@pytest.fixture(scope="module")
def stated(quarterly: dict[str, Month], terms: Terms) -> dict[str, list[Row]]:
    """What the structure pays of the collections that the closes published."""
    rows = []
    for name, month in quarterly.items():
        period, cash = period_of(terms, name), month.row("pool.collection")
        prepaid = cash["prepaid_principal_paid"]
        rows.append(
            CollectionRow(
                period.collection_end_date,
                period.payment_date,
                principal=fen(cash["principal_paid"] - prepaid),
                interest=fen(cash["interest_paid"]),
                prepayment=fen(prepaid),
                defaulted=fen(month.row("pool.default_rate")["new_default_balance"]),
                recovery=fen(cash["recovery_amount"]),
                fee=fen(cash["fee_paid"]),
            )
        )
    return state_run(terms, run_collections(terms, rows))


def chosen(rows: Sequence[Row], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_every_payment_is_what_the_structure_pays(
    quarterly: dict[str, Month], stated: dict[str, list[Row]]
) -> None:
    paid = [row for month in quarterly.values() for row in month.rows("waterfall.payment")]
    columns = ("payment_date", "step_number", "kind_code", "target_code", "due_amount", "paid_amount",
               "account_balance")  # fmt: skip
    made = sorted(chosen(paid, *columns), key=lambda row: row[:2])
    assert made == chosen(stated["payment"], *columns)
    assert {row[0] for row in made} == {date(2017, 5, 24), date(2017, 8, 15), date(2017, 11, 15)}


@pytest.mark.parametrize("table", ["note", "fee", "deficiency"])
def test_the_ledgers_of_a_payment_date_are_the_structure_s(
    table: str, quarterly: dict[str, Month], stated: dict[str, list[Row]]
) -> None:
    columns = {
        "note": ("note_code", "principal_paid", "closing_balance", "interest_accrued", "interest_paid"),
        "fee": ("fee_code", "accrued_amount", "paid_amount", "closing_unpaid"),
        "deficiency": ("note_code", "defaulted_amount", "made_good_amount", "closing_balance"),
    }[table]  # fmt: skip
    lines = [row for name in PAYING for row in quarterly[name].rows(f"waterfall.{table}_balance")]
    ordered = sorted(lines, key=lambda row: (row["as_of_date"], row["line_number"]))
    assert chosen(ordered, *columns) == chosen(stated[table], *columns)


def test_triggers_are_tested_at_the_cut_offs_before_a_payment_date(
    quarterly: dict[str, Month], stated: dict[str, list[Row]]
) -> None:
    columns = ("metric_rate", "is_breached", "breached_since_number", "is_acting", "is_cured")
    tests = [quarterly[name].row("pool.trigger_test") for name in PAYING]
    assert chosen(tests, *columns) == chosen(stated["trigger"], *columns)
    # 19.99 of 299.99 in the first quarter, nothing in the second: 3.33 % over both.
    assert [row["is_acting"] for row in tests] == [True, False]
    assert tests[0]["breached_since_date"] == date(2017, 7, 31)
    assert tests[0]["acts_from_date"] == date(2017, 8, 15)


def test_between_payment_dates_a_breach_is_measured_and_does_not_begin(
    quarterly: dict[str, Month],
) -> None:
    may, june = (quarterly[name].row("pool.trigger_test") for name in MONTHS[:2])
    assert (may["metric_rate"], may["is_breached"]) == (0, False)
    assert (june["metric_rate"], june["is_breached"]) == (Decimal("0.066636"), True)
    assert (june["is_in_force"], june["is_acting"]) == (False, False)


def test_a_month_without_a_payment_date_pays_nothing_and_its_cash_waits(
    quarterly: dict[str, Month],
) -> None:
    for name in ("2017-06", "2017-08", "2017-09"):
        month = quarterly[name]
        assert month.rows("waterfall.payment") == []
        collected = month.row("pool.collection")["collected_amount"]
        accounts = month.rows("waterfall.account_balance")
        assert sum(row["inflow_amount"] for row in accounts) == collected > 0
        for row in accounts:
            assert row["closing_balance"] == row["opening_balance"] + row["inflow_amount"]
        assert [row["inflow_amount"] > 0 for row in accounts] == [True, True, False]
        notes = month.rows("waterfall.note_balance")
        assert [row["interest_accrued"] for row in notes] == [0, 0]
        dates = month.row("report.tr_2")
        expected = date(2017, 8, 15) if name < "2017-07" else date(2017, 11, 15)
        assert (dates["payment_date"], dates["is_paid_out"]) == (expected, False)
    assert all(quarterly[name].row("report.tr_2")["is_paid_out"] for name in PAYING)


def test_a_reserve_keeps_the_target_of_the_last_payment_date(quarterly: dict[str, Month]) -> None:
    targets = [
        month.row("waterfall.account_balance", "account_code = 'reserve'")["target_balance"]
        for month in quarterly.values()
    ]
    assert targets[2:5] == [targets[2]] * 3
    assert targets[2] == Decimal("9.25")


def test_what_waits_is_told_until_it_is_paid(quarterly: dict[str, Month]) -> None:
    columns = ("opening_balance", "principal_paid", "prepaid_principal_paid", "interest_paid",
               "fee_paid", "recovery_amount", "new_default_balance")  # fmt: skip
    waiting = [
        chosen(month.rows("pool.waiting_collection"), *columns) for month in quarterly.values()
    ]
    assert [[tuple(map(str, row)) for row in rows] for rows in waiting] == [
        [("299.99", "25.00", "0.00", "2.81", "0.07", "0.00", "0.00")],
        [("299.99", "70.00", "30.00", "4.61", "0.07", "0.00", "19.99")],
        [],
        [("185.00", "45.00", "30.00", "1.80", "0.00", "0.00", "0.00")],
        [("185.00", "80.00", "30.00", "3.93", "0.00", "0.00", "0.00")],
        [],
    ]


@pytest.mark.parametrize("name", MONTHS)
def test_every_identity_holds_in_each_month(name: str, quarterly: dict[str, Month]) -> None:
    rules = [
        rule for stop in (pool, eligibility, purchase, waterfall, report) for rule in stop.RULES
    ]
    counts = measure(quarterly[name].connection, rules)
    assert {
        rule_id: count.error or count.example
        for rule_id, count in counts.items()
        if count.error or count.failing_count
    } == {}


def test_a_call_in_a_month_that_waits_is_refused(
    tmp_path: Path, quarterly: dict[str, Month]
) -> None:
    call = Event("clean_up_call", "2017-08", "", "call.pdf", "0" * 64)
    with pytest.raises(
        WaterfallError, match="in a month whose collections wait, expected one that is"
    ):
        Builder(tmp_path).build(
            STATIC,
            "2017-08",
            tape(3),
            carry(quarterly["2017-07"]),
            edits=edits(
                (
                    "\n[[triggers]]\n",
                    f"\n{CALL}[[triggers]]\n",
                )
            ),
            events=[call],
        )


@pytest.mark.slow
def test_a_revolving_deal_buys_on_payment_dates_alone(builder: Builder) -> None:
    """The closing buys a pool; in the month after it, cash and loans on offer wait."""
    closing = builder.build(REVOLVING, "2017-06", CLOSING_LOANS, edits=[QUARTERLY])
    owned = {row["loan_id"] for row in closing.rows("purchase.pool_loan")}
    loans = [
        row
        | (
            {"closing_balance": row["closing_balance"] - 5, "scheduled_principal_paid": 5}
            if row["loan_id"] in owned and row["closing_balance"] == 45
            else {}
        )
        for row in CLOSING_LOANS
    ]
    july = builder.build(REVOLVING, "2017-07", loans, carry(closing), edits=[QUARTERLY])
    bought = july.row("purchase.purchase")
    assert july.row("pool.phase")["phase_code"] == "revolving"
    assert (bought["purchase_count"], bought["available_amount"]) == (0, 0)
    assert july.row("pool.collection")["collected_amount"] > 0
    assert july.row("waterfall.account_balance")["outflow_amount"] == 0
