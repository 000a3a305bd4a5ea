"""The sets that a deal chooses: from its own file, its programme's, or a file in the folder `buckets`.

`buckets/amount_small.toml` holds every version of the set `amount_small`, each an array table
`[[bucket_sets]]` with the code `amount_small.v1`, `amount_small.v2` … The folder beside the deal's
file goes before the house's own.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args

from deals.buckets.bucket_set import DEFAULT_SETS, DIMENSION_UNITS, WHOLE, BucketSet, Unit
from deals.file.kinds import FLAG, matching, one_of
from deals.file.purchase import EDGES
from deals.file.source import Source, UnreadableFile, read_source
from deals.file.table import Problems, Table, shown

FOLDER = "buckets"
HOUSE = Path(__file__).parent
SET_CODE = matching(
    r"[a-z][a-z0-9_]*\.v[1-9]\d*", "a set and its version such as 'amount_small.v1'"
)
MOST_EDGES = 20


def read_chosen_files(sources: Sequence[Source], folder: Path) -> tuple[Source, ...]:
    """The files of the sets that these files of a deal choose and do not state, each once.

    A set that no file is named after is left to `build_buckets`. UnreadableFile for one that holds
    anything but the versions of its set.
    """
    chosen: dict[str, Any] = {}
    stated = set()
    for source in reversed(sources):  # The deal's own choice stands over its programme's.
        chosen |= _table(source.values.get("buckets"))
        stated |= {_table(member).get("code") for member in _list(source.values.get("bucket_sets"))}
    codes = {code for code in chosen.values() if isinstance(code, str)} - stated
    parsed = (SET_CODE.parse(code) for code in codes)
    names = sorted({code.partition(".")[0] for code in parsed if code})
    return tuple(
        _read(place / f"{name}.toml")
        for name in names
        if (place := _place(name, folder)) is not None
    )


def build_buckets(root: Table) -> dict[str, BucketSet]:
    """The set of each dimension, in the order of the report; a bad one is a problem and the house's."""
    sets = {
        one.code: one
        for one in map(_build_set, root.tables("bucket_sets", is_required=False))
        if one is not None
    }
    choices = root.table("buckets")
    return {
        dimension: _choose(choices, dimension, unit, sets)
        for dimension, unit in DIMENSION_UNITS.items()
    }


def _choose(choices: Table, dimension: str, unit: Unit, sets: dict[str, BucketSet]) -> BucketSet:
    default = DEFAULT_SETS[dimension]
    code = choices.get_or(dimension, SET_CODE, default) or default
    chosen = sets.get(code) or house_sets().get(code)
    if chosen is not None and chosen.unit == unit:
        return chosen
    known = sorted(one.code for one in {**house_sets(), **sets}.values() if one.unit == unit)
    says = f" = {shown(code)}" + ("" if chosen is None else f", a set of {chosen.unit}")
    expected = f"a set of {unit}: one of {', '.join(known)}"
    name = code.partition(".")[0]
    advice = f"choose one of these, or add it to {FOLDER}/{name}.toml"
    choices.problems.add((*choices.path, dimension), says, expected, advice)
    return house_sets()[default]


@cache
def house_sets() -> dict[str, BucketSet]:
    """The sets of the house by their codes."""
    return {one.code: one for path in sorted(HOUSE.glob("*.toml")) for one in _sets_of(_read(path))}


def _sets_of(source: Source) -> list[BucketSet]:
    problems = Problems(source.place)
    root = Table(source.values, (), problems)
    found = [_build_set(table) for table in root.tables("bucket_sets")]
    faults = problems.in_order()
    assert not faults, faults[0]
    return [one for one in found if one is not None]


def _build_set(table: Table) -> BucketSet | None:
    """The set of one `[[bucket_sets]]`; None where its edges are bad."""
    unit = table.get("unit", one_of(*get_args(Unit)))
    edges = table.get("edges", EDGES)
    code = table.get("code", SET_CODE)
    is_first_apart = table.get_or("is_first_apart", FLAG, False)
    if not edges or not code:
        return None
    expected = ""
    if len(edges) > MOST_EDGES:
        expected = f"at most {MOST_EDGES} edges"
    elif unit in WHOLE and any(edge != int(edge) for edge in edges):
        expected = f"whole numbers, for they are of {unit}"
    if expected:
        says = f" = {shown(list(edges))}"
        table.problems.add((*table.path, "edges"), says, expected, "correct the edges")
        return None
    return BucketSet(code, unit, edges, is_first_apart)


def _place(name: str, folder: Path) -> Path | None:
    """The folder that has a file of the set: the one beside the deal's file, or the house's."""
    places = (folder / FOLDER, HOUSE)
    return next((place for place in places if (place / f"{name}.toml").is_file()), None)


def _read(path: Path) -> Source:
    source = read_source(path, f"{FOLDER}/{path.name}")
    for key in source.values.keys() - {"bucket_sets"}:
        raise UnreadableFile(
            f"{source.file_name} line {source.lines[(key,)]}: {key} is an unknown key, expected only "
            "[[bucket_sets]]; remove it"
        )
    for number, code in enumerate(_codes(source.values)):
        if str(code).partition(".")[0] != path.stem:
            line = source.place(("bucket_sets", number)).line
            raise UnreadableFile(
                f"{source.file_name} line {line}: bucket_sets[{number + 1}].code = {shown(code)}, expected "
                f"a version of the set {path.stem!r}, as the file is named; rename one"
            )
    return source


def _codes(values: dict[str, Any]) -> Iterable[Any]:
    return (_table(member).get("code") for member in _list(values.get("bucket_sets")))


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
