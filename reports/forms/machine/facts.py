"""The report's figures as a list of facts in the manner of XBRL: concept, entity, period, unit, decimals.

The syntax is that of xBRL-JSON (XBRL International, xBRL-JSON 1.0, recommendation of 2021-10-13): a fact
has a value, `decimals`, and dimensions. No authority has published a taxonomy of these reports, so the
concepts are the project's own, `th:<table>.<column>`, and no processor can validate them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from reports.comparison import find_keys
from reports.formatting import NUMBERS, UNIT_KINDS, Kind
from reports.forms.machine.fact_periods import Periods
from reports.forms.machine.json_text import write_json
from reports.forms.machine.report_json import plain_value
from reports.pack import ReportPack, ReportTable, Value
from reports.sections import HIDDEN
from reports.words import Words

FACTS = "facts.json"
NAMESPACES = {
    "th": "urn:tapehouse:report-table",
    "deal": "urn:tapehouse:deal",
    "iso4217": "http://www.xbrl.org/2003/iso4217",
}
_PLACES = {Kind.MONEY: 2, Kind.PER_100: 6, Kind.RATE: 6, Kind.ANNUAL_RATE: 6, Kind.MONTHS: 6}
"""To how many decimals a kind is stated; a count is exact, which the absence of `decimals` says."""


def render_facts(pack: ReportPack, words: Words) -> bytes:
    """Every number of the report as a fact; a figure that does not exist is none.

    A balance has an instant and a flow a period (`fact_periods`). What tells a row from the others of its
    table is a dimension of its own, `th:note_code`; where no codes do, `th:row` counts.
    """
    facts = [fact for table in pack.tables for fact in _table_facts(pack, table, words)]
    content = {
        "documentInfo": {
            "documentType": "https://xbrl.org/2021/xbrl-json",
            "namespaces": NAMESPACES,
            "taxonomy": [],
        },
        "facts": {f"f{number}": fact for number, fact in enumerate(facts, start=1)},
    }
    return write_json(content)


def _table_facts(pack: ReportPack, table: ReportTable, words: Words) -> Iterator[dict[str, Any]]:
    keys = find_keys(table, table)
    periods = Periods(pack)
    kinds = [words.kind(name) for name in table.columns]
    seen: set[tuple[Value, ...]] = set()
    for number, row in enumerate(table.rows, start=1):
        key = tuple(row[place] for place in keys)
        own = {f"th:{table.columns[place]}": str(row[place]) for place in keys if row[place]}
        own |= {"th:row": str(number)} if key in seen else {}
        seen.add(key)
        for place, value in enumerate(row):
            kind = _kind_in(kinds[place], table, row)
            is_figure = kind in NUMBERS and place not in keys and table.columns[place] not in HIDDEN
            if is_figure and value is not None:
                column = table.columns[place]
                period = periods.say(table, row, column)
                yield _fact(pack, f"{table.name}.{column}", value, kind, own, period)


def _kind_in(kind: Kind, table: ReportTable, row: Sequence[Value]) -> Kind:
    if kind is not Kind.BY_UNIT:
        return kind
    unit = row[table.columns.index("unit_code")] if "unit_code" in table.columns else None
    return UNIT_KINDS.get(str(unit), kind)


def _fact(
    pack: ReportPack, concept: str, value: Value, kind: Kind, own: dict[str, str], period: str
) -> dict[str, Any]:
    dimensions = {
        "concept": f"th:{concept}",
        "entity": f"deal:{pack.deal_id}",
        "period": period,
        **own,
    }
    # A number without a unit is pure.
    if kind in (Kind.MONEY, Kind.PER_100):
        dimensions["unit"] = f"iso4217:{pack.currency}"
    places = {"decimals": _PLACES[kind]} if kind in _PLACES else {}
    return {"value": str(plain_value(value, kind)), **places, "dimensions": dimensions}
