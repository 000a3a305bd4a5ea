"""The built months that the tests of the models look at: each is one run of dbt for the session."""

from dataclasses import MISSING, fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from deals.load import load_terms
from flows.entries.events import Event
from flows.entries.statements import StatedAccount
from tests.sql.scenarios import (
    AT_LIMITS,
    AUGUST_LOANS,
    CLOSING_LOANS,
    JULY_LOANS,
    JULY_OWNED,
    LOANS_ON_OFFER,
    OVER_LIMITS,
    SPLIT_AUGUST,
    SPLIT_JULY,
    SPLIT_OCTOBER,
    SPLIT_SEPTEMBER,
    STATIC_FIRST_LOANS,
    UNKNOWN_LOANS,
    last_month,
    limited_pool,
    offered_loans,
    split_last_month,
)
from tests.sql.small_month import DEALS, Builder, Month, Row, carry, insert, late, loan, owned

REVOLVING = "small_revolving"
STATIC = "small_static"
LIMITED = "small_limited"
SPLIT = "small_split"


@pytest.fixture(scope="session")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    return Builder(Path(tmp_path_factory.mktemp("sql")))


@pytest.fixture(scope="session")
def closing(builder: Builder) -> Month:
    """The initial cut-off: nothing is owned, and the first pool is drawn."""
    return builder.build(REVOLVING, "2017-06", CLOSING_LOANS)


@pytest.fixture(scope="session")
def drawn_over(builder: Builder) -> Month:
    """The same for a first pool of 1.1 times what the notes raise."""
    return builder.build(REVOLVING, "2017-06", CLOSING_LOANS, edits=[first_pool("ratio", "1.1")])


@pytest.fixture(scope="session")
def drawn_short(builder: Builder) -> Month:
    """The same for a first pool of 800.00, which 1,000.00 are paid for; later ones are at a discount."""
    edits = [first_pool("balance", "800.00"), DISCOUNT]
    return builder.build(REVOLVING, "2017-06", CLOSING_LOANS, edits=edits)


def first_pool(kind: str, value: str) -> tuple[str, str]:
    """The edit that states what the first pool should be."""
    stated = f'initial_pool_{kind} = {{ value = {value}, source = "assumed: round" }}'
    return "issue_amount = ", f"{stated}\nissue_amount = "


@pytest.fixture(scope="session")
def on_offer(builder: Builder) -> Month:
    """The initial cut-off of a book of which each loan is on one side of one limit."""

    def fill(connection: DuckDBPyConnection) -> None:
        taken_back = {
            "loan_id": "is_not_repurchased 0 outside",
            "repurchase_date": date(2017, 5, 31),
        }
        insert(connection, "closed.repurchased_loan", [taken_back])

    return builder.build(REVOLVING, "2017-06", LOANS_ON_OFFER.values(), fill)


@pytest.fixture(scope="session")
def without_limits(builder: Builder) -> Month:
    """The initial cut-off under no limit that a deal may leave out; the tape tells no currency."""
    limits = load_terms(REVOLVING, DEALS).eligibility
    assert limits
    optional = {field.name: field.default for field in fields(limits) if field.default != MISSING}
    flags = dict.fromkeys(("allows_renegotiated", "allows_disputed", "allows_pledged"), True)
    others = {
        "must_mature_within_deal": False,
        "region_codes": (),
        "excluded_region_codes": ("XZ",),
    }
    fewer = replace(limits, **(optional | flags | others))
    return builder.build(
        REVOLVING, "2017-06", UNKNOWN_LOANS, states_currency=False, eligibility=fewer
    )


@pytest.fixture(scope="session")
def july(builder: Builder) -> Month:
    """A revolving month with a loan of every kind; its default rate is 200 / 4,000, the threshold.

    The custodian states another inflow than the trustee.
    """
    fill = last_month(
        JULY_OWNED,
        defaulted=30,
        account="12.34",
        servicer_unpaid="0.50",
        interest_unpaid={"mezzanine": 1},
    )
    stated = StatedAccount(2, "collection", Decimal("12.34"), Decimal(100), None, None)
    return builder.build(REVOLVING, "2017-07", JULY_LOANS, fill, stated=[stated])


@pytest.fixture(scope="session")
def july_over(builder: Builder) -> Month:
    """Absent loans written off, those set aside held; 350.01 / 7,000 defaulted, a fen too much."""
    fill = last_month(JULY_OWNED, defaulted="150.01", initial_pool=6000)
    return builder.build(REVOLVING, "2017-07", JULY_LOANS, fill, unreported_loan="write_off")


@pytest.fixture(scope="session")
def august(builder: Builder, july_over: Month) -> Month:
    """The month after, with hardly a default left on record: allocation all the same."""

    def fill(connection: DuckDBPyConnection) -> None:
        carry(july_over)(connection)
        connection.execute("update closed.default_rate set cumulative_default_balance = 1")
        connection.execute(
            "update closed.defaulted_loan set default_balance = if(loan_id = 'late 91', 1, 0)"
        )

    return builder.build(REVOLVING, "2017-08", AUGUST_LOANS, fill)


@pytest.fixture(scope="session")
def legal_final(builder: Builder) -> Month:
    """The legal final date with too little cash, and a provider with 30 yuan left to pay."""
    fill = last_month(
        [owned("last", 25)],
        phase="allocation",
        notes={"senior": 60, "mezzanine": 20, "equity": 50},
        support_drawn=20,
    )
    paid_off = loan("last", 25, 0, prepaid_principal_paid=25, status_code="settled")
    return builder.build(REVOLVING, "2018-01", [paid_off], fill)


@pytest.fixture(scope="session")
def repaid(builder: Builder) -> Month:
    """A month after every note is repaid: what still comes in is the equity's."""
    fill = last_month(
        [owned("late payer", 40), owned("gone", 0, is_defaulted=True, is_written_off=True)],
        phase="allocation",
        notes={"senior": 0, "mezzanine": 0, "equity": 0},
    )
    loans = [
        late("late payer", 40, 45) | {"closing_balance": 25, "overdue_principal_paid": 15},
        loan("gone", 0, 0, recovery_amount=5, status_code="written_off"),
    ]
    return builder.build(REVOLVING, "2018-02", loans, fill)


@pytest.fixture(scope="session")
def static_first(builder: Builder) -> Month:
    """The first month of a static deal: its pool is the whole tape, and two payment dates are met."""
    return builder.build(STATIC, "2017-05", STATIC_FIRST_LOANS)


@pytest.fixture(scope="session")
def static_second(builder: Builder, static_first: Month) -> Month:
    """The month after: one loan has left the tape without a word."""
    loans = [late("c", 50, 150), late("d", 50, 151) | {"recovery_amount": 0}]
    return builder.build(STATIC, "2017-06", loans, carry(static_first))


@pytest.fixture(scope="session")
def static_over(builder: Builder) -> Month:
    """The first month of a static deal whose notes raised 250.00 for its pool of 299.99."""
    edits = [
        first_pool("balance", "299.99"),
        ("{ value = 300.00,", "{ value = 250.00,"),
        ("{ value = 250.00,", "{ value = 200.00,"),
    ]
    return builder.build(STATIC, "2017-05", STATIC_FIRST_LOANS, edits=edits[::-1])


OVER_AVERAGES = {"b": {"annual_rate": "0.099999"}, "b young": {"remaining_months": 7}}


def build_limited(builder: Builder, pool: tuple[list[Row], list[Row]]) -> Month:
    """July of the limited deal with this pool, no cash and nothing on offer."""
    told, kept = pool
    return builder.build(LIMITED, "2017-07", told, last_month(kept))


@pytest.fixture(scope="session")
def at_limits(builder: Builder) -> Month:
    """A pool that exactly keeps every limit."""
    return build_limited(builder, limited_pool(AT_LIMITS))


@pytest.fixture(scope="session")
def over_limits(builder: Builder) -> Month:
    """A pool that breaks every limit by the smallest step."""
    return build_limited(builder, limited_pool(OVER_LIMITS, **OVER_AVERAGES))


@pytest.fixture(scope="session")
def unknown_limits(builder: Builder) -> Month:
    """A pool of 10 billion that would keep every limit, but for a loan of which nothing is known."""
    nothing = {"borrower_id": None, "region_code": None, "borrower_age": None, "credit_score": None}
    return build_limited(builder, limited_pool(AT_LIMITS, 10**7, **{"8": nothing}))


THREE_PURCHASES = (
    'price = "par"',
    """price = "present_value"
discount_rate = { value = 0.08, source = "assumed: round" }
max_amount = { value = 150.00, source = "assumed: round" }
dates = [
    { kind = "working_days_after_payment", n = { value = 1, source = "assumed: round" } },
    { kind = "working_days_after_payment", n = { value = 5, source = "assumed: round" } },
    { kind = "day_of_month", day = { value = 26, source = "assumed: round" }, roll = "following" },
]""",
)
DISCOUNT = ('price = "par"', """price = "discount"
price_share = { value = 0.955, source = "assumed: round" }""")  # fmt: skip


@pytest.fixture(scope="session")
def limited(builder: Builder) -> Month:
    """A purchase under limits, all of which are just met before it, with more on offer than cash."""
    told, kept = limited_pool(AT_LIMITS)
    return builder.build(
        LIMITED, "2017-07", [*told, *offered_loans(60)], last_month(kept, account=500)
    )


@pytest.fixture(scope="session")
def three_purchases(builder: Builder) -> Month:
    """The same in three purchases of 150.00 at most, at present values."""
    told, kept = limited_pool(AT_LIMITS)
    return builder.build(
        LIMITED,
        "2017-07",
        [*told, *offered_loans(60)],
        last_month(kept, account=500),
        edits=[THREE_PURCHASES],
    )


@pytest.fixture(scope="session")
def short_supply(builder: Builder) -> Month:
    """A purchase at a discount that has cash for all that is on offer, of which limits admit a part."""
    told, kept = limited_pool(OVER_LIMITS, **OVER_AVERAGES)
    return builder.build(
        LIMITED,
        "2017-07",
        [*told, *offered_loans(25)],
        last_month(kept, account=5000),
        edits=[DISCOUNT],
    )


@pytest.fixture(scope="session")
def split_july(builder: Builder) -> Month:
    """Two accounts and a reserve; a loan defaults, and a trigger is breached that acts a month later."""
    return builder.build(SPLIT, "2017-07", SPLIT_JULY, split_last_month)


@pytest.fixture(scope="session")
def split_august(builder: Builder, split_july: Month) -> Month:
    """The breach lasts and acts: accelerated, with too little cash, and a loss written off."""
    return builder.build(SPLIT, "2017-08", SPLIT_AUGUST, carry(split_july))


@pytest.fixture(scope="session")
def split_september(builder: Builder, split_august: Month) -> Month:
    """The breach is cured: revolving again, with nothing on offer, after a report in other words."""

    def fill(connection: DuckDBPyConnection) -> None:
        carry(split_august)(connection)
        connection.execute("update closed.tr_15_1 set item_zh = '改名', item_en = 'renamed'")

    return builder.build(SPLIT, "2017-09", SPLIT_SEPTEMBER, fill)


@pytest.fixture(scope="session")
def split_callable(builder: Builder, split_september: Month) -> Month:
    """So little is left of the pool that the servicer may call it, and does not."""
    return builder.build(SPLIT, "2017-10", SPLIT_OCTOBER, carry(split_september))


@pytest.fixture(scope="session")
def split_called(builder: Builder, split_september: Month) -> Month:
    """The servicer calls what is left of the pool."""
    call = Event("clean_up_call", "2017-10", "", "call.pdf", "0" * 64)
    return builder.build(SPLIT, "2017-10", SPLIT_OCTOBER, carry(split_september), events=[call])


SCENARIOS = (
    "closing",
    "drawn_over",
    "drawn_short",
    "static_over",
    "july",
    "july_over",
    "august",
    "legal_final",
    "repaid",
    "static_first",
    "static_second",
    "at_limits",
    "over_limits",
    "unknown_limits",
    "limited",
    "three_purchases",
    "short_supply",
    "split_july",
    "split_august",
    "split_september",
    "split_called",
)


@pytest.fixture(scope="session", params=SCENARIOS)
def any_month(request: pytest.FixtureRequest) -> Month:
    """Each of the months in turn."""
    return request.getfixturevalue(request.param)
