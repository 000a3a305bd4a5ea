"""A portfolio in the layout of PPDai's LCIS, invented: Chinese columns, several month-ends in one file."""

from datetime import date
from decimal import Decimal as D
from pathlib import Path

from tapes.recognise.load import load_formats
from tests.tapes.formats.mini import read_files, rows

MAY, JULY, AUGUST = date(2016, 5, 1), date(2016, 7, 1), date(2016, 8, 9)
HEADER = (
    "ListingId,借款金额,借款期限,借款利率,借款成功日期,初始评级,借款类型,年龄,性别,已还本金,待还本金,待还利息,"
    "标当前逾期天数,标当前状态,上次还款日期,recorddate"
)
LINES = """\
1001,5000,12,20,2016/8/9,C,普通,29,男,762.31,4237.69,501.2,0,正常还款中,2016/10/9,2016-10-31
1002,３０００．５０,6,22%,2016-05-01,D,APP闪电,24,女,2400,600.5,12,37,逾期中,2016-08-25,2016-10-31
1003,800,3,18,2016/7/1,B,普通,41,男,800,0,0,0,已还清,2016/10/1,2016-10-31
1004,900,6,18,2016/7/1,B,普通,NULL,男,300,600,9,0,已债转,NULL,2016-10-31
1001,5000,12,20,2016/8/9,C,普通,29,男,380.1,4619.9,600,0,正常还款中,2016/9/9,2016-09-30
"""


def test_a_month_end_of_a_portfolio_is_read(tmp_path: Path) -> None:
    formats = {"ppdai_lcis": load_formats()["ppdai_lcis"]}
    data = f"{HEADER}\n{LINES}".encode()
    connection, count = read_files(tmp_path, formats, {"LCIS.csv": data}, date(2016, 10, 31))
    columns = (
        "loan_id, contract_amount, annual_rate, origination_date, maturity_date, closing_balance, "
        "days_past_due, status_code, borrower_age"
    )
    assert rows(connection, columns) == [
        ("1001", D(5000), D("0.2"), AUGUST, date(2017, 8, 9), D("4237.69"), 0, "current", 29),
        ("1002", D("3000.50"), D("0.22"), MAY, date(2016, 11, 1), D("600.50"), 37, "overdue", 24),
        ("1003", D(800), D("0.18"), JULY, date(2016, 10, 1), D(0), 0, "settled", 41),
        ("1004", D(900), D("0.18"), JULY, date(2017, 1, 1), D(600), 0, None, None),
    ]  # fmt: skip
    assert (count.row_count, count.bad_cell_count) == (5, 0)
    assert connection.sql("select month, row_count from landed.left_out").fetchall() == [
        (date(2016, 9, 1), 1)
    ]
