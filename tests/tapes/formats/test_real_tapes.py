"""Each real tape loads from its file by a TOML alone, with what is known of it: counts, totals, oddities."""

import csv
import gzip
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet
import pytest

from tapes import TapeError
from tapes.recognise.load import FORMATS_FOLDER, load_formats
from tests.tapes.formats.mini import read_files, read_real, rows
from tests.tapes.formats.test_joins import zipped

BAD = "select column_name, count(*) from landed.bad_cell group by all"
SUMS = "count(*), sum(opening_balance), sum(closing_balance)"


def whole(connection: duckdb.DuckDBPyConnection, columns: str) -> tuple[object, ...]:
    """Aggregates over all rows that were read."""
    return connection.sql(f"select {columns} from landed.tape_row").fetchall()[0]


def left_out(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    query = "select reason, cast(sum(row_count) as bigint) from landed.left_out group by reason"
    return dict(connection.sql(query).fetchall())


@pytest.mark.parametrize(
    ("cut_off", "row_count"),
    [
        (date(2017, 12, 31), 1229),
        pytest.param(date(2017, 5, 31), 1342, marks=pytest.mark.slow),
    ],
)
def test_a_month_of_the_wide_ally_tape_is_its_group_of_columns(
    shared: Path, tmp_path: Path, cut_off: date, row_count: int
) -> None:
    files = ["sec-auto-ally/wide-csv/aart1342new_2017.csv.gz"]
    connection, _ = read_real(tmp_path, shared, "ally_auto_wide", files, cut_off)
    assert connection.sql(BAD).fetchall() == []
    # The long form of the same loans, made apart from this program.
    long = shared / "tapes/sec-auto-ally/monthly/ally_monthly.parquet"
    differences = connection.sql(f"""
        select count(*), count(*) filter (
            other.asset_number is null
            or abs(tape.opening_balance - other.begin_balance) > 0.004
            or abs(tape.closing_balance - other.end_balance) > 0.004
            or abs(tape.total_paid - other.total_paid) > 0.004
            or abs(tape.recovery_amount - coalesce(other.recovered, 0)
                - coalesce(other.repossessed_proceeds, 0)) > 0.004
            or tape.opening_balance + tape.unexplained_amount - tape.scheduled_principal_paid
                - tape.prepaid_principal_paid - tape.write_off_amount <> tape.closing_balance
        )
        from landed.tape_row as tape
        left join '{long}' as other
            on tape.loan_id = cast(other.asset_number as varchar) and other.period_end = date '{cut_off}'
    """).fetchall()
    assert differences == [(row_count, 0)]
    counts = left_out(connection)
    # 1,342 loans in 44 groups of columns: none is lost.
    assert sum(counts.values()) + row_count == 1342 * 44


@pytest.mark.slow
def test_the_wide_tape_says_of_its_first_month_what_the_filing_says(
    shared: Path, tmp_path: Path
) -> None:
    cut_off = date(2017, 5, 31)
    names = ["aart2171_2017.csv.gz", "aart1342new_2017.csv.gz"]
    files = [f"sec-auto-ally/wide-csv/{name}" for name in names]
    wide, _ = read_real(tmp_path / "wide", shared, "ally_auto_wide", files, cut_off)
    filing = ["sec-auto-ally/abs-ee-xml/AART2017-3_201705.xml.gz"]
    filed, _ = read_real(tmp_path / "filed", shared, "sec_abs_ee_auto", filing, cut_off)
    columns = """
        as_of_date, loan_id, origination_date, maturity_date, term_months, contract_amount, annual_rate,
        opening_balance, closing_balance, scheduled_principal_paid, prepaid_principal_paid, write_off_amount,
        interest_paid, fee_paid, total_paid, recovery_amount, status_code, days_past_due,
        region_code, credit_score"""
    query = f"select {columns} from landed.tape_row order by loan_id"
    found = wide.sql(query).fetchall()
    assert len(found) == 3513
    assert found == filed.sql(query).fetchall()


@pytest.mark.parametrize("month", [9, pytest.param(4, marks=pytest.mark.slow)])
def test_a_month_of_the_taiwan_cards_is_its_columns(
    shared: Path, tmp_path: Path, month: int
) -> None:
    cut_off = date(2005, month, 30)
    files = ["taiwan-card-2005/UCI_Credit_Card.csv.gz"]
    connection, count = read_real(tmp_path, shared, "taiwan_cards", files, cut_off)
    assert (count.row_count, count.bad_cell_count, count.malformed_row_count) == (30000, 0, 0)
    long = shared / "tapes/taiwan-card-2005/taiwan_monthly.parquet"
    expected = connection.sql(f"""
        select count(*), sum(bill_amt), sum(pay_amt), sum(greatest(pay_status, 0)), sum(limit_bal)
        from '{long}' where month = '{cut_off:%Y-%m}'""").fetchall()
    columns = "count(*), sum(closing_balance), sum(scheduled_principal_paid), sum(past_due_count)"
    assert connection.sql(
        f"select {columns}, sum(contract_amount) from landed.tape_row"
    ).fetchall() == [tuple(map(int, expected[0]))]
    opened = connection.sql("select count(opening_balance) from landed.tape_row").fetchall()
    assert opened == [(0 if month == 4 else 30000,)]
    assert left_out(connection) == {"other_month": 150000}


@pytest.mark.slow
def test_the_cards_of_a_month_are_joined_to_their_applicants(shared: Path, tmp_path: Path) -> None:
    files = ["credit_record.zip", "application_record.zip"]
    files = [f"card-status-monthly/{name}" for name in files]
    connection, count = read_real(tmp_path, shared, "card_status", files, date(2020, 3, 31))
    assert count.row_count == 1_048_575 + 438_557
    assert (count.bad_cell_count, count.malformed_row_count) == (0, 0)
    columns = "count(*), count(borrower_id), min(borrower_age), max(borrower_age), max(as_of_date)"
    assert connection.sql(f"select {columns} from landed.tape_row").fetchall() == [
        (33_856, 24_672, 21, 69, date(2020, 3, 31))
    ]
    assert left_out(connection) == {"other_month": 1_048_575 - 33_856, "joined_table": 438_557}


def test_the_cards_of_the_first_month_are_read_without_their_applicants(
    shared: Path, tmp_path: Path
) -> None:
    files = ["card-status-monthly/credit_record.zip"]
    connection, _ = read_real(tmp_path, shared, "card_status", files, date(2015, 3, 31))
    assert whole(connection, "count(*), count(borrower_id)") == (415, 0)


def test_the_listings_of_ppdai_are_read_with_all_their_dirt(shared: Path, tmp_path: Path) -> None:
    files = ["ppdai-listings-2017/2017-07-20.csv.gz"]
    connection, count = read_real(tmp_path, shared, "ppdai_listings", files, date(2017, 7, 31))
    assert (count.row_count, count.bad_cell_count, count.malformed_row_count) == (29_932, 0, 0)
    assert left_out(connection) == {"repeated_header": 3}
    # Read again by Python's own reader, which knows nothing of formats.
    text = gzip.decompress((shared / "tapes" / files[0]).read_bytes()).decode("gbk")
    lines = [
        line
        for line in csv.DictReader(io.StringIO(text.replace("\r\r\n", "\n")))
        if line["id"] != "id"
    ]
    assert whole(connection, "count(*), count(distinct loan_id), sum(contract_amount)") == (
        len(lines),
        len({line["id"] for line in lines}),
        sum(Decimal(line["amount"]) for line in lines),
    )
    rates = {Decimal(line["year_rate"]) / 100 for line in lines}
    assert {rate for (rate,) in rows(connection, "annual_rate")} == rates
    funded = sum("/" in line["end_time"] for line in lines)
    assert whole(connection, "count(origination_date), min(term_months)") == (
        funded,
        min(int(line["timeLimit"]) for line in lines),
    )
    assert 0 < funded < len(lines)
    half_width = "select count(*) from landed.tape_row where occupation_code like '%（%'"
    assert connection.sql(half_width).fetchall() == [(0,)]


def test_a_pool_of_freddie_mac_is_read_under_seven_columns_of_one_name(
    shared: Path, tmp_path: Path
) -> None:
    files = ["freddie-pool-u90133/U90133_3132H3EE9_COLLAT_CURRENT.txt"]
    connection, count = read_real(tmp_path, shared, "freddie_pool", files, date(2023, 8, 31))
    assert (count.row_count, count.bad_cell_count, count.malformed_row_count) == (268, 0, 0)
    assert whole(connection, SUMS) == (268, None, Decimal("37849356.11"))
    late = "select days_past_due, count(*) from landed.tape_row group by all order by all"
    assert connection.sql(late).fetchall() == [(0, 264), (30, 2), (90, 1), (150, 1)]
    [(unknown,)] = connection.sql("select unknown_columns from landed.tape_file").fetchall()
    assert "Filler#1" in unknown and "Filler#7" in unknown


def test_two_parts_of_fannie_mae_are_read_by_name_and_as_they_are_stored(
    shared: Path, tmp_path: Path
) -> None:
    names = [f"CAS_2023_R08_G1_20231020_00{number}.parquet" for number in (0, 1)]
    files = [f"fannie-cas-2023r08/{name}" for name in names]
    first, second = ((shared / "tapes" / name).read_bytes() for name in files)
    sent = {"first.parquet": first, "second.zip": zipped(second__parquet=second)}
    formats = {"fannie_cas": load_formats(FORMATS_FOLDER)["fannie_cas"]}
    connection, count = read_files(tmp_path, formats, sent, date(2023, 8, 31))
    assert (count.row_count, count.bad_cell_count) == (60_345, 0)
    by_part = """
        select count(*), sum(closing_balance) from landed.tape_row
        group by tape_sha256 order by count(*) desc"""
    assert connection.sql(by_part).fetchall()[0] == (30_200, Decimal("9440204310.71"))
    column = "Current Actual UPB"
    totals = [parquet.read_table(shared / "tapes" / name, columns=[column]) for name in files]
    expected = sum(sum(table.column(0).to_pylist()) for table in totals)
    assert whole(connection, "count(*), sum(closing_balance)") == (60_345, expected)
    unscored = "select count(*) from landed.tape_row where credit_score is null"
    assert connection.sql(unscored).fetchall() == [(78,)]


@pytest.mark.parametrize(
    ("stored_as", "words"),
    [
        (
            "DECIMAL(6,2)",
            r"holds 485775.65|holds \d{6}.*expected decimal128\(6, 2\) by `stored_as`",
        ),
        ("DECIMAL(18,4)", r"is declared decimal128\(2, 2\), expected a decimal of 4 decimals"),
    ],
)
def test_an_override_that_is_wrong_itself_is_refused(
    shared: Path, tmp_path: Path, stored_as: str, words: str
) -> None:
    folder = tmp_path / "formats"
    folder.mkdir()
    text = (FORMATS_FOLDER / "fannie_cas.toml").read_text(encoding="utf-8")
    (folder / "fannie_cas.toml").write_text(text.replace("DECIMAL(18,2)", stored_as))
    formats = {"fannie_cas": load_formats(folder)["fannie_cas"]}
    path = shared / "tapes/fannie-cas-2023r08/CAS_2023_R08_G1_20231020_000.parquet"
    with pytest.raises(TapeError, match=words):
        read_files(tmp_path, formats, {"x.parquet": path.read_bytes()}, date(2023, 8, 31))


@pytest.mark.parametrize(
    ("cut_off", "filed"), [(date(2019, 3, 31), "2019-04-05"), (date(2019, 2, 28), "2019-02-27")]
)
def test_a_period_of_cmbs_is_taken_as_it_was_filed_last(
    shared: Path, tmp_path: Path, cut_off: date, filed: str
) -> None:
    path = shared / "tapes/sec-cmbs-ubs-2017c1/loan_sample.csv.gz"
    files = ["sec-cmbs-ubs-2017c1/loan_sample.csv.gz"]
    connection, count = read_real(tmp_path, shared, "sec_abs_ee_cmbs", files, cut_off)
    assert (count.row_count, count.bad_cell_count, count.malformed_row_count) == (6_090, 0, 0)
    expected = connection.sql(f"""
        select
            count(*),
            sum(reportPeriodBeginningScheduleLoanBalanceAmount::decimal(18, 2)),
            sum(reportPeriodEndScheduledLoanBalanceAmount::decimal(18, 2))
        from read_csv('{path}', all_varchar = true)
        where last_day(reportingPeriodEndDate::date) = date '{cut_off}'""").fetchall()
    assert [whole(connection, SUMS)] == expected
    assert expected[0][0] == 58
    # One loan leaves open whether there was a demand; advances are stated as outstanding alone.
    serviced = """
        count(*) filter (not is_repurchase_demanded),
        count(*) filter (servicer_advance_method_code = 'principal_and_interest'),
        count(servicer_advance_balance), count(servicer_advance_amount), count(modification_codes)"""
    assert whole(connection, serviced) == (57, 58, 58, 0, 0)
    assert left_out(connection) == {"other_month": 6_090 - 58}


def test_the_modifications_and_advances_of_cmbs_are_those_of_its_items(
    shared: Path, tmp_path: Path
) -> None:
    path = shared / "tapes/sec-cmbs-ubs-2017c1/loan_sample.csv.gz"
    files, cut_off = ["sec-cmbs-ubs-2017c1/loan_sample.csv.gz"], date(2021, 3, 31)
    connection, _ = read_real(tmp_path, shared, "sec_abs_ee_cmbs", files, cut_off)
    expected = connection.sql(f"""
        select
            count(*) filter (modificationCode is not null),
            sum(totalPrincipalInterestAdvancedOutstandingAmount::decimal(18, 2)
                + totalTaxesInsuranceAdvancesOutstandingAmount::decimal(18, 2)
                + otherExpensesAdvancedOutstandingAmount::decimal(18, 2))
        from read_csv('{path}', all_varchar = true)
        where last_day(reportingPeriodEndDate::date) = date '{cut_off}'""").fetchall()
    modified = "count(*) filter (modification_codes = 'other' and is_renegotiated)"
    assert [whole(connection, f"{modified}, sum(servicer_advance_balance)")] == expected
    assert expected[0][0] > 0 and expected[0][1] > 0


def test_a_period_that_was_filed_again_takes_the_place_of_the_first_filing(
    shared: Path, tmp_path: Path
) -> None:
    path = shared / "tapes/sec-cmbs-ubs-2017c1/loan_sample.csv.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    march = [line for line in lines[1:] if b",2019-03-11," in line]
    # The first filing as it would stand beside the amended one: filed before it, with other balances.
    first = [line.replace(b",ABS-EE/A,2019-04-05,", b",ABS-EE,2019-03-28,") for line in march]
    assert len(first) == 58 and first != march
    data = b"".join([lines[0], *first, *march])
    formats = {"sec_abs_ee_cmbs": load_formats()["sec_abs_ee_cmbs"]}
    connection, _ = read_files(tmp_path, formats, {"x.csv": data}, date(2019, 3, 31))
    assert left_out(connection) == {"earlier_filing": 58}
    assert connection.sql("select min(row_number), count(*) from landed.tape_row").fetchall() == [
        (59, 58)
    ]
