"""What it costs to take a tape in: landed, read and cast, judged by all rules, and its bad rows set aside.

A month and the month after it are made of copies of a synthetic one, each under loan numbers of its own, to
the number of rows wanted: `python -m tests.bench.intake [ROWS]`. Seconds are wall seconds of a fresh process
on all cores, beside the floor of the same run: DuckDB alone turning the same file into Parquet. SEC ABS-EE
XML is read apart, in MB a second and core. Run by `make bench`; it prints, and asserts nothing.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from expectations.counts import mark_rows, measure
from expectations.rule import Rule
from expectations.rules.tape import FAMILIES, row_rules, tape_rules
from flows.lake.last_tape import NARROW, make_tables
from tapes.land.tape import land_tape
from tapes.read.landed.parts import accept_rows
from tapes.read.landed.totals import total_tape
from tapes.read.tape import read_tape
from tapes.recognise.load import detect_format, load_formats
from tapes.synthetic.dirt.kinds import KINDS
from tapes.synthetic.tapes import write_tapes
from tests.bench.close_month import in_new_process, to_parquet

ROWS, COPIED_LOANS, SHARE = 1_000_000, 200_000, Decimal("0.001")
MONTHS = ("2017-06", "2017-07")
CUT_OFFS = (date(2017, 6, 30), date(2017, 7, 31))
XML_ASSETS = 200_000
XML = "http://www.sec.gov/edgar/document/absee/autoloan/assetdata"


@dataclass
class Clock:
    """Wall seconds by what was done."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start


def copy_rows(source: Path, target: Path, rows: int) -> None:
    """Write the rows of a tape again and again, with other loans and borrowers, until there are so many."""
    form = "header" if target.suffix == ".csv" else "compression zstd"
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        [(row_count,)] = connection.execute(f"select count(*) from '{source}'").fetchall()
        copies = max(1, round(rows / row_count))
        connection.execute(f"""
            copy (
                select tape.* replace (
                    {_again("loan_id", "L", 12)} as loan_id,
                    {_again("borrower_id", "B", 12)} as borrower_id
                )
                from '{source}' as tape cross join range({copies}) as copies(copy)
            ) to '{target}' ({form})""")


def _again(column: str, letter: str, digits: int) -> str:
    """The number of a loan or borrower in a copy of its row; a dirty one stays as it is."""
    number = f"(copy * 10000000000 + try_cast(substr({column}, 2) as bigint))::varchar"
    return f"coalesce('{letter}' || lpad({number}, {digits}, '0'), {column})"


def take_in(tape: Path, last: Path, folder: Path) -> dict[str, float]:
    """Take a tape in as a close does, beside last month's rows; wall seconds by what was done."""
    clock = Clock()
    formats = load_formats()
    with duckdb.connect(str(folder / f"{tape.suffix[1:]}.db")) as connection:
        connection.execute("set enable_progress_bar = false")
        _lay_last(connection, last)
        with clock("land"):
            landed = land_tape(tape, "book", MONTHS[1], folder / "landed")
        with clock("read and cast"):
            tape_format = detect_format(landed.path, formats, ["canonical"])
            read_tape(connection, [landed], tape_format, CUT_OFFS[1], folder / tape.suffix[1:])
        rules = row_rules(CUT_OFFS[1])
        with clock("mark rows to set aside"):
            marked = mark_rows(connection, rules)
        with clock("totals"):
            total_tape(connection)
        for family in FAMILIES:
            with clock(f"rules: {family}"):
                measure(connection, _of(family, (*rules, *tape_rules())), marked)
        with clock("set aside"):
            accept_rows(connection)
    return clock.seconds


def _of(family: str, rules: tuple[Rule, ...]) -> list[Rule]:
    return [rule for rule in rules if rule.family == family]


def _lay_last(connection: duckdb.DuckDBPyConnection, last: Path) -> None:
    """Last month's rows as a close has them beside: a view of Parquet."""
    connection.execute(f"""
        create schema closed; create schema deal;
        create table deal.period as select date '{CUT_OFFS[1]}' as as_of_date;
        create table deal.term as select 0.00 as max_rounding_amount;
        create table deal.repurchase_notice (loan_id varchar);
        create table closed.pool_loan (loan_id varchar, closing_balance decimal(18, 2))""")
    make_tables(connection)
    connection.execute("drop table closed.last_tape")
    columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in NARROW.items())
    connection.execute(f"create view closed.last_tape as select {columns} from '{last}'")


def measure_intake(folder: Path, rows: int) -> None:
    """Take in a month of so many rows, as CSV and as Parquet, against the floors of its files."""
    # The floor takes no line break within a cell.
    kinds = [name for name in KINDS if name != "line_break_in_a_cell"]
    dirt = {name: SHARE / len(kinds) for name in kinds}
    last, now = write_tapes("book", MONTHS[0], 2, COPIED_LOANS, 1, folder / "one", "parquet", dirt)
    last_month = folder / "last.parquet"
    copy_rows(last, last_month, rows)
    for suffix in ("csv", "parquet"):
        tape = folder / f"book_{MONTHS[1]}.{suffix}"
        copy_rows(now, tape, rows)
        before = in_new_process(to_parquet, tape, folder)
        cost = in_new_process(take_in, tape, last_month, folder)
        after = in_new_process(to_parquet, tape, folder)
        floor, cpu_floor = (before.wall + after.wall) / 2, (before.cpu + after.cpu) / 2
        size = tape.stat().st_size / 2**20
        print(f"{rows:,} rows, {size:,.0f} MiB of {suffix}, {float(SHARE):.1%} of them dirty")
        for name, seconds in cost.by_step.items():
            print(f"  {name:<26}{seconds:8.2f} s wall{seconds / floor:7.2f} x floor")
        whole = sum(cost.by_step.values())
        print(f"  {'in all':<26}{whole:8.2f} s wall{whole / floor:7.2f} x floor")
        print(f"  {'in all':<26}{cost.cpu:8.2f} s CPU {cost.cpu / cpu_floor:7.2f} x floor")
        print(f"  floor {floor:.2f} s wall, {cpu_floor:.2f} s CPU; peak memory {cost.peak:.2f} GiB")
        tape.unlink()


ASSET = {
    "assetTypeNumber": "AART",
    "assetNumber": "",
    "reportingPeriodBeginningDate": "07-01-2017",
    "reportingPeriodEndingDate": "07-31-2017",
    "originatorName": "Bank",
    "originationDate": "01/2016",
    "originalLoanAmount": "12074.00",
    "originalLoanTerm": "73",
    "loanMaturityDate": "02/2022",
    "paymentTypeCode": "2",
    "vehicleManufacturerName": "CHEVROLET",
    "vehicleModelName": "CRUZE",
    "obligorCreditScore": "694",
    "obligorGeographicLocation": "FL",
    "remainingTermToMaturityNumber": "55",
    "reportingPeriodBeginningLoanBalanceAmount": "1000.00",
    "reportingPeriodInterestRatePercentage": "0.0704",
    "reportingPeriodActualEndBalanceAmount": "900.00",
    "reportingPeriodScheduledPaymentAmount": "110.00",
    "totalActualAmountPaid": "110.00",
    "actualPrincipalCollectedAmount": "100.00",
    "actualInterestCollectedAmount": "10.00",
    "actualOtherCollectedAmount": "0.00",
    "currentDelinquencyStatus": "0",
    "repossessedIndicator": "false",
    "repossessedProceedsAmount": "0.00",
}


def read_xml(filing: Path, folder: Path) -> dict[str, float]:
    """Land and read a filing; CPU seconds."""
    formats = load_formats()
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false; set threads = 1")
        landed = land_tape(filing, "auto", MONTHS[1], folder / "landed")
        tape_format = detect_format(landed.path, formats, ["sec_abs_ee_auto"])
        start = _cpu_seconds()
        read_tape(connection, [landed], tape_format, CUT_OFFS[1], folder / "xml")
        return {"read": _cpu_seconds() - start}


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure_xml(folder: Path) -> None:
    """Read a filing of many assets of 26 items each."""
    filing = folder / f"auto_{MONTHS[1]}.xml"
    rest = "".join(f"<{name}>{text}</{name}>\n" for name, text in ASSET.items() if text)
    with filing.open("w", encoding="utf-8") as file:
        file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<assetData xmlns="{XML}">\n')
        for number in range(XML_ASSETS):
            file.write(f"<assets>\n<assetNumber>{number}</assetNumber>\n{rest}</assets>\n")
        file.write("</assetData>\n")
    seconds = in_new_process(read_xml, filing, folder).by_step["read"]
    megabytes = filing.stat().st_size / 1e6
    print(f"{megabytes:,.0f} MB of ABS-EE XML: {megabytes / seconds:.1f} MB a second and core")


def main(rows: int = ROWS) -> None:
    """Measure the tapes, then the XML."""
    with tempfile.TemporaryDirectory() as name:
        measure_intake(Path(name), rows)
    with tempfile.TemporaryDirectory() as name:
        measure_xml(Path(name))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
