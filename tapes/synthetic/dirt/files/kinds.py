"""All kinds of dirt of whole files, by name."""

from tapes.synthetic.dirt.files import columns, sent, written
from tapes.synthetic.dirt.files.servicing import SERVICING
from tapes.synthetic.dirt.kind import FileKind

FILE_KINDS: dict[str, FileKind] = {
    kind.name: kind
    for family in (
        sent.CONTROL,
        sent.CUT,
        sent.ROWS,
        written.ENCODINGS,
        written.LINES,
        written.HEADERS,
        columns.COLUMNS,
        columns.LAST_MONTH,
        SERVICING,
    )
    for kind in family
}
"""Each spoils a whole file. Two of them in one tape may write over each other."""
