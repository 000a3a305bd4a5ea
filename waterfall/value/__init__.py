"""What cash flows are worth: pure functions on dated amounts of whole fen.

A value is whole fen, computed to 50 digits and rounded once, half up or down as the caller states. A
life or duration is an exact fraction; a yield, a convexity and a survival factor are floats.

    cash_flows.py   dated amounts, and their rounding to the fen
    discounting.py  curves, present and future values, survival
    lives.py        weighted average life, durations, convexity, DV01
    prices.py       dirty and clean price, accrued interest
    yields.py       IRR by dates, yield at a price
    holdings.py     a part of a note that is held or bought
    note.py         what a note is worth: life, yield, price, support below it, break-even
    break_even.py   the highest default rate without a loss
"""
