"""The closing date: the notes become cash, the cash fills the reserves and buys the first pool."""

from deals.terms.deal import Terms
from deals.terms.payments import FixedAmount
from tests.waterfall.random.reference.books import PlainState


def issue_plainly(terms: Terms, spends_all: bool) -> PlainState:
    """The deal after its issue, of reserves with stated amounts; a first pool costs all or nothing."""
    first = terms.accounts[0].code
    state = PlainState(
        accounts={account.code: 0 for account in terms.accounts},
        notes={note.code: note.notional_fen for note in terms.notes},
        interest={note.code: 0 for note in terms.notes},
        late_interest={note.code: 0 for note in terms.notes},
        fees={fee.code: 0 for fee in terms.fees},
        deficiency=dict.fromkeys(terms.payment.deficiency_notes, 0),
    )
    cash = sum(note.notional_fen for note in terms.notes)
    for account in terms.accounts:
        if account.initial is not None:
            assert isinstance(account.initial, FixedAmount)
            if account.funded_by == "originator":
                state.accounts[account.code] = account.initial.fen
                continue
            state.accounts[account.code] = min(account.initial.fen, cash)
            cash -= state.accounts[account.code]
    state.accounts[first] += 0 if spends_all else cash
    return state
