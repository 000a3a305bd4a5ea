"""Which formats are known: one TOML file each in `formats/`, its name the format's id.

A format names the columns of its files under [source] and gives the canonical columns as SQL over
them under [canonical]; canonical.toml declares the canonical columns themselves, under [column].
docs/formats.md is the reference of every key.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tapes import TapeError
from tapes.open.layout import CsvShape, FooterValue, Member, XmlShape
from tapes.persons import personal_form
from tapes.recognise.bind import find_unbound
from tapes.recognise.columns import ColumnKeys, NumberKeys
from tapes.recognise.contradictions import find_contradictions
from tapes.recognise.detect import detect_format
from tapes.recognise.file import FormatKeys, LayoutKeys
from tapes.recognise.months import GroupShape, MonthShape
from tapes.recognise.problems import FormatProblem, problems_of
from tapes.recognise.shape import Column, JoinShape, NumberShape, TapeFormat

__all__ = [
    "Column",
    "CsvShape",
    "FormatProblem",
    "TapeFormat",
    "XmlShape",
    "canonical_codes",
    "detect_format",
    "find_format_problems",
    "find_problems_of",
    "load_formats",
]

FORMATS_FOLDER = Path(__file__).parents[1] / "formats"
CANONICAL = "canonical"
# What the rules on a tape's rows ask of every row (expectations/rules/tape/row.py).
NEEDED = (
    "as_of_date",
    "loan_id",
    "opening_balance",
    "scheduled_principal_paid",
    "prepaid_principal_paid",
    "overdue_principal_paid",
    "write_off_amount",
    "closing_balance",
)
# Of a format of balances alone, the opening one is last month's, and flows are unknown.
NEEDED_OF_BALANCES = ("as_of_date", "loan_id", "closing_balance")


class TapeFormats(Mapping[str, TapeFormat]):
    """The formats of a folder by id, each read when it is asked for.

    A TapeError says what is wrong with a format that is asked for; another's fault stops nobody.
    """

    def __init__(self, folder: Path) -> None:
        self._paths = {path.stem: path for path in sorted(folder.glob("*.toml"))}
        self._loaded: dict[str, TapeFormat] = {}

    def __getitem__(self, name: str) -> TapeFormat:
        if name not in self._loaded:
            loaded, problems = _load_format(self._paths[name])
            if loaded is None or problems:
                path = self._paths[name]
                is_ours = path.parent == FORMATS_FOLDER
                command = "tapehouse check" if is_ours else f"tapehouse check {path}"
                raise TapeError(
                    f"{problems[0].line()}; correct the format (`{command}` lists all problems)"
                )
            self._loaded[name] = loaded
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def load_formats(folder: Path = FORMATS_FOLDER) -> TapeFormats:
    """The formats of a folder by id; the canonical columns are those of this package."""
    return TapeFormats(folder)


def find_format_problems(folder: Path = FORMATS_FOLDER) -> list[FormatProblem]:
    """All that is wrong with the formats of a folder."""
    return [problem for path in sorted(folder.glob("*.toml")) for problem in find_problems_of(path)]


def find_problems_of(path: Path) -> list[FormatProblem]:
    """All that is wrong with the format of a file: keys, values, SQL that cannot be bound.

    Also a canonical column that is not stated and without which a close sets every row aside.
    """
    loaded, problems = _load_format(path)
    if loaded is None:
        return problems
    needed = NEEDED_OF_BALANCES if loaded.month.balances_only else NEEDED
    lacking = [name for name in needed if name not in loaded.expressions]
    words = "missing; without it a close sets every row aside"
    return [*problems, *(FormatProblem(path.name, (CANONICAL, name), words) for name in lacking)]


def canonical_codes(name: str) -> tuple[str, ...]:
    """The values that a code column of the canonical tape may take."""
    return _canonical_keys().column[name].codes


def _load_format(path: Path) -> tuple[TapeFormat | None, list[FormatProblem]]:
    """The format of a file with its versions, if its keys can be read, and what is wrong with it."""
    try:
        return _load_bytes(path, path.read_bytes())
    except OSError as error:
        return None, [FormatProblem(path.name, (), f"cannot be read ({error.strerror})")]


@lru_cache(maxsize=64)
def _load_bytes(path: Path, data: bytes) -> tuple[TapeFormat | None, list[FormatProblem]]:
    """The same of what the file holds: to try its SQL takes a tenth of a second, and is done once."""
    content, problems = _read_toml(path, data)
    tape_format, keys, found = _load_content(path, content) if not problems else (None, None, [])
    problems += found
    if tape_format is None or keys is None or problems:
        return tape_format, problems
    versions = []
    for number, version in enumerate(keys.version):
        loaded, _, found = _load_content(path, version.apply(content))
        problems += [replace(one, path=("version", number, *one.path)) for one in found]
        if loaded is not None:
            versions.append((version.from_, loaded))
    return replace(tape_format, versions=tuple(versions)), problems


def _load_content(
    path: Path, content: Mapping[str, Any]
) -> tuple[TapeFormat | None, FormatKeys | None, list[FormatProblem]]:
    """The format that the content of a file declares, without its versions; its keys; the problems."""
    try:
        keys = FormatKeys.model_validate(content)
    except ValidationError as error:
        return None, None, problems_of(path.name, error)
    canonical = _canonical_keys().column
    problems = [
        FormatProblem(path.name, *found)
        for found in find_contradictions(path.stem, keys, canonical)
    ]
    tape_format = _build(keys)
    if not problems:
        section = "column" if keys.column else "source"
        problems = [
            FormatProblem(path.name, *found) for found in find_unbound(tape_format, section)
        ]
    return tape_format, keys, problems


def _read_toml(path: Path, data: bytes) -> tuple[dict[str, Any], list[FormatProblem]]:
    try:
        return tomllib.loads(data.decode("utf-8"), parse_float=Decimal), []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [FormatProblem(path.name, (), f"no readable TOML ({error})")]


@cache
def _canonical_keys() -> FormatKeys:
    path = FORMATS_FOLDER / f"{CANONICAL}.toml"
    content, problems = _read_toml(path, path.read_bytes())
    try:
        return FormatKeys.model_validate(content)
    except ValidationError as error:
        problems = problems or problems_of(path.name, error)
        raise TapeError(f"{problems[0].line()}; correct the canonical format") from None


def _build(keys: FormatKeys) -> TapeFormat:
    identity = {name: f'"{name}"' for name in keys.column}
    return TapeFormat(
        id=keys.id,
        title=keys.title,
        containers=keys.containers,
        columns=_columns(keys.column or keys.source, keys),
        canonical=_columns(_canonical_keys().column, _canonical_keys()),
        expressions=keys.canonical or identity,
        steps=keys.step,
        inferred=keys.inferred,
        no_data=keys.no_data,
        null_texts=keys.null_texts,
        full_width=keys.full_width,
        number=_number_shape(keys.number),
        csv=_csv_shape(keys.csv),
        excel=_csv_shape(keys.excel),
        member=Member(keys.zip.member, keys.zip.parts) if keys.zip else Member(),
        xml=XmlShape(**keys.xml.model_dump()) if keys.xml else None,
        month=MonthShape(**keys.month.model_dump(exclude_none=True))
        if keys.month
        else MonthShape(),
        joins={name: JoinShape(**join.model_dump()) for name, join in keys.join.items()},
        group=GroupShape(**keys.group.model_dump(exclude_none=True)) if keys.group else None,
    )


def _csv_shape(keys: LayoutKeys | None) -> CsvShape:
    if keys is None:
        return CsvShape()
    values = tuple(
        FooterValue(
            name, value.line or keys.footer[0], value.cell, value.pattern or "", value.unit or ""
        )
        for name, value in keys.footer_values.items()
    )
    shape = CsvShape(**keys.model_dump(exclude_none=True, exclude={"footer_values"}))
    return replace(shape, footer_values=values)


def _columns(declared: Mapping[str, ColumnKeys], keys: FormatKeys) -> tuple[Column, ...]:
    """The columns with the headers they may have, the bounds of their type and the format's numbers."""
    bounds = {**_canonical_keys().bound, **keys.bound}
    columns = []
    for name, column in declared.items():
        entry = column.model_dump() | {"name": name, "headers": (name, *column.headers)}
        entry["table"] = column.table or ""
        entry["personal"] = _personal(column, entry["headers"])
        entry["patterns"] = entry.pop("pattern")
        if keys.id == CANONICAL:
            # Its codes are judged by the rules on a tape, which know those that a deal names besides.
            entry["codes"] = ()
        entry["number"] = _number_shape(keys.number, column.number)
        if bound := bounds.get(column.type):
            entry["minimum"] = bound.minimum if column.minimum is None else column.minimum
            entry["maximum"] = bound.maximum if column.maximum is None else column.maximum
        columns.append(Column(**entry))
    return tuple(columns)


def _personal(column: ColumnKeys, names: Sequence[str]) -> str:
    """How the column tells who a person is: as it says, or else by its name."""
    if column.type != "text" or column.personal is False:
        return ""
    if column.personal is None:
        return personal_form(names)
    return "text" if column.personal is True else column.personal


def _number_shape(*tables: NumberKeys | None) -> NumberShape:
    """How numbers are written: what a later table says goes before what an earlier one does."""
    said: dict[str, Any] = {}
    for table in tables:
        said |= table.model_dump(exclude_none=True) if table else {}
    names = {
        "exponent": "has_exponents",
        "parentheses": "has_parentheses",
        "trailing_minus": "has_trailing_minus",
    }
    return NumberShape(**{names.get(key, key): value for key, value in said.items()})
