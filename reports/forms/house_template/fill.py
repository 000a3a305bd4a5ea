"""A house template with its placeholders filled; the rest stays as it was, as far as openpyxl reads it."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from reports.characters import legible_pack
from reports.document import compose, warn
from reports.formatting import EXCEL_CHARACTERS
from reports.forms.house_template.figures import Figures
from reports.forms.house_template.keeping import find_losses, save_workbook
from reports.forms.house_template.placeholders import (
    EXAMPLE,
    Braces,
    Placeholder,
    Unfillable,
    find_braces,
    parse,
)
from reports.forms.house_template.rich_text import replace_in_runs
from reports.forms.workbook.styles import DATE_FORMATS
from reports.pack import Language, ReportError, ReportPack
from reports.sections import Cell
from reports.words import Words

if TYPE_CHECKING:
    from openpyxl import Workbook

_PARTS = ("left", "center", "right")
_HEADS = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")


@dataclass(frozen=True)
class Filled:
    """The workbook, how many placeholders were filled, and what of the template it does not hold."""

    data: bytes
    count: int
    losses: tuple[str, ...]


@dataclass
class _Filling:
    """What is filled so far; `problems` are those of placeholders that cannot be."""

    figures: Figures
    language: Language
    count: int = 0
    problems: list[str] = field(default_factory=list)
    warned: set[str] = field(default_factory=set)
    """The sheets that say by themselves what no page may leave out."""

    def read(self, braces: Braces, sheet: str, place: str) -> Cell | None:
        """What stands for a placeholder; None where it cannot be filled, which is noted."""
        try:
            placeholder = parse(braces.text)
            found = self.figures.find(placeholder)
        except Unfillable as problem:
            self.problems.append(f"sheet {sheet!r}, {place}, {braces.text}: {problem}")
            return None
        self.count += 1
        if placeholder == Placeholder("notice", ""):
            self.warned.add(sheet)
        return found


def fill_template(
    template: bytes, pack: ReportPack, words: Words, language: Language, keeps_macros: bool = False
) -> Filled:
    """The template filled from the report; ReportError names the first placeholder that cannot be.

    The same report and template give the same bytes.
    """
    pack = legible_pack(pack)
    book, told = _open(template, keeps_macros)
    figures = Figures(pack, compose(pack, words, language), words)
    filling = _Filling(figures, language)
    for sheet in book.worksheets:
        _fill_cells(sheet, filling)
        _fill_heads(sheet, filling)
    _refuse_problems(filling)
    if notice := warn(pack, words, language):
        for sheet in book.worksheets:
            if sheet.title not in filling.warned:
                _put_in_footers(sheet, notice)
    _state_run(book, pack)
    data = save_workbook(book, datetime.combine(pack.payment_date, time()))
    return Filled(data, filling.count, (*told, *find_losses(template, data)))


def _open(template: bytes, keeps_macros: bool) -> tuple["Workbook", list[str]]:
    """The workbook, and what its reader says that it leaves out."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            book = load_workbook(BytesIO(template), rich_text=True, keep_vba=keeps_macros)
    except (
        BadZipFile,
        InvalidFileException,
        KeyError,
        TypeError,
        ValueError,
        OSError,
        SyntaxError,  # lxml's of what is no XML
    ) as error:
        raise ReportError(
            f"cannot be read as a workbook ({error}), expected one without a password; save it as .xlsx "
            "or .xlsm"
        ) from error
    return book, [str(each.message) for each in told if each.category is UserWarning]


def _refuse_problems(filling: _Filling) -> None:
    if filling.problems:
        first, *others = filling.problems
        more = f" ({len(others)} more cannot be filled either)" if others else ""
        raise ReportError(f"{first}{more}; nothing was written, mend the template")
    if not filling.count:
        raise ReportError(f"holds no placeholder, expected one such as {EXAMPLE} in a cell")


def _fill_cells(sheet: Any, filling: _Filling) -> None:
    filled: dict[str, str] = {}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                _refuse_in_formula(sheet, cell, filling)
            elif cell.data_type == "s" and "{" in (text := str(cell.value)):
                _fill_cell(cell, text, filling)
                filled[cell.coordinate] = str(cell.value)
    _name_columns(sheet, filled)


def _refuse_in_formula(sheet: Any, cell: Any, filling: _Filling) -> None:
    """A formula is left alone, so a placeholder in it would stay; `{1,2}` is an array and no placeholder."""
    for braces in find_braces(str(cell.value)):
        if "." in braces.text and not braces.literal and _is_placeholder(braces.text):
            filling.problems.append(
                f"sheet {sheet.title!r}, cell {cell.coordinate}, {braces.text}: stands in a "
                "formula, expected it in a cell of its own, which the formula refers to"
            )


def _is_placeholder(text: str) -> bool:
    try:
        return bool(parse(text).column)
    except Unfillable:
        return False


def _fill_cell(cell: Any, text: str, filling: _Filling) -> None:
    """A placeholder alone gives a number, a date or a text; one within a text gives text."""
    place = f"cell {cell.coordinate}"
    found = list(find_braces(text))
    if len(found) == 1 and not found[0].literal and found[0].text == text.strip():
        value = filling.read(found[0], cell.parent.title, place)
        if value is not None:
            _put(cell, value, filling.language)
        return
    parts = list(_replacements(found, cell.parent.title, place, filling))
    size = len(text) + sum(len(new) - (end - start) for start, end, new in parts)
    if size > EXCEL_CHARACTERS:
        filling.problems.append(
            f"sheet {cell.parent.title!r}, {place}, {text}: {size:,} characters, expected "
            f"{EXCEL_CHARACTERS:,} at most"
        )
        return
    cell.value = replace_in_runs(cell.value, parts)
    cell.data_type = "s"


def _replacements(
    found: list[Braces], sheet: str, place: str, filling: _Filling
) -> Iterator[tuple[int, int, str]]:
    """Where each placeholder stands in its text, and what takes its place."""
    for braces in found:
        value = None if braces.literal else filling.read(braces, sheet, place)
        yield braces.start, braces.end, value.text if value else braces.literal


def _put(cell: Any, found: Cell, language: Language) -> None:
    """A typed value in the cell's own format; a date where the cell has none that shows one, in words."""
    value = found.value
    if isinstance(value, date):
        is_shown = cell.is_date or _shows_dates(cell.number_format)
        cell_format = cell.number_format if is_shown else DATE_FORMATS[language]
        cell.value = datetime.combine(value, time())
        cell.number_format = cell_format
    elif isinstance(value, Decimal | int) and not isinstance(value, bool):
        # A Decimal is written as a number of up to sixteen digits; none of the report has more than fifteen.
        cell.value = value
    elif not found.text:
        cell.value = None
    else:
        cell.value = found.text
        # Whatever a text begins with, it is neither formula nor error.
        cell.data_type = "s"


def _shows_dates(number_format: str) -> bool:
    from openpyxl.styles.numbers import is_date_format

    return bool(is_date_format(number_format))


def _name_columns(sheet: Any, filled: dict[str, str]) -> None:
    """A table of the workbook calls its columns as their heads say, or the workbook is no good."""
    for table in sheet.tables.values():
        if table.headerRowCount == 0:
            continue
        for cell, column in zip(sheet[table.ref][0], table.tableColumns, strict=False):
            column.name = filled.get(cell.coordinate, column.name)


def _fill_heads(sheet: Any, filling: _Filling) -> None:
    """The heads and feet of printed pages."""
    for name in _HEADS:
        for side in _PARTS:
            part = getattr(getattr(sheet, name), side)
            if not part.text or "{" not in part.text:
                continue
            text = part.text
            for start, end, new in reversed(
                list(_replacements(list(find_braces(text)), sheet.title, name, filling))
            ):
                # An ampersand begins a code there.
                text = text[:start] + new.replace("&", "&&") + text[end:]
            part.text = text


def _put_in_footers(sheet: Any, notice: str) -> None:
    """Every page that is printed says it, below what the template prints there."""
    names = ["oddFooter"]
    names += ["evenFooter"] if sheet.HeaderFooter.differentOddEven else []
    names += ["firstFooter"] if sheet.HeaderFooter.differentFirst else []
    for name in names:
        part = getattr(sheet.HeaderFooter, name).center
        text = notice.replace("&", "&&")
        part.text = f"{part.text}\n{text}" if part.text else text


def _state_run(book: Any, pack: ReportPack) -> None:
    """Of which report it is, as properties of the workbook."""
    from openpyxl.packaging.custom import StringProperty

    facts = {
        "tapehouse_deal": pack.deal_id,
        "tapehouse_month": pack.month,
        "tapehouse_run": pack.run_id,
        "tapehouse_snapshot": str(pack.lake_snapshot),
        "tapehouse_state": pack.state,
    }
    for name, value in facts.items():
        if name in book.custom_doc_props.names:
            del book.custom_doc_props[name]
        book.custom_doc_props.append(StringProperty(name=name, value=value))
