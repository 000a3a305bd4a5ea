"""A deal of a programme: its own file laid over that of the programme it extends.

`extends = "huabei_2017"` names `programmes/huabei_2017.toml` beside the deal's file. A table is merged
key by key, an array of tables that have a `code` member by member: one with a new code comes after the
programme's. Whatever stands below that replaces the programme's value whole.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from deals.file.kinds import CODE
from deals.file.lines import KeyPath
from deals.file.source import Place, Source, UnreadableFile, parse, read_source

PROGRAMMES = "programmes"
EXTENDS = "extends"


def read_programme(own: Source, folder: Path) -> Source | None:
    """The programme that a deal of the folder extends; None for a deal that extends none.

    UnreadableFile for a programme that is not there, and for one that itself extends another.
    """
    if EXTENDS not in own.values:
        return None
    name = CODE.parse(own.values[EXTENDS])
    known = sorted(path.stem for path in (folder / PROGRAMMES).glob("*.toml"))
    if name not in known:
        raise UnreadableFile(
            f"{own.file_name} line {own.lines[(EXTENDS,)]}: extends = {own.values[EXTENDS]!r}, "
            f"expected one of {', '.join(known) or '(none)'}; "
            f"{'correct it or add' if known else 'remove it, or add'} {PROGRAMMES}/<name>.toml"
        )
    file_name = f"{PROGRAMMES}/{name}.toml"
    programme = read_source(folder / file_name, file_name)
    if EXTENDS in programme.values:
        raise UnreadableFile(
            f"{file_name} line {programme.lines[(EXTENDS,)]}: extends is present, expected in a deal "
            "and not in a programme; remove it"
        )
    return programme


class Merged:
    """A deal's file over its programme's, as one text that says the same; or its own file alone.

    The `chosen` files, of array tables alone, come after them as they are.
    """

    def __init__(
        self, own: Source, programme: Source | None, chosen: Sequence[Source] = ()
    ) -> None:
        deal = (own,) if programme is None else (own, programme)
        self._sources = (*deal, *chosen)
        merged = own.text if programme is None else _merge_texts(own.text, programme.text)
        self.text = "\n".join((merged, *(source.text for source in chosen)))
        self.values = own.values if self.text == own.text else parse(self.text, own.file_name)
        self._is_alone = programme is None

    def place(self, path: KeyPath) -> Place:
        """Where a key stands, or the nearest table around it; a key that both files have, in the deal's."""
        for length in range(len(path), 0, -1):
            if not _has(self.values, path[:length]):
                continue
            for source in self._sources:
                there = self._path_in(source, path[:length])
                if there in source.lines:
                    return Place(source.file_name, source.lines[there])
        return Place(self._sources[0].file_name, 1)

    def _path_in(self, source: Source, path: KeyPath) -> KeyPath:
        """The path in one of the two files: a member of a coded array stands elsewhere there."""
        if len(path) < 2 or not isinstance(path[1], int):
            return path
        if self._is_alone and source is self._sources[0]:
            return path
        section, place, *rest = path
        member = self.values[str(section)][place]
        code = member.get("code") if isinstance(member, dict) else None
        members = source.values.get(str(section))
        codes = [member["code"] for member in members or () if _is_coded(members)]
        return (section, codes.index(code), *rest) if code in codes else ()


def _has(values: Any, path: KeyPath) -> bool:
    for part in path:
        try:
            values = values[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _is_coded(value: Any) -> bool:
    """Whether it is an array of tables that each have a code."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(member, dict) and "code" in member for member in value)
    )


@lru_cache(maxsize=64)
def _merge_texts(own_text: str, programme_text: str) -> str:
    import tomlkit

    own, merged = tomlkit.parse(own_text), tomlkit.parse(programme_text)
    for key, item in own.items():
        if key == EXTENDS:
            continue
        before = merged.get(key)
        if isinstance(before, dict) and isinstance(item, dict):
            _put(before, item)
        elif _is_coded(before) and _is_coded(item):
            _put_members(before, item)
        else:
            merged[key] = item
    return tomlkit.dumps(merged)


def _put(table: Any, own: Any) -> None:
    """Each key of a table of the deal into that of the programme."""
    from tomlkit.items import InlineTable

    for key, item in own.items():
        table[key] = _inline(item) if isinstance(table, InlineTable) else item


def _put_members(members: Any, own: Any) -> None:
    """Each table of the deal's array into the programme's one of its code, or after them."""
    import tomlkit
    from tomlkit.items import AoT

    by_code = {member["code"]: member for member in members}
    for member in own:
        if member["code"] in by_code:
            _put(by_code.pop(member["code"]), member)
        elif isinstance(members, AoT):
            table = tomlkit.table()
            _put(table, member)
            members.append(table)
        else:
            members.append(_inline(member))


def _inline(item: Any) -> Any:
    """A table, or an array of tables, as it is written between braces; its numbers as they were."""
    import tomlkit
    from tomlkit.items import AoT

    if isinstance(item, AoT):
        array = tomlkit.array()
        for member in item:
            array.append(_inline(member))
        return array
    if not isinstance(item, dict):
        return item
    table = tomlkit.inline_table()
    for key, value in item.items():
        table.append(key, _inline(value))
    return table
