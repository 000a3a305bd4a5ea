"""A deal's file may be amended between months, but not in what was issued and paid already."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from deals.dates.calendar import period_of
from deals.terms.deal import Terms, TermsError
from flows.lake.connection import has_table, open_lake
from flows.lake.history import ClosedRun

RUN = "select currency_code, period_number, payment_date from lake.close.run where {month}"
NOTES = """
    select string_agg(note_code || ' ' || notional_amount, ', ' order by note_code)
    from lake.report.tr_3_1 where {month}
"""
LEDGERS = {
    "fees": ("fee_code", "waterfall.fee_balance"),
    "accounts": ("account_code", "waterfall.account_balance"),
    "payment.deficiency_notes": ("note_code", "waterfall.deficiency_balance"),
}
CODES = """
    select coalesce(string_agg({code}, ', ' order by {code}), 'none') from lake.{table} where {month}
"""


def check_amendments(lake: Path, terms: Terms, before: ClosedRun) -> None:
    """TermsError when the terms, at the run's scale, are not those of the deal closed in `before`.

    Rates, ratings, limits and words may change from a month on; the currency, the calendar of what is
    behind, the notes with their notionals, and the lists of fees, accounts and deficiency ledgers may
    not.
    """
    for key, found, closed in _compare(lake, terms, before):
        if found != closed:
            raise TermsError(
                f"{terms.deal_id}.toml: {key} now {found}, expected {closed} as {before.month} was "
                "closed with; put the old terms back, or close the deal again from its first month "
                f"with --restate (scale 1:{terms.scale})"
            )


def _compare(lake: Path, terms: Terms, before: ClosedRun) -> Iterator[tuple[str, str, str]]:
    """What must stay: its key, as the terms have it and as the lake has it."""
    with open_lake(lake) as connection:
        month = f"deal_id = '{terms.deal_id}' and as_of_date = date '{before.as_of_date}'"
        facts = [
            connection.execute(query.format(month=month)).fetchall()[0] for query in (RUN, NOTES)
        ]
        ledgers = {
            key: connection.execute(CODES.format(code=code, table=table, month=month)).fetchall()
            for key, (code, table) in LEDGERS.items()
            if has_table(connection, table)
        }
    (currency, number, payment_date), (notes,) = facts
    period = period_of(terms, before.month)
    notionals = {note.code: str(Decimal(note.notional_fen).scaleb(-2)) for note in terms.notes}
    yield "currency", terms.currency, currency
    yield f"the number of period {before.month}", str(period.period_number), str(number)
    yield f"the payment date of {before.month}", str(period.payment_date), str(payment_date)
    yield "notes", ", ".join(f"{code} {notionals[code]}" for code in sorted(notionals)), notes
    codes = {
        "fees": [fee.code for fee in terms.fees],
        "accounts": [account.code for account in terms.accounts],
        "payment.deficiency_notes": terms.payment.deficiency_notes,
    }
    for key, [(closed,)] in ledgers.items():
        yield key, ", ".join(sorted(codes[key])) or "none", closed
