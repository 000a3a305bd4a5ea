"""The key of a dirty tape: which row was spoilt, in which way, and which rule is expected to catch it."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from tapes.synthetic.dirt.choose import SpoiledRow
from tapes.synthetic.dirt.kind import FileKind, Row, Sent
from tapes.synthetic.text import cell_text, line_text

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class KeyLine:
    """A spoilt row of `file`; `row` counts the file's rows from 1, 0 where the row, or a row of it, is none.

    Values are as they would have been sent and as they were; empty of a row that is spoilt as a whole.
    """

    file: str
    row: int
    loan_id: str
    kind: str
    column: str
    value_before: str
    value_after: str
    rule_id: str


def key_path(tape: Path) -> Path:
    """Where the key of a tape lies: beside it, under a name that no inbox takes for a tape."""
    return tape.with_name(f"{tape.name}.dirt-key.csv")


def read_key(path: Path) -> list[KeyLine]:
    """The lines of a key file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [KeyLine(**row | {"row": int(row["row"])}) for row in csv.DictReader(file)]  # type: ignore[arg-type]


class Key:
    """The key, collected as the parts of a tape are sent."""

    def __init__(self, file_name: str, file_kinds: Sequence[FileKind] = ()) -> None:
        self._file_name = file_name
        self._sent_count = 0
        self.lines = [
            KeyLine(file_name, 0, "", kind.name, kind.column, "", "", kind.rule_id)
            for kind in file_kinds
        ]

    def watch(
        self, parts: Iterable[tuple["pl.DataFrame", Sequence[SpoiledRow]]]
    ) -> Iterator[tuple["pl.DataFrame", Sequence[SpoiledRow]]]:
        """The parts, unchanged, the spoilt rows of each noted as it passes."""
        for frame, spoiled in parts:
            start, shift = self._sent_count, 0
            for each in spoiled:
                clean = frame.row(each.position, named=True)
                self.lines.append(self._line(each, clean, start + each.position + shift))
                shift += len(each.sent) - 1
            self._sent_count += frame.height + shift
            yield frame, spoiled

    def _line(self, each: SpoiledRow, clean: Row, sent_before: int) -> KeyLine:
        place = _spoilt_place(each.sent, clean)
        after = each.sent[place] if each.sent else {}
        kind, column = each.kind, each.kind.column
        loan_id = clean["loan_id"]
        if kind.ghost and isinstance(after, dict):
            loan_id = after["loan_id"]
        return KeyLine(
            self._file_name,
            sent_before + place + 1 if each.sent else 0,
            loan_id,
            kind.name,
            column,
            "" if kind.ghost or not column else cell_text(clean[column]),
            cell_text(after.get(column)) if isinstance(after, dict) and column else "",
            kind.rule_id,
        )

    def write(self, path: Path) -> None:
        """Write UTF-8, a header, LF."""
        names = [field.name for field in fields(KeyLine)]
        lines = [line_text(dict(zip(names, astuple(line), strict=True))) for line in self.lines]
        path.write_text(",".join(names) + "\n" + "".join(lines), encoding="utf-8")


def _spoilt_place(sent: Sequence[Sent], clean: Row) -> int:
    """The place of the row that is not as it was; of a row sent twice the second."""
    return next((place for place, one in enumerate(sent) if one != clean), len(sent) - 1)
