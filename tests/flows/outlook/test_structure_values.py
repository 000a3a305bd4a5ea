"""`tapehouse waterfall` on several scenarios, and what it says that the notes are worth."""

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import pytest

from flows.home import REPOSITORY
from tests.flows.command_running import Outcome, command_runner

STRUCTURES = REPOSITORY / "deals" / "structures"
TERMS, COLLECTIONS = STRUCTURES / "two_accounts.toml", STRUCTURES / "two_accounts.csv"
CLOSING = date(2018, 9, 12)
Run = Callable[..., Outcome]
Row = dict[str, str]


@pytest.fixture
def run(monkeypatch, capsys) -> Run:
    return command_runner(monkeypatch, capsys)


def read_table(folder: Path, name: str) -> list[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_scenarios(path: Path, **factors: Decimal) -> Path:
    """The example's collections, once for each scenario, with its interest times a factor."""
    with COLLECTIONS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["scenario", *rows[0]], lineterminator="\n")
        writer.writeheader()
        for name, factor in factors.items():
            for row in rows:
                moved = (Decimal(row["interest"]) * factor).quantize(Decimal("0.01"))
                writer.writerow({"scenario": name} | row | {"interest": str(moved)})
    return path


def flows_of(folder: Path, note: str, scenario: str = "") -> list[tuple[int, Decimal, Decimal]]:
    """Days since closing, principal and all cash of each payment."""
    return [
        (
            (date.fromisoformat(row["payment_date"]) - CLOSING).days,
            Decimal(row["principal_paid"]),
            sum(Decimal(row[name]) for name in PAID),
        )
        for row in read_table(folder, "note")
        if row["note_code"] == note and row.get("scenario", "") == scenario
    ]


PAID = ("principal_paid", "interest_paid", "late_interest_paid", "residual_paid")


def worth(flows: list[tuple[int, Decimal, Decimal]], rate: Decimal) -> Decimal:
    with localcontext(prec=40):
        return sum(
            (cash / (1 + rate) ** (Decimal(days) / 365) for days, _, cash in flows), Decimal(0)
        )


@pytest.mark.parametrize("note", ["senior", "mezzanine", "equity"])
def test_a_note_s_life_irr_price_and_duration_are_those_of_its_payments(
    tmp_path: Path, run: Run, note: str
) -> None:
    result = run(
        "waterfall", str(TERMS), str(COLLECTIONS), "--out", str(tmp_path), "--rate", "0.05"
    )
    assert (result.code, result.errors) == (0, "")
    [value] = [row for row in read_table(tmp_path, "value") if row["note"] == note]
    flows, issued = flows_of(tmp_path, note), Decimal(value["balance"])
    principal = sum(paid for _, paid, _ in flows)
    life = (
        sum(Fraction(days) * Fraction(paid) for days, paid, _ in flows) / Fraction(principal) / 365
    )
    assert Decimal(value["average_life_years"]) == Decimal(f"{float(life):.6f}")
    assert Decimal(value["principal"]) == principal
    assert Decimal(value["loss"]) == issued - principal
    # At the IRR, told to 6 decimals, the payments are worth what was issued.
    step = Decimal("0.000001")
    irr = Decimal(value["irr"])
    assert worth(flows, irr + step) < issued < worth(flows, irr - step)
    price = worth(flows, Decimal("0.05"))
    assert Decimal(value["price"]) == price.quantize(Decimal("0.01"))
    assert value["yield"] == "0.050000"
    timed = [(days, worth([(days, paid, cash)], Decimal("0.05"))) for days, paid, cash in flows]
    macaulay = sum(Decimal(days) / 365 * part for days, part in timed) / price
    assert abs(Decimal(value["macaulay_years"]) - macaulay) <= step
    assert abs(Decimal(value["modified_years"]) - macaulay / Decimal("1.05")) <= step
    assert any(
        line.split()[0] == note and value["irr"] in line for line in result.output.splitlines()
    )


def test_a_note_is_priced_at_its_coupon_or_at_the_price_that_is_given(
    tmp_path: Path, run: Run
) -> None:
    run("waterfall", str(TERMS), str(COLLECTIONS), "--out", str(tmp_path), "--price", "senior=99.5")
    senior, mezzanine, equity = read_table(tmp_path, "value")
    assert (senior["price"], senior["price_per_100"]) == ("88057500.00", "99.500000")
    flows, step = flows_of(tmp_path, "senior"), Decimal("0.000001")
    found = Decimal(senior["yield"])
    assert worth(flows, found + step) < Decimal(senior["price"]) < worth(flows, found - step)
    assert found > Decimal(senior["irr"])
    assert mezzanine["yield"] == "0.065000"
    assert (equity["yield"], equity["price"], equity["modified_years"]) == ("", "", "")


def test_each_scenario_is_paid_as_if_it_stood_alone(tmp_path: Path, run: Run) -> None:
    both = write_scenarios(tmp_path / "both.csv", base=Decimal(1), stressed=Decimal("0.4"))
    result = run("waterfall", str(TERMS), str(both), "--out", str(tmp_path / "both"))
    assert (result.code, result.errors) == (0, "")
    for name, factor in (("base", Decimal(1)), ("stressed", Decimal("0.4"))):
        alone = write_scenarios(tmp_path / f"{name}.csv", **{name: factor})
        run("waterfall", str(TERMS), str(alone), "--out", str(tmp_path / name))
        for path in (tmp_path / name).iterdir():
            whole = read_table(tmp_path / "both", path.stem)
            assert [row for row in whole if row["scenario"] == name] == read_table(
                tmp_path / name, path.stem
            )
        assert f"two_accounts, {name}: " in result.output
    base, stressed = (
        [row["loss"] for row in read_table(tmp_path / "both", "value") if row["scenario"] == name]
        for name in ("base", "stressed")
    )
    assert Decimal(stressed[-1]) > Decimal(base[-1])


def test_collections_without_scenarios_have_no_such_column(tmp_path: Path, run: Run) -> None:
    run("waterfall", str(TERMS), str(COLLECTIONS), "--out", str(tmp_path))
    assert "scenario" not in read_table(tmp_path, "payment")[0]
    assert "scenario" not in read_table(tmp_path, "value")[0]


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (("--price", "junior=99"), "--price junior: no such note, expected one of senior,", 2),
        (("--price", "senior"), "--price senior: expected NOTE=PRICE", 2),
        (("--price", "senior=-1"), "--price senior=-1: expected NOTE=PRICE", 2),
        (("--rate", "five"), "--rate five: expected a yearly fraction", 2),
    ],
)
def test_a_price_that_cannot_be_is_refused_in_one_line_and_nothing_is_written(
    tmp_path: Path, run: Run, arguments: tuple[str, ...], words: str, code: int
) -> None:
    out = tmp_path / "out"
    result = run("waterfall", str(TERMS), str(COLLECTIONS), "--out", str(out), *arguments)
    assert result.code == code
    assert words in result.errors
    assert result.errors.count("\n") == 1
    assert not out.exists()


def test_a_scenario_without_a_name_or_with_a_gap_is_refused_by_line(
    tmp_path: Path, run: Run
) -> None:
    path = write_scenarios(tmp_path / "both.csv", base=Decimal(1), stressed=Decimal(1))
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:14], lines[14].replace("stressed", " ", 1), *lines[15:]]))
    out = str(tmp_path / "out")
    errors = run("waterfall", str(TERMS), str(path), "--out", out).errors
    assert "both.csv line 15, scenario = '': expected a name" in errors
    path.write_text("\n".join([*lines[:14], *lines[15:]]))
    errors = run("waterfall", str(TERMS), str(path), "--out", out).errors
    assert "both.csv line 15, collection_end = " in errors
