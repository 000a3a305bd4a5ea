"""The first rows of an XML file: the elements that stand again and again under its root."""

from collections import Counter
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from tapes import TapeError
from tapes.open.container import Peek


@dataclass(frozen=True)
class XmlLayout:
    """Names of the root element and of the one that is a row, and their namespace."""

    namespace: str
    root_element: str
    row_element: str


def read_elements(seen: Peek, most: int) -> tuple[XmlLayout, dict[str, list[str]]]:
    """The layout, and the texts of each element within the first `most` rows of the file's head."""
    if b"<!DOCTYPE" in seen.head or b"<!ENTITY" in seen.head:
        raise TapeError(
            f"{seen.name}: it declares a document type or entities, which are not expanded; send it without"
        )
    root, children = _begin(seen)
    if not children:
        raise TapeError(
            f"{seen.name}: no element under its root, expected rows; send a sample with rows"
        )
    [(row_tag, _)] = Counter(child.tag for child in children).most_common(1)
    rows = [child for child in children if child.tag == row_tag][:most]
    names = list(dict.fromkeys(_name(cell.tag) for row in rows for cell in row))
    if not names:
        raise TapeError(
            f"{seen.name}: its elements {_name(row_tag)} hold no elements, expected cells; send a sample "
            "with rows"
        )
    found = [{_name(cell.tag): (cell.text or "").strip() for cell in row} for row in rows]
    cells = {name: [row.get(name, "") for row in found] for name in names}
    return XmlLayout(_namespace(row_tag), _name(root.tag), _name(row_tag)), cells


def _begin(seen: Peek) -> tuple[Element, list[Element]]:
    """The root, and the elements under it that end within the head."""
    parser = XMLPullParser(("start", "end"))
    ended: list[Element] = []
    root, depth = None, 0
    try:
        parser.feed(seen.head)
        for event in parser.read_events():
            kind, element = event[0], event[-1]
            assert isinstance(element, Element), "only starts and ends of elements are asked for"
            depth += 1 if kind == "start" else -1
            if root is None:
                root = element
            elif kind == "end" and depth == 1:
                ended.append(element)
    except ParseError as error:
        raise TapeError(f"{seen.name}: not well-formed XML ({error}); send it again") from None
    if root is None:
        raise TapeError(f"{seen.name}: no XML element; send it again")
    return root, ended


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _namespace(tag: str) -> str:
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""
