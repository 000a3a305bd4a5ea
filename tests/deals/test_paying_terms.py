"""Terms of payments that cannot stand together, each beside the form that can."""

import pytest

from tests.deals.faulty_terms import ProblemsOf

SENIOR_PRINCIPAL = '{ kind = "principal", target = "senior", clause = "A.9" }'
SENIOR_COUPON = '{ kind = "interest", target = "senior", clause = "A.7" }'
SENIOR_RATE = (
    'annual_rate = { value = 0.053, source = "assumed: level of AAA consumer ABS in mid-2017" }\n'
)
BOOK = "[book]\n"
RATE_STEPS = """
[[notes.rate_steps]]
from = { value = 2018-01-01, source = "assumed: any" }
annual_rate = { value = 0.06, source = "assumed: any" }
"""
FLOATING = """
[notes.floating]
index = "shibor"
margin = { value = 0.01, source = "assumed: any" }
floor = { value = 0.0, source = "assumed: any" }
cap = { value = 0.1, source = "assumed: any" }
"""
TARGET_BALANCES = """
[[notes.target_balances]]
date = { value = 2018-06-12, source = "assumed: any" }
balance = { value = 1.00, source = "assumed: any" }
"""


SWITCH = """
[[triggers]]
code = "trap"
metric = "overdue_rate"
threshold = { value = 0.05, source = "assumed: any" }
effect = "switch_steps"
acts = "this"
is_curable = true

"""


def accounts(initial: str) -> str:
    """A collection account and a reserve that holds so much at closing."""
    return f"""
[[accounts]]
code = "collection"
name_zh = "收款账户"
name_en = "Collection account"
receives = ["principal", "prepayment", "interest", "fee", "recovery", "repurchase", "clean_up"]

[[accounts]]
code = "reserve"
name_zh = "储备账户"
name_en = "Reserve account"
target = {{ of = "note_balance" }}
initial = {initial}

[book]
"""


def with_terms(text: str, more: str) -> tuple[str, str]:
    return text, text.replace(" }", f", {more} }}")


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        (
            [with_terms(SENIOR_PRINCIPAL, "is_to_target = true")],
            "priority.allocation[9].is_to_target: note 'senior' has no target balances, expected a",
        ),
        (
            [with_terms(SENIOR_COUPON, "is_to_target = true")],
            "priority.allocation[7].is_to_target is given, expected it only in a principal step",
        ),
        (
            [with_terms(SENIOR_COUPON, 'cover = ["collection"]')],
            "priority.allocation[7].cover names 'collection', the account that the step pays from",
        ),
        (
            [(SENIOR_RATE, SENIOR_RATE + RATE_STEPS + FLOATING)],
            "notes[1].rate_steps stands beside a floating coupon, expected one of them",
        ),
        (
            [with_terms(SENIOR_COUPON, 'once_repaid = ["junior"]')],
            "priority.allocation[7].once_repaid = 'junior', expected a code of the notes, senior,",
        ),
        (
            [with_terms(SENIOR_COUPON, 'while_acting = ["trap"]')],
            "priority.allocation[7].while_acting = 'trap', expected a code of the triggers,",
        ),
        (
            [
                with_terms(
                    SENIOR_COUPON, 'while_acting = ["defaults"], unless_acting = ["defaults"]'
                )
            ],
            "priority.allocation[7].unless_acting names 'defaults' too, expected it in one of",
        ),
        (
            [
                (
                    'covers = ["senior"',
                    'restrictions = [{ code = "equity", pays = ["interest"] }]\ncovers = ["senior"',
                )
            ],
            "support.restrictions[1].code = 'equity', expected a note of support.covers, senior",
        ),
        (
            [(BOOK, SWITCH + BOOK)],
            ".effect = 'switch_steps', and no step names 'trap', expected a step with it in",
        ),
        (
            [(BOOK, accounts('{ of = "initial_pool_balance" }'))],
            "accounts[2].initial is a share of initial_pool_balance, which is not known at closing",
        ),
    ],
)
def test_terms_that_contradict_each_other_are_listed(
    edits: list[tuple[str, str]], expected: str, problems_of: ProblemsOf
) -> None:
    result = problems_of(*edits)

    assert len([problem for problem in result if expected in problem]) == 1


@pytest.mark.parametrize(
    "edits",
    [
        [
            with_terms(SENIOR_PRINCIPAL, "is_to_target = true"),
            (SENIOR_RATE, SENIOR_RATE + TARGET_BALANCES),
        ],
        [(SENIOR_RATE, SENIOR_RATE + RATE_STEPS)],
        [
            (BOOK, SWITCH + BOOK),
            (
                SENIOR_COUPON,
                f"{SENIOR_COUPON[:-2]}, while_acting = ['trap'] }},\n"
                f"{SENIOR_COUPON[:-2]}, unless_acting = ['trap'] }}",
            ),
        ],
        [
            (BOOK, accounts('{ of = "issued_note_balance" }')),
            with_terms(SENIOR_COUPON, 'cover = ["reserve"]'),
        ],
    ],
)
def test_terms_that_stand_together_are_not_listed(
    edits: list[tuple[str, str]], problems_of: ProblemsOf
) -> None:
    assert problems_of(*edits) == []
