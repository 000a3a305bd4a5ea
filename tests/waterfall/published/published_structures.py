"""The deals of shared/oracles/published_tests/absbox_regression.json as terms.

Each has notes A1 (and A2) and B on one pool; what differs is the priority and the fee. Accruals are
truncated, and unpaid interest earns simple interest: the choices of the engine that made the figures.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from deals.load import load_structure
from deals.terms.deal import Terms
from deals.terms.payments import Account, Fee, FixedAmount, Note, Step
from tests.waterfall.small_deal import small_terms

START = date(2021, 4, 15)
COLLECTION = Account("acc01", "", "", ("principal", "prepayment", "interest", "recovery"))


def _note(code: str, fen: int, rate: str, targets: tuple[tuple[date, int], ...] = ()) -> Note:
    tranche_class = "equity" if code == "B" else "senior"
    return Note(
        code, tranche_class, code, code, "", fen, Decimal(rate), "ACT/365F", "", "",
        target_balances=targets,
    )  # fmt: skip


def _steps(*words: str) -> tuple[Step, ...]:
    steps = []
    for number, word in enumerate(words, start=1):
        kind, *targets = word.split()
        is_together = len(targets) > 1
        steps.append(
            Step(
                kind.removesuffix("_to_target"),  # type: ignore[arg-type]
                tuple(targets),
                str(number),
                "acc01",
                split="pro_rata" if is_together else "sequential",
                is_to_target=kind.endswith("_to_target"),
            )
        )
    return tuple(steps)


def _fee(**terms: object) -> Fee:
    return Fee(**{"code": "test_fee", "name_zh": "", "name_en": "", **terms})  # type: ignore[arg-type]


SEQUENTIAL = ("interest A1", "principal A1", "principal B", "residual B")
SEQUENTIAL_WITH_FEE = ("fee test_fee", *SEQUENTIAL)
PAC = tuple(
    (date(2021, month, 20), fen)
    for month, fen in ((7, 80000), (8, 75000), (9, 70000), (10, 65000), (11, 0))
)
A1, B = _note("A1", 100000, "0.07"), _note("B", 100000, "0")
PLANNED_A1 = _note("A1", 100000, "0.07", PAC)


def _terms(
    *words: str, notes: tuple[Note, ...] = (A1, B), fees: tuple[Fee, ...] = (), **changes: object
) -> Terms:
    return small_terms(
        notes=notes,
        fees=fees,
        accounts=(COLLECTION,),
        priority={"allocation": _steps(*words)},
        interest_on_unpaid_interest="simple",
        rounding="down",
        **changes,
    )


def _transfers(terms: Terms) -> Terms:
    """Ten of the currency unit a date from each of two more accounts, then the list."""
    others = tuple(Account(code, "", "") for code in ("acc02", "acc03"))
    moves = tuple(
        Step("transfer", ("acc01",), "", account.code, cap=FixedAmount(1000)) for account in others
    )
    steps = {"allocation": (*moves, *terms.priority["allocation"])}
    return replace(terms, accounts=(COLLECTION, *others), priority=steps)


STRUCTURES: dict[str, Terms] = {
    "absbox_test01_00": _terms(*SEQUENTIAL),
    "absbox_pac01_01": _terms(
        "interest A1", "principal_to_target A1", "principal B", "residual B", notes=(PLANNED_A1, B)
    ),
    "absbox_pac02_02": load_structure(Path(__file__).with_name("pac02.toml")),
    "absbox_test01Fee_03": _terms(
        "fee issuance_fee",
        *SEQUENTIAL,
        fees=(
            replace(
                _fee(amount_fen=40000, frequency="once", start_date=date(2021, 4, 16)),
                code="issuance_fee",
            ),
        ),
    ),
    "absbox_test02Fee_04": _terms(
        *SEQUENTIAL_WITH_FEE,
        fees=(_fee(amount_fen=2000, frequency="quarterly", start_date=date(2021, 3, 31)),),
    ),
    "absbox_test03Fee_05": _terms(
        *SEQUENTIAL_WITH_FEE,
        fees=(_fee(basis="note_balance", codes=("A1",), rate=Decimal("0.01")),),
    ),
    "absbox_test05Fee_06": _terms(
        *SEQUENTIAL_WITH_FEE,
        fees=(_fee(schedule=((date(2021, 8, 1), 10000), (date(2021, 12, 20), 5000))),),
    ),
    "absbox_test06Fee_07": _terms(
        *SEQUENTIAL_WITH_FEE,
        fees=(
            _fee(
                schedule=(
                    (date(2021, 7, 26), 5000),
                    (date(2021, 8, 20), 3000),
                    (date(2021, 9, 20), 500),
                )
            ),
        ),
    ),
    "absbox_test08Fee_08": _terms(
        *SEQUENTIAL_WITH_FEE,
        fees=(_fee(basis="cumulative_interest_collections", rate=Decimal("0.03")),),
    ),
    "absbox_test09Fee_09": _terms(
        *SEQUENTIAL_WITH_FEE,
        fees=(_fee(amount_fen=1500, frequency="monthly", start_date=date(2021, 3, 20)),),
    ),
    "absbox_test10Fee_10": _terms(
        *SEQUENTIAL_WITH_FEE,
        fees=(
            _fee(
                basis="closing_pool_balance",
                tiers=((0, 500), (75000, 1000), (150000, 1500)),
                frequency="monthly",
                start_date=date(2021, 3, 31),
            ),
        ),
    ),
    "absbox_test2BondsIntBySeq_11": _terms(
        "fee issuance_fee",
        "interest A1",
        "interest A2",
        "principal A1 A2",
        "principal B",
        "residual B",
        notes=(_note("A1", 40000, "0.07"), _note("A2", 60000, "0.08"), B),
        fees=(
            replace(
                _fee(amount_fen=30500, frequency="once", start_date=date(2021, 4, 16)),
                code="issuance_fee",
            ),
        ),
    ),
    "absbox_threeAccounts_12": _transfers(_terms(*SEQUENTIAL)),
    "absbox_test05_13": replace(
        _terms(*SEQUENTIAL),
        priority={
            "revolving": _steps("purchase", "interest A1"),
            "allocation": _steps(*SEQUENTIAL),
        },
    ),
    "absbox_Irr01_14": _terms(*SEQUENTIAL, closing_date=date(2021, 4, 1)),
    "absbox_Irr01_15": _terms(*SEQUENTIAL, closing_date=date(2021, 4, 1)),
}
"""By the case's id."""

LAST_REVOLVING_DATE = {"absbox_test05_13": date(2021, 9, 30)}
OPENING_CASH = {"absbox_threeAccounts_12": {"acc02": 5000, "acc03": 3000}}
