"""Detection of dirt: of each kind how many spoilt rows the rules name, and how many clean rows they name too.

A clean month and a dirty one of the synthetic book are read and judged as a close does; the key file says
which rows were spoilt. Recall: of a kind's rows those that the rule which is expected to catch it names.
False alarms: rows of the same month, clean, that a rule names, above its tolerance or at all. Kinds of whole
files have a month each. Run by `make bench`; it prints, and asserts nothing.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from expectations.counts import mark_rows, measure
from expectations.repeats import repeated_rows
from expectations.rule import Rule
from expectations.rules.tape import row_rules, tape_rules
from expectations.rules.tape.cross_field import cash_rules
from flows.lake.last_tape import NARROW, make_tables
from tapes import TapeError
from tapes.land.tape import land_tape
from tapes.read.landed.totals import total_tape
from tapes.read.tape import read_tape
from tapes.recognise.load import TapeFormats, detect_format, load_formats
from tapes.synthetic.dirt.files.kinds import FILE_KINDS
from tapes.synthetic.dirt.key import KeyLine, key_path, read_key
from tapes.synthetic.dirt.kind import READ, REFUSED
from tapes.synthetic.tapes import write_tapes

LOANS, SEED, SHARE = 100_000, 1, Decimal("0.01")
FILE_LOANS, SHEET_LOANS = 6_000, 60_000
FIRST, SECOND = "2017-06", "2017-07"
CUT_OFF = date(2017, 7, 31)


@dataclass(frozen=True)
class Named:
    """What the rules name of a tape: rows (a loan's id, a row's number) by rule; rules above tolerance."""

    rows: dict[str, set[tuple[str, int]]]
    failed: set[str]


@contextmanager
def judged(clean: Path, tape: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tape as a close reads it, beside last month's, all of whose loans the deal owns.

    Every row that is to be set aside is marked.
    """
    formats = load_formats()
    with tempfile.TemporaryDirectory() as name, duckdb.connect() as connection:
        scratch = Path(name)
        connection.execute(f"""
            set enable_progress_bar = false;
            create schema closed; create schema deal;
            create table deal.period as select date '{CUT_OFF}' as as_of_date;
            create table deal.term as select 0.00 as max_rounding_amount;
            create table deal.repurchase_notice (loan_id varchar);
            create table closed.pool_loan (loan_id varchar, closing_balance decimal(18, 2))""")
        make_tables(connection)
        read_rows(connection, clean, scratch / "last", formats)
        connection.execute(f"""
            insert into closed.last_tape select {", ".join(NARROW)} from landed.tape_row;
            insert into closed.pool_loan
            select loan_id, closing_balance from closed.last_tape where closing_balance > 0;
            insert into closed.last_file select file_name, tape_sha256 from landed.tape_file;
            insert into closed.last_column
            select column_name, filled_count, (select count(*) from landed.tape_row)
            from (unpivot (select count(columns(*)) from landed.tape_row)
                on * into name column_name value filled_count)""")
        read_rows(connection, tape, scratch / "now", formats)
        mark_rows(connection, rules_on_rows())
        total_tape(connection)
        yield connection


def rules_on_rows() -> tuple[Rule, ...]:
    """Of a deal that has closed a month."""
    cash = cash_rules("quarantine", "carried", needs_interest_due=False)
    return (*row_rules(CUT_OFF), *cash)


def read_rows(
    connection: duckdb.DuckDBPyConnection, path: Path, scratch: Path, formats: TapeFormats
) -> None:
    """Land a file of the month in its name and read it into `landed`; TapeError where it is refused."""
    landed = land_tape(path, "book", path.stem.split("_")[1], scratch / "landed")
    tape_format = detect_format(landed.path, formats, ["canonical"])
    read_tape(connection, [landed], tape_format, None, scratch / "rows")


def name_rows(connection: duckdb.DuckDBPyConnection) -> Named:
    """Every row that a rule names, rule by rule."""
    rules = (*rules_on_rows(), *tape_rules())
    counts = measure(connection, rules)
    crashed = {rule.id: counts[rule.id].error for rule in rules if counts[rule.id].error}
    if crashed:
        raise AssertionError(f"rules that could not be counted: {crashed}")
    failed = {
        rule.id
        for rule in rules
        if (counts[rule.id].failing_count or 0) > rule.allowed_count(counts[rule.id].row_count or 0)
    }
    found = [rule for rule in rules if counts[rule.id].failing_count]
    return Named({rule.id: set(_rows(connection, rule)) for rule in found}, failed)


def _rows(connection: duckdb.DuckDBPyConnection, rule: Rule) -> Iterator[tuple[str, int]]:
    """The id and the number of each row that fails the rule; 0 where the rule is on loans, not on rows."""
    relation = f"(from {rule.relation} where coalesce({rule.failing}, true))"
    if rule.id == "row_malformed":
        relation = "(select '' as loan_id, row_number from landed.malformed_row)"
    elif rule.unique:
        relation = repeated_rows(connection, rule)
    columns = connection.sql(f"from {relation} limit 0").columns
    if "loan_id" not in columns:  # On columns, codes or sums.
        return
    number = "row_number" if "row_number" in columns else "0"
    yield from connection.execute(
        f"select coalesce(loan_id, ''), {number} from {relation}"
    ).fetchall()


def is_named(line: KeyLine, named: Named) -> bool:
    """Whether the rule that is expected to catch the dirt names its row, or its loan under any of its ids."""
    rows = named.rows.get(line.rule_id, set())
    ids = {line.loan_id} | ({line.value_after} if line.column == "loan_id" else set())
    return any(number == line.row if number else loan_id in ids for loan_id, number in rows)


def measure_rows(folder: Path) -> None:
    """Print recall by kind of a dirty month, and false alarms of the same month clean."""
    [clean, second] = write_tapes("book", FIRST, 2, LOANS, SEED, folder / "clean")
    _, tape = write_tapes("book", FIRST, 2, LOANS, SEED, folder / "dirty", dirt=SHARE)
    key = read_key(key_path(tape))
    with judged(clean, tape) as connection:
        print_recall(key, name_rows(connection))
    with judged(clean, second) as connection:
        [(row_count,)] = connection.execute("select row_count from landed.tape_total").fetchall()
        print_false_alarms(name_rows(connection), row_count)


def print_recall(key: Sequence[KeyLine], named: Named) -> None:
    """By kind, those first of which a row is missed."""
    found: dict[str, list[bool]] = defaultdict(list)
    rules = {line.kind: line.rule_id for line in key}
    for line in key:
        found[line.kind].append(is_named(line, named))
    caught, spoilt = sum(sum(each) for each in found.values()), len(key)
    print(f"{spoilt:,} spoilt rows of {len(found)} kinds: recall {caught / spoilt:.2%}")
    for kind, each in sorted(found.items()):
        if not all(each):
            print(f"  {kind}: {sum(each)} of {len(each)} named by {rules[kind]}")
    quiet = sorted({rules[kind] for kind in found} - named.failed)
    print(f"  counted, but within the tolerance of their rule: {', '.join(quiet) or 'none'}")


def print_false_alarms(named: Named, row_count: int) -> None:
    """Of a clean tape all that is named."""
    every = {loan_id for rows in named.rows.values() for loan_id, _ in rows}
    loud = {loan_id for rule in named.failed for loan_id, _ in named.rows.get(rule, ())}
    print(
        f"{row_count:,} clean rows: {len(loud):,} named by a rule above its tolerance "
        f"({len(loud) / row_count:.3%}), {len(every):,} by any rule ({len(every) / row_count:.3%})"
    )
    for rule, rows in sorted(named.rows.items()):
        if rows:
            print(
                f"  {rule}: {len(rows):,}{'' if rule in named.failed else ' (within its tolerance)'}"
            )
    if others := sorted(rule for rule in named.failed if not named.rows.get(rule)):
        print(f"  of the delivery: {', '.join(others)}")


def measure_files(folder: Path) -> None:
    """Print of each kind of a whole file whether its rule fails, and which others do."""
    clean = {
        loans: write_tapes("book", FIRST, 2, loans, SEED, folder / str(loans))
        for loans in (FILE_LOANS, SHEET_LOANS)
    }
    of_clean = failed_rules(*clean[FILE_LOANS])
    missed = []
    for kind in FILE_KINDS.values():
        # A sheet's rows are more than the small book has.
        loans = SHEET_LOANS if kind.rule_id == "file_cut_at_rows" else FILE_LOANS
        _, tape = write_tapes(
            "book", FIRST, 2, loans, SEED, folder / kind.name, file_dirt=[kind.name]
        )
        failed = failed_rules(clean[loans][0], tape)
        is_caught = failed == of_clean if kind.rule_id == READ else kind.rule_id in failed
        if not is_caught:
            missed.append(f"{kind.name} ({kind.rule_id}; failed: {', '.join(sorted(failed))})")
    caught = len(FILE_KINDS) - len(missed)
    print(
        f"{len(FILE_KINDS)} kinds of spoilt files: {caught} caught; missed: {'; '.join(missed) or 'none'}"
    )


def failed_rules(clean: Path, tape: Path) -> set[str]:
    """The rules that fail, or that the file cannot be read."""
    try:
        with judged(clean, tape) as connection:
            return name_rows(connection).failed
    except TapeError:
        return {REFUSED}


def main() -> None:
    """Measure rows, then files."""
    with tempfile.TemporaryDirectory() as name:
        measure_rows(Path(name) / "rows")
    with tempfile.TemporaryDirectory() as name:
        measure_files(Path(name))


if __name__ == "__main__":
    main()
