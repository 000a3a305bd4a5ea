"""`tapehouse waterfall` against another engine's figures (shared/oracles/waterfall), and its refusals.

That engine truncates every accrual to 0.01 and lets unpaid interest earn simple interest; so do these
terms, and the figures are the same to the cent, without the tolerance that the cases would grant.
"""

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.flows.command_running import Outcome, command_runner
from tests.waterfall.published.oracle_structures import PRIORITIES, Case, read_case, write_structure

PAID = ("interest_paid", "principal_paid", "paid", "purchase")

Figures = dict[tuple[str, str, str], Decimal]
"""Amounts by payment date, payee, and what it is."""


@pytest.fixture
def run(monkeypatch, capsys) -> Callable[..., Outcome]:
    return command_runner(monkeypatch, capsys)


def read_table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def our_figures(folder: Path) -> Figures:
    """Interest of a note without a coupon is its residual: the case calls both yield."""
    figures: Figures = {}
    for row in read_table(folder, "note"):
        place = (row["payment_date"], row["note_code"])
        paid = ("interest_paid", "late_interest_paid", "residual_paid")
        figures[*place, "interest_paid"] = sum(Decimal(row[name]) for name in paid)
        figures[*place, "principal_paid"] = Decimal(row["principal_paid"])
        figures[*place, "end_balance"] = Decimal(row["closing_balance"])
        unpaid = ("closing_interest_unpaid", "closing_late_interest_unpaid")
        figures[*place, "unpaid_interest"] = sum(Decimal(row[name]) for name in unpaid)
    for row in read_table(folder, "fee"):
        figures[row["payment_date"], row["fee_code"], "paid"] = Decimal(row["paid_amount"])
    for row in read_table(folder, "pool"):
        figures[row["payment_date"], "pool", "purchase"] = Decimal(row["purchased_balance"])
    return figures


def their_figures(case: Case) -> Figures:
    figures = {
        (row["date"], code, item): Decimal(row[item])
        for code, rows in case["expected"]["tranches"].items()
        for row in rows
        for item in ("interest_paid", "principal_paid", "end_balance", "unpaid_interest")
    }
    for code, rows in case["expected"]["fees"].items():
        figures |= {(row["date"], code, "paid"): Decimal(row["paid"]) for row in rows}
    for row in case["expected"].get("purchases", ()):
        figures[row["date"], "pool", "purchase"] = Decimal(row["cash_spent"])
    return figures


@pytest.mark.parametrize("name", PRIORITIES)
def test_another_engine_pays_the_same_amounts_to_the_cent(name, shared, tmp_path, run):
    case = read_case(shared, name)
    files = write_structure(tmp_path, name, case)
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"))
    assert (result.code, result.errors) == (0, "")

    ours, theirs = our_figures(tmp_path / "out"), their_figures(case)
    differences = {key: ours[key] - theirs[key] for key in theirs}
    assert {key: gap for key, gap in differences.items() if gap} == {}
    unstated = {key: ours[key] for key in ours.keys() - theirs.keys() if key[2] in PAID}
    assert {key: amount for key, amount in unstated.items() if amount} == {}


HEADER = "collection_end,payment_date,principal,interest,prepayment,defaulted,recovery\n"
MONTH = "2018-09-30,2018-10-10,200.00,20.00,0.00,0.00,0.00\n"
OCTOBER = "2018-10-31,2018-11-12,200.00,20.00,0.00,0.00,0.00\n"
NOVEMBER = "2018-11-30,2018-12-12,200.00,20.00,0.00,0.00,0.00\n"
STRUCTURE = """
deal_id = "plain"
name_zh = "示例"
name_en = "Plain"

[structure]
has_continued_purchase = false
issue_amount = { value = 1000.00, source = "assumed: a test" }
revolving_months = { value = 0, source = "assumed: a test" }
expected_term_months = { value = 12, source = "assumed: a test" }

[dates]
initial_cut_off_date = { value = 2018-08-31, source = "assumed: a test" }
closing_date = { value = 2018-09-12, source = "assumed: a test" }
legal_final_date = { value = 2020-09-12, source = "assumed: a test" }

[payment]
interest_on_unpaid_interest = "none"
rounding = "half_up"

[[notes]]
code = "A"
tranche_class = "senior"
name_zh = "优先级"
name_en = "Senior"
notional = { value = 900.00, source = "assumed: a test" }
annual_rate = { value = 0.0365, source = "assumed: a test" }
day_count = "ACT/365F"
initial_rating_code = "AAA"
current_rating_code = "AAA"

[[notes]]
code = "S"
tranche_class = "equity"
name_zh = "次级"
name_en = "Equity"
notional = { value = 100.00, source = "assumed: a test" }
annual_rate = { value = 0.0, source = "assumed: a test" }
day_count = "ACT/365F"
initial_rating_code = "unrated"
current_rating_code = "unrated"

[clean_up_call]
threshold = { value = 0.8, source = "assumed: a test" }
price_share = { value = 1.0, source = "assumed: a test" }
replaces_priority = false
acts = "this"

[priority]
allocation = [
    { kind = "interest", target = "A", clause = "1" },
    { kind = "principal", targets = ["A", "S"], clause = "2" },
    { kind = "residual", target = "S", clause = "3" },
]
"""


@pytest.fixture
def files(tmp_path) -> tuple[Path, Path]:
    """A structure of one interest-bearing note and its first month."""
    terms_file, collections_file = tmp_path / "plain.toml", tmp_path / "months.csv"
    terms_file.write_text(STRUCTURE, encoding="utf-8")
    collections_file.write_text(HEADER + MONTH, encoding="utf-8")
    return terms_file, collections_file


def test_every_payment_is_a_row_and_the_outcome_is_said_in_a_few_lines(files, tmp_path, run):
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"))

    assert result.code == 0
    assert "plain: 1 payment dates to 2018-10-10" in result.output
    assert "A: interest 2.52, principal 217.48, residual 0.00, outstanding 682.52" in result.output
    rows = read_table(tmp_path / "out", "payment")
    assert [(row["kind_code"], row["target_code"], row["paid_amount"]) for row in rows] == [
        ("purchase", "", "1000.00"),
        ("interest", "A", "2.52"),
        ("principal", "A", "217.48"),
        ("principal", "S", "0.00"),
        ("residual", "S", "0.00"),
    ]


def test_a_call_sells_the_pool_at_the_threshold_and_leaves_later_rows_unused(files, tmp_path, run):
    files[1].write_text(HEADER + MONTH + OCTOBER, encoding="utf-8")
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"), "--call")

    assert "called on 2018-10-10; 1 later rows not used" in result.output
    (month,) = read_table(tmp_path / "out", "pool")
    assert (month["called_balance"], month["closing_balance"]) == ("800.00", "0.00")
    assert read_table(tmp_path / "out", "note")[0]["closing_balance"] == "0.00"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (MONTH.replace("200.00", "200.001"), "line 2, principal = '200.001': expected an amount"),
        (MONTH.replace("20.00", "", 1).replace("0.00", "0.00"), "line 2"),
        (MONTH.replace("2018-10-10", "10 Oct"), "line 2, payment_date = '10 Oct': no date"),
        (MONTH.replace("2018-10-10", "2018-09-12"), "row 1: payment date 2018-09-12, expected one"),
        (MONTH.replace(",0.00,0.00,0.00", ",-1.00,0.00,0.00"), "prepayment = '-1.00': expected"),
        (MONTH.replace("200.00", "1000.01"), "are more than the pool, 1,000.00"),
        (MONTH.replace(",0.00\n", "\n"), "line 2: not as many cells as the header has"),
        ("", "no rows below the header"),
    ],
)
def test_collections_that_cannot_be_right_are_refused_in_one_line_and_nothing_is_written(
    line, message, files, tmp_path, run
):
    files[1].write_text(HEADER + line, encoding="utf-8")
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"))

    assert result.code == 1
    assert message in result.errors
    assert result.errors.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            MONTH + MONTH,
            "line 3, collection_end = 2018-09-30: expected one after the row before, 2018-09-30; sort the "
            "rows, and take out what stands twice",
        ),
        (OCTOBER + MONTH, "line 3, collection_end = 2018-09-30: expected one after the row before"),
        (
            MONTH + OCTOBER.replace("2018-11-12", "2018-10-10"),
            "line 3, payment_date = 2018-10-10: expected one after the row before, 2018-10-10",
        ),
        (
            MONTH + OCTOBER + OCTOBER.replace("2018-1", "2019-1"),
            "line 4, collection_end = 2019-10-31: 12 months after the row before, expected 1 as between "
            "others; add the row that is missing",
        ),
    ],
)
def test_a_period_that_stands_twice_or_is_left_out_is_refused(rows, message, files, tmp_path, run):
    files[1].write_text(HEADER + rows, encoding="utf-8")
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"))

    assert (result.code, result.errors.count("\n")) == (1, 1)
    assert f"months.csv {message}" in result.errors
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            MONTH.replace("2018-09-30", "2018-08-31"),
            "line 2, collection_end = 2018-08-31: expected a day after the initial cut-off, 2018-08-31",
        ),
        (
            MONTH.replace("2018-09-30", "2017-09-30"),
            "line 2, collection_end = 2017-09-30: expected a day after the initial cut-off, 2018-08-31",
        ),
        (
            OCTOBER + NOVEMBER,
            "line 2, collection_end = 2018-10-31: 2 months after the initial cut-off, 2018-08-31, "
            "expected at most 1; add the row that is missing",
        ),
        (
            MONTH.replace("2018-09-30", "2019-09-30").replace("2018-10", "2019-10"),
            "line 2, collection_end = 2019-09-30: 13 months after the initial cut-off, 2018-08-31, "
            "expected at most 12",
        ),
    ],
)
def test_a_first_period_that_does_not_start_at_the_cut_off_is_refused(
    rows, message, files, tmp_path, run
):
    files[1].write_text(HEADER + rows, encoding="utf-8")
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"))

    assert (result.code, result.errors.count("\n")) == (1, 1)
    assert f"months.csv {message}" in result.errors
    assert not (tmp_path / "out").exists()


def quarter(end: str, paid: str) -> str:
    return f"{end},{paid},100.00,20.00,0.00,0.00,0.00\n"


def test_quarters_of_a_year_that_revolves_for_six_months_revolve_twice(files, tmp_path, run):
    terms = STRUCTURE.replace("has_continued_purchase = false", "has_continued_purchase = true")
    terms = terms.replace("revolving_months = { value = 0", "revolving_months = { value = 6")
    buying = 'revolving = [\n    { kind = "interest", target = "A", clause = "R.1" },\n'
    buying += '    { kind = "purchase", clause = "R.2" },\n]\n'
    purchase = '[purchase]\nprice = "par"\nfunding = "all_remaining"\n'
    purchase += 'draw_seed = { value = 1, source = "assumed: a test" }\n\n'
    terms = terms.replace("[priority]\n", f"{purchase}[priority]\n{buying}")
    files[0].write_text(terms, encoding="utf-8")
    ends = ("2018-11-30", "2019-02-28", "2019-05-31", "2019-08-31")
    paid = ("2018-12-12", "2019-03-12", "2019-06-12", "2019-09-12")
    rows = (quarter(end, day) for end, day in zip(ends, paid, strict=True))
    files[1].write_text(HEADER + "".join(rows), encoding="utf-8")
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"))

    assert result.errors == ""
    phases = [row["phase_code"] for row in read_table(tmp_path / "out", "pool")]
    assert phases == ["revolving", "revolving", "allocation", "allocation"]


TRIGGER = """
[[triggers]]
code = "watched"
metric = "cumulative_default_rate"
threshold = { value = 0.03, source = "assumed: a test" }
effect = "accelerate"
is_curable = false
acts = "this"
"""


def test_a_denominator_that_a_trigger_reads_is_stated_and_not_guessed(files, run):
    structure = STRUCTURE + STRUCTURE.partition("[priority]\n")[2].replace(
        "allocation", "accelerated"
    )
    files[0].write_text(structure + TRIGGER, encoding="utf-8")
    refused = run("check", str(files[0]))
    stated = '[default]\nrate_denominator = "initial_pool"\n\n[priority]'
    files[0].write_text(structure.replace("[priority]", stated) + TRIGGER, encoding="utf-8")
    taken = run("check", str(files[0]), "--language", "en")
    of_another = TRIGGER.replace("default_rate", "default_rate_initial")
    files[0].write_text(structure + of_another, encoding="utf-8")

    assert refused.code == 1
    assert "default.rate_denominator is missing, expected one of" in refused.output
    assert taken.code == 0
    assert "the cumulative default rate is of the initial pool" in taken.output
    assert run("check", str(files[0])).code == 0


def pool_of(amount: str) -> str:
    stated = f'initial_pool_balance = {{ value = {amount}, source = "assumed: a test" }}\n'
    return STRUCTURE.replace("[dates]\n", f"{stated}\n[dates]\n")


def test_a_pool_over_the_notes_is_paid_in_full_and_its_rest_is_the_equity_s(files, tmp_path, run):
    files[0].write_text(pool_of("1100.00"), encoding="utf-8")
    files[1].write_text(HEADER + MONTH.replace("200.00", "1100.00"), encoding="utf-8")
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"))

    assert result.errors == ""
    # 1,100.00 and 20.00, less A's interest of 2.52 and all the notes.
    assert "S: interest 0.00, principal 100.00, residual 117.48, outstanding 0.00" in result.output
    (pool,) = read_table(tmp_path / "out", "pool")
    assert (pool["opening_balance"], pool["closing_balance"]) == ("1100.00", "0.00")


def test_a_pool_that_the_terms_state_bounds_what_it_may_pay(files, tmp_path, run):
    files[0].write_text(pool_of("1100.00"), encoding="utf-8")
    files[1].write_text(HEADER + MONTH.replace("200.00", "1100.01"), encoding="utf-8")
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"))

    assert result.code == 1
    assert "are more than the pool, 1,100.00; correct the row, or the pool that the terms" in (
        result.errors
    )


def test_a_call_that_could_be_made_is_mentioned(files, tmp_path, run):
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"))

    mention = "the clean-up call could be made from 2018-10-10 on, when the pool was 800.00; --call"
    assert mention in result.output


def test_a_pool_just_over_the_threshold_may_not_be_called_and_no_call_is_mentioned(
    files, tmp_path, run
):
    files[1].write_text(HEADER + MONTH.replace("200.00", "199.99"), encoding="utf-8")
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"), "--call")

    assert result.code == 0
    assert "called on" not in result.output
    assert "clean-up call" not in result.output


def test_a_call_that_the_terms_do_not_give_is_refused(files, tmp_path, run):
    head, _, rest = STRUCTURE.partition("[clean_up_call]")
    files[0].write_text(head + "[priority]" + rest.partition("[priority]")[2], encoding="utf-8")
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"), "--call")

    assert result.code == 1
    assert "plain: the clean-up call is asked for and the terms give none" in result.errors
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("place", [0, 1])
def test_a_file_that_is_not_there_is_refused_in_one_line(place, files, tmp_path, run):
    files[place].unlink()
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"))

    assert (result.code, result.errors.count("\n")) == (1, 1)
    assert files[place].name in result.errors
    assert not (tmp_path / "out").exists()


def test_no_row_comes_after_the_legal_final_date(files, tmp_path, run):
    terms = files[0].read_text(encoding="utf-8").replace("2020-09-12", "2018-11-05")
    files[0].write_text(terms.replace("months = { value = 12", "months = { value = 1"))
    files[1].write_text(HEADER + MONTH + OCTOBER, encoding="utf-8")
    last = run("waterfall", *map(str, files), "--out", str(tmp_path / "last"))
    files[1].write_text(HEADER + MONTH + OCTOBER + NOVEMBER, encoding="utf-8")
    late = run("waterfall", *map(str, files), "--out", str(tmp_path / "late"))

    assert (
        "the legal final date, 2018-11-05, has come: 564.77 of the notes stays unpaid"
        in last.output
    )
    assert "row 3: payment date 2018-12-12, expected none after 2018-11-12" in late.errors
    assert not (tmp_path / "late").exists()


def test_a_header_without_a_column_is_refused(files, tmp_path, run):
    files[1].write_text(HEADER.replace("recovery", "recoveries") + MONTH, encoding="utf-8")
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"))

    assert (result.code, "line 1: no column recovery, expected" in result.errors) == (1, True)


def test_terms_that_contradict_themselves_are_refused_with_their_line(files, tmp_path, run):
    files[0].write_text(STRUCTURE.replace('rounding = "half_up"\n', ""), encoding="utf-8")
    result = run("waterfall", *map(str, files), "--out", str(tmp_path / "out"))

    assert result.code == 1
    assert "plain.toml line 17: payment.rounding is missing, expected one of" in result.errors


def test_check_reads_a_structure_back_and_lists_what_is_wrong_with_it(files, run):
    said = run("check", str(files[0]), "--language", "en")
    assert said.code == 0
    assert "1. [1] pay interest on Senior" in said.output
    files[0].write_text(STRUCTURE.replace('acts = "this"\n', ""), encoding="utf-8")

    refused = run("check", str(files[0]))
    assert refused.code == 1
    assert "clean_up_call.acts is missing" in refused.output
