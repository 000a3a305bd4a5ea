"""Which formats are known: one TOML file each in `formats/`, its name the format's id.

A format names the columns of its files under [source] and gives the canonical columns as SQL over
them under [canonical]; canonical.toml declares the canonical columns themselves, under [column].
docs/formats.md is the reference of every key.
"""

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from tapes import TapeError
from tapes.recognise.bind import find_unbound
from tapes.recognise.contradictions import find_contradictions
from tapes.recognise.detect import detect_format
from tapes.recognise.file import BoundKeys, ColumnKeys, FormatKeys
from tapes.recognise.problems import FormatProblem, problems_of
from tapes.recognise.shape import Column, CsvShape, TapeFormat, XmlShape

__all__ = [
    "Column",
    "CsvShape",
    "FormatProblem",
    "TapeFormat",
    "XmlShape",
    "canonical_codes",
    "detect_format",
    "find_format_problems",
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
                raise TapeError(
                    f"{problems[0].line()}; correct the format (`tapehouse check` lists all problems)"
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
    """All that is wrong with the formats of a folder: keys, values, SQL that cannot be bound.

    Also a canonical column that is not stated and without which a close sets every row aside.
    """
    problems = []
    for path in sorted(folder.glob("*.toml")):
        loaded, found = _load_format(path)
        problems += found
        if loaded is not None:
            lacking = [name for name in NEEDED if name not in loaded.expressions]
            words = "missing; without it a close sets every row aside"
            problems += [FormatProblem(path.name, (CANONICAL, name), words) for name in lacking]
    return problems


def canonical_codes(name: str) -> tuple[str, ...]:
    """The values that a code column of the canonical tape may take."""
    return _canonical_keys().column[name].codes


def _load_format(path: Path) -> tuple[TapeFormat | None, list[FormatProblem]]:
    """The format of a file, if its keys can be read, and what is wrong with it."""
    keys, problems = _read_keys(path)
    if keys is None:
        return None, problems
    canonical = _canonical_keys().column
    problems += [
        FormatProblem(path.name, *found)
        for found in find_contradictions(path.stem, keys, canonical)
    ]
    tape_format = _build(keys)
    if not problems:
        section = "column" if keys.column else "source"
        problems = [
            FormatProblem(path.name, *found) for found in find_unbound(tape_format, section)
        ]
    return tape_format, problems


def _read_keys(path: Path) -> tuple[FormatKeys | None, list[FormatProblem]]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        return FormatKeys.model_validate(content), []
    except ValidationError as error:
        return None, problems_of(path.name, error)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return None, [FormatProblem(path.name, (), f"no readable TOML ({error})")]
    except OSError as error:
        return None, [FormatProblem(path.name, (), f"cannot be read ({error.strerror})")]


@cache
def _canonical_keys() -> FormatKeys:
    keys, problems = _read_keys(FORMATS_FOLDER / f"{CANONICAL}.toml")
    if keys is None:
        raise TapeError(f"{problems[0].line()}; correct the canonical format")
    return keys


def _build(keys: FormatKeys) -> TapeFormat:
    bounds = {str(kind): bound for kind, bound in keys.bound.items()}
    columns = _columns(keys.column or keys.source, bounds)
    identity = {name: f'"{name}"' for name in keys.column}
    csv = CsvShape(**keys.csv.model_dump()) if keys.csv else CsvShape()
    return TapeFormat(
        id=keys.id,
        title=keys.title,
        containers=keys.containers,
        columns=columns,
        canonical=_columns(_canonical_keys().column, {}),
        expressions=keys.canonical or identity,
        steps=keys.step,
        null_texts=keys.null_texts,
        csv=csv,
        xml=XmlShape(**keys.xml.model_dump()) if keys.xml else None,
    )


def _columns(
    declared: Mapping[str, ColumnKeys], own_bounds: Mapping[str, BoundKeys]
) -> tuple[Column, ...]:
    """The columns with the headers they may have and the bounds of their type."""
    bounds = {**_canonical_keys().bound, **own_bounds}
    columns = []
    for name, keys in declared.items():
        entry = keys.model_dump() | {"name": name, "headers": (name, *keys.headers)}
        if bound := bounds.get(keys.type):
            entry["minimum"] = bound.minimum if keys.minimum is None else keys.minimum
            entry["maximum"] = bound.maximum if keys.maximum is None else keys.maximum
        columns.append(Column(**entry))
    return tuple(columns)
