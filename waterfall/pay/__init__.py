"""One month of a deal: triggers at the cut-off, the phase, the payment date.

month.py         test the triggers, choose the phase, settle every scenario
metrics.py       what a trigger measures at a cut-off
triggers.py      metrics against thresholds, and what is remembered of them
settle.py        issue the notes, settle one payment date
steps.py         the kinds of step that a priority of payments may name
payments.py      how the money of a step moves
accruals.py      what fees and notes earn in one period
fee_dates.py     when a recurring fee falls due
formulas.py      what caps, targets and bases come to
open_books.py    the books while the steps are being paid
checks.py        what may enter a settlement
conservation.py  the identities that every settlement must satisfy
"""
