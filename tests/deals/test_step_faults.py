"""Steps that contradict themselves are refused by the engine; the checker lists them with their line."""

import pytest

from deals.terms.payments import COLLECTION_KINDS, Account, FixedAmount
from deals.terms.step_faults import find_faults
from tests.waterfall.small_deal import cash, note, settle_year, small_terms, step
from waterfall.pay.settle import WaterfallError, opening_state, settle_issue

ONE = FixedAmount(1)
FAULTS = {
    "a purchase with a target": (
        step("purchase A"),
        "target = 'A', expected no target in a purchase step; remove the target",
    ),
    "a residual for two": (
        step("residual S M"),
        "targets = S, M, expected one target; write a residual step for each",
    ),
    "a transfer to two accounts": (
        step("transfer income spare"),
        "targets = income, spare, expected",
    ),
    "a target named twice": (step("interest A A"), "targets = A, A, expected each target once"),
    "an account that pays itself": (
        step("transfer collection"),
        "target = 'collection', the account that the step pays from, expected another account",
    ),
    "a loss made good from the account that receives it": (
        step("deficiency S", to="collection"),
        "to = 'collection', the account that the step pays from, expected another account",
    ),
    "a loss made good for no account": (
        step("deficiency S"),
        "to is missing, expected the account that receives what is made good; add it",
    ),
    "an account that covers for itself": (
        step("interest A", cover=("income", "collection")),
        "cover names 'collection', the account that the step pays from, expected other accounts",
    ),
    "interest into an account": (
        step("interest A", to="income"),
        "to = 'income', expected `to` only in a deficiency step",
    ),
    "a write-off of everything": (
        step("write_off S"),
        "cap is missing, expected the amount that is lost; add it",
    ),
    "a write-off that keeps cash": (
        step("write_off S", cap=ONE, keep=ONE),
        "keep is given, expected none in a step that moves no cash",
    ),
    "a write-off that is covered": (
        step("write_off S", cap=ONE, cover=("income",)),
        "cover is given, expected none in a step that moves no cash",
    ),
    "a fee paid down to a balance": (
        step("fee tax", down_to=ONE),
        "down_to is given, expected it only in a principal step",
    ),
    "interest paid to a schedule": (
        step("interest A", is_to_target=True),
        "is_to_target is given, expected it only in a principal step",
    ),
    "two balances to pay down to": (
        step("principal A", down_to=ONE, is_to_target=True),
        "down_to stands beside is_to_target, expected one of them",
    ),
}
SOUND = (
    step("purchase"),
    step("interest A M", cover=("income",)),
    step("transfer income"),
    step("deficiency S", to="income"),
    step("write_off S", cap=ONE),
    step("principal A", down_to=ONE),
    step("principal A", is_to_target=True),
    step("residual S"),
)


@pytest.mark.parametrize(("listed", "message"), FAULTS.values(), ids=list(FAULTS))
def test_a_step_that_contradicts_itself_is_refused_with_its_place(listed, message):
    accounts = tuple(
        Account(code, "", "", receives)
        for code, receives in (("collection", COLLECTION_KINDS), ("income", ()), ("spare", ()))
    )
    terms = small_terms(
        accounts=accounts, deficiency_notes=("S",), priority={"allocation": (listed,)}
    )
    state = settle_issue(terms, opening_state(terms), None).state
    place = f"small, payment date 2019-01-01: step 1 ({' '.join((listed.kind, *listed.targets))}): "
    with pytest.raises(WaterfallError) as error:
        settle_year(terms, state, cash())
    assert str(error.value).startswith(place + message)


@pytest.mark.parametrize("listed", SOUND, ids=[listed.kind for listed in SOUND])
def test_a_step_that_says_what_its_kind_needs_has_no_fault(listed):
    assert list(find_faults(listed)) == []


def test_a_note_without_target_balances_is_not_paid_to_its_target():
    terms = small_terms(
        notes=(note("A", 10), note("S", 1)),
        fees=(),
        priority={"allocation": (step("principal A", is_to_target=True),)},
    )
    state = settle_issue(terms, opening_state(terms), None).state
    with pytest.raises(WaterfallError, match="note 'A' has no target balances; give it some"):
        settle_year(terms, state, cash())
