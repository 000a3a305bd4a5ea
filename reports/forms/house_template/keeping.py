"""A workbook written so that the same one has the same bytes, and what of the one before it does not hold."""

import re
from collections import Counter
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from openpyxl import Workbook

# Parts that every program makes anew, or that hold nothing that is seen.
_MADE_ANEW = frozenset(
    {
        *("calcChain", "sharedString", "vmlDrawing", "commentsDrawing", "printerSetting", "theme"),
        *("style", "color", "workbook", "app", "core", "custom", "thumbnail", "metadata"),
    }
)
_SHAPE = re.compile(rb"<(?:\w+:)?(sp|cxnSp|grpSp)[ >]")
_DRAWING = re.compile(r"xl/drawings/drawing\d+\.xml")


def save_workbook(book: "Workbook", stamp: datetime) -> bytes:
    """The workbook's bytes, stamped with a moment that is not the clock's.

    Every formula is to be computed when it is opened: what it came to with the placeholders is dropped.
    """
    from openpyxl.workbook.properties import CalcProperties
    from openpyxl.writer.excel import ExcelWriter

    book.properties.modified = stamp
    book.calculation = book.calculation or CalcProperties()
    book.calculation.fullCalcOnLoad = True
    written, packed = BytesIO(), BytesIO()
    ExcelWriter(book, ZipFile(written, "w")).save()
    with ZipFile(written) as parts, ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            archive.writestr(ZipInfo(name), parts.read(name), ZIP_DEFLATED)
    return packed.getvalue()


def find_losses(before: bytes, after: bytes) -> list[str]:
    """The parts that a workbook had before and has no more, and the shapes that were drawn in it."""
    with ZipFile(BytesIO(before)) as old, ZipFile(BytesIO(after)) as new:
        counts = Counter(map(_kind, new.namelist()))
        lost: list[str] = []
        for name in old.namelist():
            kind = _kind(name)
            counts[kind] -= 1
            if counts[kind] < 0 and kind and kind not in _MADE_ANEW:
                lost.append(name)
            if _DRAWING.fullmatch(name) and _SHAPE.search(old.read(name)):
                lost.append(f"shapes and text boxes of {name}")
    return lost


def _kind(name: str) -> str:
    """What a part is by its name, without its number: xl/comments1.xml is xl/comments/comment1.xml."""
    last = name.rpartition("/")[2]
    is_of_package = name.endswith((".rels", "/")) or name == "[Content_Types].xml"
    return "" if is_of_package else last.partition(".")[0].rstrip("0123456789").rstrip("s")
