"""How a table lies in a servicer's file, as its format declares it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FooterValue:
    """Where a footer states a figure of the rows: `name` is "row_count" or the canonical column it totals.

    `line` is how its line begins, `cell` the number of the cell in it, from 1; the group of `pattern` (a
    regular expression) is the figure, or the whole cell where it is empty. A total stands in the `unit`.
    """

    name: str
    line: str
    cell: int
    pattern: str = ""
    unit: str = ""


@dataclass(frozen=True)
class CsvShape:
    """How the text of a table is written; quoting is RFC 4180 with `"`, lines end in LF or CR LF.

    `skip_lines` stand above the header, which goes over `header_lines` (0: the file has none). `names`
    are the column names in their order, in place of the header's. A line at the end of the file that
    begins with a text of `footer` is no row; it may state `footer_values`.
    `repeated_header`: the header may stand between rows again.
    `merged_header`: a cell of a header line above the last spans the empty ones to its right.
    `transposed`: a line is a column, its first cell the name. `sheet` is how the sheet of a workbook is
    called (`*` for any text), empty: the first.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    skip_lines: int = 0
    header_lines: int = 1
    names: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    footer_values: tuple[FooterValue, ...] = ()
    repeated_header: bool = False
    merged_header: bool = False
    transposed: bool = False
    sheet: str = ""


@dataclass(frozen=True)
class Member:
    """Which file of a ZIP archive is the table: how it is called, and whether several may be its parts."""

    pattern: str = "*"
    has_parts: bool = False


@dataclass(frozen=True)
class XmlShape:
    """Which element is a row; its children are the cells."""

    namespace: str
    root_element: str
    row_element: str


PLAIN_CSV = CsvShape()
ANY_MEMBER = Member()
