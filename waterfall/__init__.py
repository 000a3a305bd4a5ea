"""How a deal pays: terms and one period's collections become payments and note balances.

A pure engine on int64 fen (1/100 of the currency unit), vectorised over scenarios; the actual month
is one scenario. Nothing here reads a file, a clock or a database.

    engine.py        issue the notes, settle one payment date
    steps.py         the kinds of step that a deal's priority list may name
    accruals.py      what fees and notes earn in one period
    books.py         what goes in and what comes out
    conservation.py  the identities that every settlement must satisfy
    money.py         exact integer arithmetic
    drawing.py       which candidates the cash buys under the limits of the pool
    limits.py        what such limits are, beside limit_checking.py and limit_outcomes.py
    running_pool.py  the pool while a draw goes on, for the compiled loop in draw_loop.py
    draw_rules.py    a draw stated by rules on columns, read only as far as the cash reaches (draw_reach.py):
                     by draw_relations.py and draw_codes.py from DuckDB, by draw_frames.py from Polars
    projection/      what a pool will pay under assumptions
    pricing/         what cash flows are worth
"""
