"""What a pool will pay: loans and assumptions become monthly flows, for many scenarios at once.

Pure, on int64 fen; nothing here reads a file, a clock or a database. A pool is driven month by
month: `open_pool`, then `advance` for each collection period, with `buy` between them.

    assumptions.py   CPR, CDR, delinquency and recovery by month; the words of the command line
    rates.py         a month's shares from yearly rates; scenarios side by side
    groups.py        loans as groups that repay alike; which loans count as performing
    pool.py          open a pool at its cut-off, buy, sell
    advance.py       let a month pass
    expected.py      the expected cash flows of the disclosure: nothing prepaid, nothing defaulted
    mixes.py         what a purchase is made of
    buy.py           how much of it the terms and the cash allow
    deal.py          a deal from a closed month to its end: pool, triggers, waterfall, purchases
    notes.py         what a note receives
"""
