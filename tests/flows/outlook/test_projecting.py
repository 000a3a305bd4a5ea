"""`tapehouse project` from a month that was really closed."""

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import html

from flows.home import REPOSITORY, Home
from flows.lake.connection import open_lake
from tests.deal_files import write_deal
from tests.flows.command_running import Outcome, command_runner
from tests.flows.conftest import DEAL, MONTHS

Row = dict[str, str]
TEMPLATES = REPOSITORY / "reports" / "templates"


@pytest.fixture
def run(closed_home: Home, monkeypatch, capsys) -> Callable[..., Outcome]:
    monkeypatch.setenv("TAPEHOUSE_HOME", str(closed_home.root))
    return command_runner(monkeypatch, capsys)


@pytest.fixture
def project(run, tmp_path) -> Callable[..., dict[str, list[Row]]]:
    """Projects the last closed month and gives every table."""

    def made(*options: str) -> dict[str, list[Row]]:
        out = tmp_path / "out"
        outcome = run("project", DEAL, MONTHS[1], *options, "--out", str(out))
        assert (outcome.code, outcome.errors) == (0, ""), outcome.errors
        return {path.stem: read(path) for path in out.glob("*.csv")}

    return made


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def closed(home: Home, table: str, columns: str) -> list[tuple]:
    with open_lake(home.lake) as lake:
        return lake.execute(
            f"select {columns} from lake.{table} "
            f"where deal_id = '{DEAL}' and strftime(as_of_date, '%Y-%m') = '{MONTHS[1]}' order by all"
        ).fetchall()


def total(rows: list[Row], column: str) -> Decimal:
    return sum((Decimal(row[column]) for row in rows), Decimal(0))


def test_the_projection_starts_from_the_closed_pool_and_its_notes(project, closed_home):
    tables = project("--cpr", "0.2", "--cdr", "0.02,0.03", "--recovery", "0.3")
    ((performing,),) = closed(
        closed_home,
        "purchase.pool_loan",
        "sum(outstanding_balance) filter (where status_code in ('current', 'overdue_1_30', "
        "'overdue_31_60', 'overdue_61_90'))",
    )
    notes = closed(closed_home, "waterfall.note_balance", "note_code, closing_balance")

    assert Decimal(tables["pool"][0]["opening"]) == performing
    assert [
        (row["note"], Decimal(row["balance"]))
        for row in sorted(tables["value"], key=lambda row: row["note"])
    ] == notes


def test_every_month_of_the_pool_ties_and_every_note_ends_where_its_payments_lead(project):
    tables = project("--cpr", "0.2", "--cdr", "0.02", "--delinquency", "0.05", "--roll", "0.2")
    for row in tables["pool"]:
        amounts = {name: Decimal(text) for name, text in row.items() if name not in PLACE and text}
        left = amounts["opening"] + amounts["bought"] - amounts["scheduled"] - amounts["prepaid"]
        assert left - amounts["overdue_paid"] - amounts["defaulted"] == amounts["closing"], row
    for value in tables["value"]:
        paid = [row for row in tables["note"] if row["note"] == value["note"]]
        assert total(paid, "principal") == Decimal(value["principal"])
        left = Decimal(value["balance"]) - Decimal(value["principal"])
        assert Decimal(paid[-1]["balance"]) == left == Decimal(value["loss"])


PLACE = ("scenario", "collection_end", "phase")


def test_the_expected_cash_flows_repay_the_pool_that_is_not_in_default(project):
    rows = project()["off_4"]
    opening = Decimal(rows[0]["opening_balance"])

    assert total(rows, "principal_due") == opening
    for row in rows:
        left = Decimal(row["opening_balance"]) - Decimal(row["principal_due"])
        assert left == Decimal(row["closing_balance"])
    assert Decimal(rows[-1]["closing_balance"]) == 0


def test_options_given_twice_make_a_grid_whose_worse_scenario_is_worth_less_to_the_equity(project):
    tables = project("--cdr", "0.01", "--cdr", "0.2", "--recovery", "0.1")
    good, bad = ([row for row in tables["value"] if row["scenario"] == n] for n in ("1", "2"))

    assert [row["cdr"] for row in tables["scenario"]] == ["0.01", "0.2"]
    assert total(good, "interest") + total(good, "principal") > total(bad, "interest") + total(
        bad, "principal"
    )


def test_the_support_and_the_break_even_fall_from_the_senior_note_to_the_equity(project):
    senior, mezzanine, equity = project()["support"]

    supports = [Decimal(row["credit_support"]) for row in (senior, mezzanine, equity)]
    assert supports == sorted(supports, reverse=True)
    breaks = [Decimal(row["break_even_cdr"]) for row in (senior, mezzanine, equity)]
    assert breaks == sorted(breaks, reverse=True)
    assert Decimal(senior["first_loss_cdr"]) - breaks[0] == Decimal("0.001")


def test_charts_and_a_page_are_written_in_both_languages(run, tmp_path):
    outcome = run(
        "project", DEAL, MONTHS[1], "--out", str(tmp_path), "--cdr", "0.01", "--cdr", "0.05"
    )

    assert outcome.code == 0
    assert "scenario 2, equity: principal" in outcome.output
    for ending, language, heading in (("", "en", "Average life, years"), ("_zh", "zh-CN", "凸性")):
        for name in ("balances", "collections", "scenarios"):
            svg = (tmp_path / f"{name}{ending}.svg").read_text(encoding="utf-8")
            assert svg.startswith("<svg")
        page = html.fromstring((tmp_path / f"index{ending}.html").read_text(encoding="utf-8"))
        assert page.get("lang") == language
        assert len(page.xpath("//*[local-name()='svg']")) == 3
        assert heading in page.xpath("//th/text()")
        off_4 = page.xpath("//section[contains(h2, 'OFF-4 资产池现金流归集表')]//tbody/tr")
        assert [row[1].text.replace(",", "") for row in off_4] == [
            row["opening_balance"] for row in read(tmp_path / "off_4.csv")
        ]


def test_the_page_has_the_dress_of_the_report(run, tmp_path):
    assert run("project", DEAL, MONTHS[1], "--out", str(tmp_path)).code == 0
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert (TEMPLATES / "report.css").read_text(encoding="utf-8") in text
    [row, *_] = html.fromstring(text).xpath("//section[contains(h2, 'OFF-4')]//tbody/tr")
    assert {cell.get("class") for cell in row[1:]} == {"right"}
    assert row[0].get("class") == "left"


def test_the_page_names_notes_and_rates_in_its_language_and_says_that_it_is_no_report(
    run, tmp_path
):
    outcome = run("project", DEAL, MONTHS[1], "--out", str(tmp_path), "--cdr", "0.01,0.025")
    assert outcome.code == 0
    for ending, note, notice, data in (
        ("", "Senior asset-backed securities", "A projection: no disclosure", "synthetic, 1:"),
        ("_zh", "优先级资产支持证券", "预测，并非披露报告", "合成数据，比例 1:"),
    ):
        page = html.fromstring((tmp_path / f"index{ending}.html").read_text(encoding="utf-8"))
        badges = page.xpath("//*[@class='badge']/text()")
        assert all(map(str.startswith, badges, (notice, data))) and len(badges) == 2
        assert note in page.xpath("//td/text()")
        assert note in "".join(page.xpath("//*[local-name()='svg'][1]//text()"))
        assert "1.00%, 2.50%" in page.xpath("//td/text()")
        other = "index.html" if ending else "index_zh.html"
        assert page.xpath("//*[@class='ways']/a/@href") == [other]
        assert "value.csv" in page.xpath("//main//a/@href")


@pytest.mark.slow
def test_loans_that_pay_from_the_month_after_their_purchase_bring_their_first_month_to_the_seller(
    project,
):
    at_once, later = (
        project("--pays-from", since)["pool"] for since in ("cut_off", "payment_date")
    )
    # What the closed month bought is in the pool already; what the next month buys pays a month later.
    assert at_once[0] == later[0]
    assert Decimal(later[1]["interest"]) < Decimal(at_once[1]["interest"])
    assert total(later, "interest") < total(at_once, "interest")


@pytest.mark.slow
def test_a_deal_s_file_may_lie_elsewhere(run, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    assert run("project", DEAL, MONTHS[1], "--out", str(here)).code == 0
    file = write_deal(DEAL, tmp_path / "plans")
    assert run("project", str(file), MONTHS[1], "--out", str(there)).code == 0
    for path in here.glob("*.csv"):
        assert path.read_bytes() == (there / path.name).read_bytes(), path.name
    missing = run("project", str(tmp_path / "plans" / "no.toml"), MONTHS[1])
    assert (missing.code, missing.errors.count("\n")) == (2, 1)
    assert "no.toml: no such file, expected a deal's TOML file" in missing.errors


def test_assumptions_are_estimated_from_the_last_closes_and_a_stated_one_goes_before(
    project, closed_home
):
    """By floats on the lake's loans: a check of their size, not of their digits."""
    with open_lake(closed_home.lake) as lake:
        ((due, alive, principal),) = lake.execute(
            "select sum(due)::double, sum(balance)::double, sum(paid)::double from (select "
            "before.outstanding_balance as balance, before.outstanding_balance * if(rate = 0, "
            "1 / before.remaining_months, rate / (pow(1 + rate, before.remaining_months) - 1)) as due, "
            "moved.scheduled_principal_paid + moved.prepaid_principal_paid "
            "+ moved.overdue_principal_paid as paid from (select *, annual_rate::double / 12 as rate "
            f"from purchase.pool_loan where strftime(as_of_date, '%Y-%m') = '{MONTHS[0]}') as before "
            "join pool.loan_month as moved using (loan_id) "
            f"where strftime(moved.as_of_date, '%Y-%m') = '{MONTHS[1]}')"
        ).fetchall()
    smm = (principal - due) / (alive - due)
    (scenario,) = project("--from-history", "1", "--recovery", "0.4")["scenario"]

    assert float(scenario["cpr"]) == pytest.approx(1 - (1 - smm) ** (365 / 31), rel=1e-3)
    assert (scenario["cdr"], scenario["recovery"]) == ("0", "0.4")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((DEAL, "2017-09"), 1, "2017-09: not closed, expected a closed month"),
        ((DEAL, MONTHS[1], "--from-history", "2"), 1, "2017-06: no loans observed in both"),
        ((DEAL, "2017-09", "--from-history", "1"), 1, "2017-09: no loans observed in both"),
        ((DEAL, MONTHS[1], "--from-history", "0"), 2, "'--from-history'"),
        ((DEAL, MONTHS[1], "--cdr", "1.5"), 2, "cdr of month 1 is 1.5; expected a fraction"),
        ((DEAL, MONTHS[1], "--cpr", "x"), 2, "cpr x: month 1"),
        ((DEAL, MONTHS[1], "--mix", "0.12/12"), 2, "mix '0.12/12' cannot be read"),
        ((DEAL, MONTHS[1], "--rate", "high"), 2, "--rate high: expected a yearly rate"),
        (("nope", MONTHS[1]), 2, "deal 'nope': no such file"),
    ],
)
def test_what_cannot_be_projected_is_refused_in_one_line_and_nothing_is_written(
    arguments, code, message, run, tmp_path
):
    outcome = run("project", *arguments, "--out", str(tmp_path / "out"))

    assert outcome.code == code
    assert message in outcome.errors
    assert outcome.errors.count("\n") == 1
    assert not (tmp_path / "out").exists()
