"""The loans and the last month of each scenario: many cases side by side, for one run of dbt each."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from duckdb import DuckDBPyConnection

from tests.sql.small_month import Row, insert, late, loan, owned

Changes = dict[str, Any]

LIMITS: dict[str, list[tuple[Changes, Changes | None, Changes | None]]] = {
    # Of each criterion: just inside, just outside, and not to be decided.
    "is_currency_allowed": [({}, {"currency_code": "USD"}, {"currency_code": None})],
    # A loan signed after the cut-off is quarantined already.
    "is_signed": [({}, None, {"origination_date": None})],
    "is_drawn": [
        ({"contract_amount": "45.00"}, {"contract_amount": "44.99"}, {"contract_amount": None}),
    ],
    "is_product_allowed": [({}, {"product_code": "bill_instalment"}, {"product_code": None})],
    "is_class_allowed": [({}, {"five_class_code": "special_mention"}, {"five_class_code": None})],
    "is_status_allowed": [
        (
            {"status_code": "overdue", "days_past_due": 1},
            {"status_code": "settled"},
            {"status_code": None},
        ),
    ],
    "is_region_allowed": [({}, {"region_code": "JS"}, {"region_code": None})],
    "is_occupation_allowed": [
        (
            {"occupation_code": "employee"},
            {"occupation_code": "student"},
            {"occupation_code": None},
        ),
    ],
    "is_repayment_method_allowed": [
        (
            {"repayment_method_code": "bullet"},
            {"repayment_method_code": "balloon"},
            {"repayment_method_code": None},
        ),
    ],
    "is_not_past_due": [
        (
            {"status_code": "overdue", "days_past_due": 5},
            {"status_code": "overdue", "days_past_due": 6},
            {"days_past_due": None},
        ),
    ],
    "is_history_clean": [
        ({"max_days_past_due": 30}, {"max_days_past_due": 31}, {"max_days_past_due": None})
    ],
    "is_past_due_count_allowed": [
        ({"past_due_count": 2}, {"past_due_count": 3}, {"past_due_count": None})
    ],
    # A loan without a balance is not offered, so its balance can always be judged.
    "is_balance_allowed": [
        ({"closing_balance": "1.00"}, {"closing_balance": "0.99"}, None),
        ({"closing_balance": "500.00"}, {"closing_balance": "500.01"}, None),
    ],
    "is_rate_allowed": [
        ({"annual_rate": "0.01"}, {"annual_rate": "0.009999"}, {"annual_rate": None}),
        ({"annual_rate": "0.24"}, {"annual_rate": "0.240001"}, None),
    ],
    "is_term_allowed": [({"term_months": 6}, {"term_months": 7}, {"term_months": None})],
    "is_remaining_term_allowed": [
        ({"remaining_months": 2}, {"remaining_months": 1}, {"remaining_months": None}),
        ({"remaining_months": 6}, {"remaining_months": 7}, None),
    ],
    # The expected maturity is the eighth working day of December 2017.
    "matures_within_deal": [
        (
            {"maturity_date": date(2017, 12, 12)},
            {"maturity_date": date(2017, 12, 13)},
            {"maturity_date": None},
        ),
    ],
    "is_seasoned": [
        ({"origination_date": date(2017, 5, 31)}, {"origination_date": date(2017, 6, 1)}, None),
        ({"origination_date": date(2016, 6, 1)}, {"origination_date": date(2016, 5, 31)}, None),
    ],
    "is_age_allowed": [
        ({"borrower_age": 18}, {"borrower_age": 17}, {"borrower_age": None}),
        (
            {"borrower_age": 60, "maturity_date": date(2017, 6, 30)},
            {"borrower_age": 61, "maturity_date": date(2017, 6, 30)},
            None,
        ),
    ],
    # A birthday may lie between the cut-off and the maturity in November.
    "is_age_at_maturity_allowed": [({"borrower_age": 59}, {"borrower_age": 60}, None)],
    "is_score_allowed": [({"credit_score": 550}, {"credit_score": 549}, {"credit_score": None})],
    "is_not_renegotiated": [({}, {"is_renegotiated": True}, {"is_renegotiated": None})],
    "is_not_disputed": [({}, {"is_disputed": True}, {"is_disputed": None})],
    "is_not_pledged": [({}, {"is_pledged": True}, {"is_pledged": None})],
    # The outside one is on the list of loans that were taken back.
    "is_not_repurchased": [({}, {}, None)],
    # The loans of a borrower count in the order of their numbers: the inside one before the outside one.
    "is_borrower_allowed": [
        (
            {"borrower_id": "B", "closing_balance": "460.00"},
            {"borrower_id": "B", "closing_balance": "45.01"},
            {"borrower_id": None},
        ),
    ],
}

ALSO_FAILED = {
    "is_signed 0 undecidable": ["is_seasoned:undecidable"],
    "matures_within_deal 0 undecidable": ["is_age_at_maturity_allowed:undecidable"],
    "is_age_allowed 0 undecidable": ["is_age_at_maturity_allowed:undecidable"],
    "is_age_allowed 1 outside": ["is_age_at_maturity_allowed"],
}
"""What follows of another criterion when a value is outside or unknown."""

LOANS_ON_OFFER: dict[str, Row] = {
    f"{criterion} {number} {side}": loan(f"{criterion} {number} {side}", 45, 45)
    | changes
    | {"opening_balance": changes.get("closing_balance", 45)}
    for criterion, cases in LIMITS.items()
    for number, case in enumerate(cases)
    for side, changes in zip(("inside", "outside", "undecidable"), case, strict=True)
    if changes is not None
} | {
    "nothing owed": loan("nothing owed", 45, 0, prepaid_principal_paid=45),
    "quarantined": loan("quarantined", 45, 44),
    "signed too late": loan("signed too late", 45, 45, origination_date=date(2017, 7, 1)),
}
"""A book of one loan for each side of each limit."""

UNKNOWN = dict.fromkeys(
    ("currency_code", "repayment_method_code", "term_months", "past_due_count", "maturity_date",
     "occupation_code", "is_renegotiated", "is_disputed", "is_pledged")
)  # fmt: skip

UNKNOWN_LOANS = [
    loan("of unknown values", 45, 45, **UNKNOWN),
    loan("of nobody", 45, 45, borrower_id=None),
    loan("of a large debtor", 500, 500, borrower_id="B"),
    loan("of a larger debtor", 500, 500, borrower_id="B"),
    loan("long", 45, 45, remaining_months=7, maturity_date=date(2040, 1, 1)),
    loan("aged", 45, 45, origination_date=date(2016, 5, 31)),
    loan("in an excluded region", 45, 45, region_code="XZ"),
    loan("in an unknown region", 45, 45, region_code=None),
]
"""Loans that only limits which a deal may leave out would refuse, and two that one list refuses."""

CLOSING_LOANS = [
    *(loan(f"small {number}", 45, 45) for number in range(1, 18)),
    loan("large", 500, 500),
    loan("least", 1, 1),
    late("late 6", 45, 6),
    loan("nothing owed", 45, 0, prepaid_principal_paid=45),
]
"""The originator's book at the initial cut-off: 1,266 yuan that may be drawn, for 1,000."""

JULY_LOANS = [
    loan("normal", 100, 90, scheduled_principal_paid=10, interest_paid=1, fee_paid="0.50"),
    loan("prepaid", 100, 0, prepaid_principal_paid=100, status_code="settled"),
    loan("catching up", 100, 80, overdue_principal_paid=20),
    *(late(f"late {days}", 10, days) for days in (1, 30, 31, 60, 61, 90)),
    late("late 91", 50, 91),
    loan("written off", 60, 0, write_off_amount=60, status_code="written_off", days_past_due=200),
    late("written off in part", 60, 120) | {"write_off_amount": 20, "closing_balance": 40},
    loan("adjusted", 100, 95, adjustment_amount=5, scheduled_principal_paid=10),
    loan("overpaid", 10, -5, prepaid_principal_paid=15),
    loan("quarantined", 30, 29),
    loan("twice", 30, 27, scheduled_principal_paid=3),
    loan("twice", 30, 27, scheduled_principal_paid=3),
    loan("clashing", 30, 27, scheduled_principal_paid=3),
    loan("clashing", 30, 26, scheduled_principal_paid=4),
    loan("corrected", 98, 88, scheduled_principal_paid=10),
    loan("recovering", 0, 0, recovery_amount=7, status_code="written_off"),
    late("defaulted before", 25, 120),
    loan("cured", 25, 25),
    loan("paid off late", 20, 0, prepaid_principal_paid=20, days_past_due=95, status_code=None),
    loan("of unknown days", 15, 15, days_past_due=None),
    # Not owned: what July may buy.
    loan("new 100", 100, 100),
    loan("new 80", 80, 80),
    late("new 50, late 3", 50, 3),
    loan("new 30", 30, 30),
    loan("new 5", 5, 5),
    loan("new 5", 5, 5),
    loan("of an owing borrower", "415.01", "415.01", borrower_id="B-normal"),
]

JULY_OWNED = [
    *(
        owned(name, balance)
        for name, balance in {
            "normal": 100, "prepaid": 100, "catching up": 100, "late 1": 10, "late 30": 10,
            "late 31": 10, "late 60": 10, "late 61": 10, "late 90": 10, "late 91": 50,
            "written off": 60, "written off in part": 60, "adjusted": 100, "overpaid": 10,
            "absent": 30, "quarantined": 30, "twice": 30, "clashing": 30, "corrected": 100,
            "paid off late": 20, "of unknown days": 15,
        }.items()
    ),
    owned("recovering", 0, is_defaulted=True, is_written_off=True, status_code="written_off"),
    owned("lost", 0, is_defaulted=True, is_written_off=True, status_code="written_off"),
    owned("defaulted before", 25, is_defaulted=True, status_code="overdue_over_90"),
    owned("cured", 25, is_defaulted=True, status_code="overdue_over_90"),
]  # fmt: skip

AUGUST_LOANS = [
    loan("normal", 90, 80, scheduled_principal_paid=10, interest_paid=2),
    late("late 91", 50, 122),
    loan("written off", 0, 0, recovery_amount=2, status_code="written_off"),
    loan("recovering", 0, 0, recovery_amount=3, status_code="written_off"),
    loan("absent", 30, 25, scheduled_principal_paid=5),
    loan("prepaid", 0, 0, status_code="settled"),
]

STATIC_FIRST_LOANS = [
    loan(
        "a", 100, 80, scheduled_principal_paid=20, interest_paid=3,
        origination_date=None, contract_amount=None, annual_rate=None, remaining_months=None,
    ),
    loan("b", "99.99", 0, prepaid_principal_paid="99.99", status_code="settled"),
    late("c", 50, 120),
    late("d", 50, 121),
    loan("nothing owed", 0, 0, status_code="settled"),
]  # fmt: skip


def last_month(
    loans: list[Row],
    *,
    phase: str = "revolving",
    notes: dict[str, Any] | None = None,
    interest_unpaid: dict[str, Any] | None = None,
    servicer_unpaid: Any = 0,
    account: Any = 0,
    support_drawn: Any = 0,
    defaulted: Any = 0,
    initial_pool: Any = 3000,
    purchased: Any = 1000,
) -> Callable[[DuckDBPyConnection], None]:
    """What the month before left of the small revolving deal; the amounts that no test reads are 0."""
    notes = notes or {"senior": 800, "mezzanine": 150, "equity": 50}
    unpaid = interest_unpaid or {}
    rows: dict[str, list[Row]] = {
        "pool_loan": loans,
        "phase": [{"phase_code": phase}],
        "default_rate": [
            {
                "cumulative_default_balance": defaulted,
                "cumulative_default_count": 2 if defaulted else 0,
            }
        ],
        "defaulted_loan": [
            {
                "loan_id": name,
                "entry_batch": 0,
                "default_balance": balance,
                "recovered_amount": 0,
                "outstanding_balance": 0,
                "disposal_code": "settled",
            }
            for name, balance in {"gone": defaulted, "long gone": 0}.items()
            if defaulted
        ],
        "purchase": [
            {"initial_pool_balance": initial_pool, "cumulative_purchased_balance": purchased}
        ],
        "note_balance": [
            {
                "note_code": code,
                "closing_balance": balance,
                "closing_interest_unpaid": unpaid.get(code, 0),
                "closing_late_interest_unpaid": 0,
                "cumulative_principal_paid": 1,
            }
            for code, balance in notes.items()
        ],
        "fee_balance": [
            {"fee_code": "vat", "closing_unpaid": 0},
            {"fee_code": "servicer", "closing_unpaid": servicer_unpaid},
        ],
        "account_balance": [{"account_code": "collection", "closing_balance": account}],
        "support_balance": [{"closing_drawn": support_drawn, "closing_repaid": 0}],
    }

    def fill(connection: DuckDBPyConnection) -> None:
        for table, lines in rows.items():
            insert(connection, f"closed.{table}", lines)

    return fill


SPLIT_JULY = [
    loan("paying", 400, 360, scheduled_principal_paid=40, interest_paid=12),
    late("late", 300, 35),
    loan("sound", 200, 180, scheduled_principal_paid=20, interest_paid=3),
    late("lost", 80, 91),
    loan("new", 50, 50),
]
SPLIT_AUGUST = [
    loan("paying", 360, 300, scheduled_principal_paid=60, interest_paid=11),
    late("late", 300, 66),
    late("sound", 180, 20),
    late("lost", 80, 122),
    loan("new", 50, 40, scheduled_principal_paid=10, interest_paid=1),
]
SPLIT_SEPTEMBER = [
    loan("paying", 300, 200, scheduled_principal_paid=100, interest_paid=9),
    loan("late", 300, 0, overdue_principal_paid=300, interest_paid=10, status_code="settled"),
    loan("sound", 180, 180),
    late("lost", 80, 152),
    loan("new", 40, 30, scheduled_principal_paid=10, interest_paid="0.50"),
]
SPLIT_OCTOBER = [
    loan("paying", 200, 0, scheduled_principal_paid=200, interest_paid=6, status_code="settled"),
    loan("sound", 180, 100, scheduled_principal_paid=80),
    late("lost", 80, 183),
    loan("new", 30, 30),
]


def split_last_month(connection: DuckDBPyConnection) -> None:
    """What the closing left of the small split deal: a pool of 980.00 and a reserve of 20.00."""
    pool = {"paying": 400, "late": 300, "sound": 200, "lost": 80}
    notes = {"senior": 700, "mezzanine": 200, "equity": 100}
    rows: dict[str, list[Row]] = {
        "pool_loan": [owned(name, balance) for name, balance in pool.items()],
        "purchase": [{"initial_pool_balance": 980, "cumulative_purchased_balance": 0}],
        "account_balance": [
            {"account_code": code, "closing_balance": balance}
            for code, balance in {"principal": 0, "income": 0, "reserve": 20}.items()
        ],
        "note_balance": [
            {
                "note_code": code,
                "closing_balance": balance,
                "closing_interest_unpaid": 0,
                "closing_late_interest_unpaid": 0,
            }
            for code, balance in notes.items()
        ],
        "fee_balance": [
            {"fee_code": code, "closing_unpaid": 0} for code in ("vat", "trustee", "servicer")
        ],
        "deficiency_balance": [
            {"note_code": code, "closing_balance": 0} for code in ("equity", "mezzanine")
        ],
        "support_balance": [{"closing_drawn": 5, "closing_repaid": 0}],
    }
    for table, lines in rows.items():
        insert(connection, f"closed.{table}", lines)


AT_LIMITS = {
    # id: balance, borrower, region, age, score; 1,000.00 in all, and each limit is exactly met.
    "a1": ("200.00", "A", "ZJ", 46, 655),
    "a2": ("50.00", "A", "ZJ", 40, 667),
    "b": ("190.00", "B", "GD", 40, 655),
    "b young": ("10.00", "B", "GD", 30, 655),
    "c low": ("100.00", "C", "ZJ", 40, 599),
    "c": ("50.00", "C", "ZJ", 40, 655),
    "d young": ("40.00", "D", "JS", 30, 655),
    **{f"{n}": ("40.00", f"E{n}", "SH" if n < 5 else "JS", 45, 655) for n in range(9)},
}
"""A: 250; A, B and C: 600; ZJ: 400; over 30 to 45: 750; over 45 in ZJ: 200; below 600: 100."""
OVER_LIMITS = AT_LIMITS | {
    "a1": ("200.01", "A", "ZJ", 46, 655),
    "a2": ("50.01", "A", "ZJ", 40, 667),
    "c low": ("100.01", "C", "ZJ", 40, 599),
    "d young": ("39.97", "D", "JS", 30, 654),
}


def limited_pool(
    pool: dict[str, tuple[str, str, str, int, int]], times: int = 1, **changes: dict[str, Any]
) -> tuple[list[Row], list[Row]]:
    """Loans of the tape, of which nothing moves, and the same as the month before left them.

    Balances are multiplied by `times`.
    """
    told, kept = [], []
    for name, (balance, borrower, region, age, score) in pool.items():
        facts = {
            "borrower_id": borrower,
            "region_code": region,
            "borrower_age": age,
            "credit_score": score,
            "annual_rate": "0.10",
            "remaining_months": 6,
        } | changes.get(name, {})
        owed = Decimal(balance) * times
        told.append(loan(name, owed, owed, **facts))
        kept.append(owned(name, owed, **facts))
    return told, kept


def offered_loans(count: int) -> list[Row]:
    """Eligible loans of every region, age, score, rate and term, some of unknown borrower or score."""
    chance = Random(20170810)
    loans = []
    for number in range(count):
        balance = Decimal(chance.randrange(500, 6000)).scaleb(-2)
        facts = {
            "borrower_id": chance.choice([None, "A", "B", "C", *(f"N{n}" for n in range(20))]),
            "region_code": chance.choice(["ZJ", "GD", "GD", "SH", "JS", None]),
            "borrower_age": chance.randrange(20, 60),
            "credit_score": chance.randrange(560, 760),
            "annual_rate": Decimal(chance.randrange(60_000, 150_000)).scaleb(-6),
            "remaining_months": chance.randrange(2, 12),
            "repayment_method_code": chance.choice(["equal_instalment", "bullet"]),
        }
        loans.append(loan(f"offer {number:02}", balance, balance, **facts))
    return loans
