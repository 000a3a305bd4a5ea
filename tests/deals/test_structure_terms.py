"""Terms of a structure without loans that cannot stand together, each beside the form that can."""

from pathlib import Path

import pytest

from deals.load import DEALS_FOLDER, check_structure

STRUCTURE = (DEALS_FOLDER / "structures" / "two_accounts.toml").read_text(encoding="utf-8")
TRANSFER = '{ kind = "transfer", account = "income", target = "principal", clause = "A.2" },'
BACK = '{ kind = "transfer", account = "principal", target = "income", clause = "A.2b" },'
CAPPED_BACK = BACK.replace(
    " clause", ' cap = { amount = { value = 1.00, source = "assumed: any" } }, clause'
)
RESERVE_TARGET = 'of = "note_balance", codes = ["senior"] },\n] }'
OF_ITSELF = 'of = "account_balance", codes = ["reserve"] },\n] }'
OF_INCOME = 'of = "account_balance", codes = ["income"] },\n] }'
AMOUNT = 'amount = { value = 40_000.00, source = "assumed: a payment date" }\n'
CLOSING = "value = 2018-09-12"
FINAL = "value = 2021-09-13"


def once(day: str) -> str:
    """A fee that falls due on that day alone."""
    return (
        f'{AMOUNT}frequency = "once"\nstart_date = {{ value = {day}, source = "assumed: any" }}\n'
    )


def problems_of(folder: Path, old: str, new: str) -> list[str]:
    """The problems of the example with one text in the place of another."""
    assert STRUCTURE.count(old) == 1
    path = folder / "two_accounts.toml"
    path.write_text(STRUCTURE.replace(old, new), encoding="utf-8")
    return check_structure(path)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            TRANSFER,
            TRANSFER + BACK,
            "priority.accelerated moves all the cash of account principal to income to principal,",
        ),
        (
            RESERVE_TARGET,
            OF_ITSELF,
            "accounts: the target of account reserve is measured by that of reserve, expected targets",
        ),
        (
            CLOSING,
            "value = 2018-08-30",
            "dates.closing_date = 2018-08-30, expected the initial cut-off",
        ),
        (AMOUNT, once("2018-09-11"), "fees[1].start_date has 2018-09-11, on which nothing is paid"),
        (FINAL, "value = 2018-09-12", "dates.legal_final_date = 2018-09-12, expected a day after"),
    ],
)
def test_contradictions_of_a_structure_are_listed(
    old: str, new: str, expected: str, tmp_path: Path
) -> None:
    (problem,) = problems_of(tmp_path, old, new)

    assert expected in problem


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TRANSFER, TRANSFER + CAPPED_BACK),
        (RESERVE_TARGET, OF_INCOME),
        (CLOSING, "value = 2018-08-31"),
        (FINAL, "value = 2018-09-13"),
        (AMOUNT, once("2018-09-12")),
    ],
)
def test_a_structure_that_can_stand_has_no_problem(old: str, new: str, tmp_path: Path) -> None:
    assert problems_of(tmp_path, old, new) == []
