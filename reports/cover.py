"""The head of the report: the few figures and pictures that say how the month went."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from reports.formatting import Kind, format_number
from reports.forms.charts import Bar, Chart, draw_bars, round_up
from reports.pack import Language, ReportPack, ReportTable, Value
from reports.words import Words

_RATIO_DIGIT = Decimal("0.000001")
_COLLECTED = (
    "principal_scheduled",
    "principal_prepaid",
    "principal_overdue",
    "principal_defaulted",
    "interest_total",
    "recovery",
    "fee_collected",
)
"""The lines of TR-7 that say what kinds of cash came from the pool."""
_NOT_OVERDUE = frozenset({"current", "total", "settled"})


@dataclass(frozen=True)
class Figure:
    """A labelled text: a key figure with its number, a date of the period with its day, a fact of the run.

    `tables` are the ids of those that a key figure is taken from.
    """

    label: str
    text: str
    value: Decimal | date | None = None
    kind: Kind = Kind.TEXT
    tables: tuple[str, ...] = ()


_TAKEN_FROM = {
    "pool_balance": ("tr_4_1",),
    "cash_balance": ("tr_9",),
    "notes_balance": ("tr_3_2",),
    "cover_ratio": ("tr_4_1", "tr_9", "tr_3_2"),
    "purchased": ("pp_1",),
    "default_rate": ("tr_4_3",),
}


def key_figures(pack: ReportPack, words: Words, language: Language) -> tuple[Figure, ...]:
    """Pool, cash and notes, purchase and defaults; a figure that is not known is left out."""
    return tuple(
        Figure(
            words.sentence(key, language),
            format_number(value, kind, language),
            value,
            kind,
            tuple(table.table_id for name in _TAKEN_FROM[key] if (table := pack.table(name))),
        )
        for key, (value, kind) in read_key_figures(pack).items()
        if value is not None
    )


def read_key_figures(pack: ReportPack) -> dict[str, tuple[Decimal | None, Kind]]:
    """The key figures by the names of their words; None where one is not known."""
    pool, cash, notes = _pool_balance(pack), _cash_balance(pack), _notes_balance(pack)
    return {
        "pool_balance": (pool, Kind.MONEY),
        "cash_balance": (cash, Kind.MONEY),
        "notes_balance": (notes, Kind.MONEY),
        "cover_ratio": (_cover_ratio(pool, cash, notes), Kind.RATE),
        "purchased": (_total(pack, "pp_1", "purchased_balance"), Kind.MONEY),
        "default_rate": (_last(pack, "tr_4_3", "cumulative_default_rate"), Kind.RATE),
    }


def draw_charts(pack: ReportPack, words: Words, language: Language) -> tuple[Chart, ...]:
    """What is left of each note, what came in, how much is overdue; only what can be drawn."""
    overdue, collected = _overdue_shares(pack), _collected(pack)
    shares, amounts = _scale(overdue), _scale(collected)
    drawn = {
        "note_chart": (_note_bars(pack, language), Decimal(1), Kind.RATE),
        "collection_chart": (
            _bars(collected, amounts, "line_code", Kind.MONEY, words, language),
            amounts,
            Kind.MONEY,
        ),
        "overdue_chart": (
            _bars(overdue, shares, "status_code", Kind.RATE, words, language),
            shares,
            Kind.RATE,
        ),
    }
    return tuple(
        draw_bars(words.sentence(key, language), bars, _ends(scale, kind, language))
        for key, (bars, scale, kind) in drawn.items()
        if bars
    )


def _scale(values: list[tuple[str, Decimal]]) -> Decimal:
    """A round figure that no value exceeds."""
    longest = max((value for _, value in values), default=Decimal(0))
    return round_up(longest) if longest > 0 else Decimal(1)


def _ends(scale: Decimal, kind: Kind, language: Language) -> tuple[str, str]:
    """What the ends of a scale from nothing to a share, or an amount, stand for."""
    nothing, all_of_it = (format_number(end, kind, language) for end in (0, scale))
    return nothing, all_of_it


def _last(pack: ReportPack, name: str, column: str) -> Decimal | None:
    """The column in the table's last row: the only one, or that of the last period."""
    table = pack.table(name)
    values = table.values(column) if table else ()
    return _number(values[-1]) if values else None


def _total(pack: ReportPack, name: str, column: str) -> Decimal | None:
    """The sum of a column; zero where the table has no row in this period."""
    table = pack.table(name)
    return (
        sum((value or Decimal(0) for value in _column(table, column)), Decimal(0))
        if table
        else None
    )


def _number(value: Value) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return None
    return Decimal(value)


def _column(table: ReportTable | None, column: str) -> list[Decimal | None]:
    return [_number(value) for value in table.values(column)] if table else []


def _pool_balance(pack: ReportPack) -> Decimal | None:
    table = pack.table("tr_4_1")
    if table is None:
        return None
    balances = zip(table.values("status_code"), _column(table, "outstanding_balance"), strict=True)
    return next((balance for status, balance in balances if status == "total"), None)


def _notes_balance(pack: ReportPack) -> Decimal | None:
    return _sum_of_known(_column(pack.table("tr_3_2"), "closing_balance"))


def _cash_balance(pack: ReportPack) -> Decimal | None:
    return _sum_of_known(_column(pack.table("tr_9"), "closing_balance"))


def _sum_of_known(values: list[Decimal | None]) -> Decimal | None:
    """The sum where there is a value and every one is known."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(values) else None


def _cover_ratio(
    pool: Decimal | None, cash: Decimal | None, notes: Decimal | None
) -> Decimal | None:
    """Pool and cash over the notes; None where one of them is not known, or no note is left."""
    if pool is None or cash is None or not notes:
        return None
    return ((pool + cash) / notes).quantize(_RATIO_DIGIT, rounding=ROUND_HALF_UP)


def _note_bars(pack: ReportPack, language: Language) -> list[Bar]:
    """One bar a note: closing balance over notional."""
    paid, stated = pack.table("tr_3_2"), pack.table("tr_3_1")
    if paid is None or stated is None:
        return []
    names = dict(
        zip(stated.values("note_code"), stated.values(f"note_name_{language}"), strict=True)
    )
    rows = zip(
        paid.values("note_code"),
        _column(paid, "closing_balance"),
        _column(paid, "notional_amount"),
        strict=True,
    )
    return [
        Bar(
            str(names.get(code) or code),
            format_number(balance, Kind.MONEY, language),
            balance / notional,
        )
        for code, balance, notional in rows
        if balance is not None and notional
    ]


def _overdue_shares(pack: ReportPack) -> list[tuple[str, Decimal]]:
    """Each status that is not current, with its share of the pool's balance."""
    table = pack.table("tr_4_1")
    if table is None:
        return []
    statuses = zip(table.values("status_code"), _column(table, "balance_share"), strict=True)
    return [
        (str(status), share)
        for status, share in statuses
        if status not in _NOT_OVERDUE and share is not None
    ]


def _collected(pack: ReportPack) -> list[tuple[str, Decimal]]:
    """Each kind of cash from the pool, with what came of it in the period."""
    table = pack.table("tr_7")
    if table is None or "line_code" not in table.columns:
        return []
    lines = zip(table.values("line_code"), _column(table, "current_amount"), strict=True)
    return [
        (str(line), amount) for line, amount in lines if line in _COLLECTED and amount is not None
    ]


def _bars(
    values: list[tuple[str, Decimal]],
    scale: Decimal,
    codes: str,
    kind: Kind,
    words: Words,
    language: Language,
) -> list[Bar]:
    """One bar a code, named by that table of words.toml."""
    return [
        Bar(words.code(codes, code, language), format_number(value, kind, language), value / scale)
        for code, value in values
    ]
