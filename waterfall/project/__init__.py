"""What a pool will pay: loans and assumptions become monthly flows, for many scenarios at once.

Pure, on int64 fen; nothing here reads a file, a clock or a database. A pool is driven month by
month: `open_pool`, then `advance` for each collection period, with `buy` between them.

    assumptions.py   CPR, CDR, delinquency and recovery by month; the words of the command line
    rates.py         a month's shares from yearly rates; scenarios side by side
    groups.py        loans as groups that repay alike; which loans count as performing
    schedules.py     how a group repays, and a lot's shares of principal and interest by month
    pool.py          open a pool at its cut-off, buy, sell
    advancing.py     let a month pass
    expecting.py     the expected cash flows of the disclosure: nothing prepaid, nothing defaulted
    mixes.py         what a purchase is made of
    buying.py        how much of it the terms and the cash allow
    deal.py          a deal from a closed month to its end: pool, triggers, waterfall, purchases
    notes.py         what a note receives
    valuing.py       what notes are worth: lives, yields, prices, support below them, break-even
    stating.py       all of it as rows of the currency unit
    observing.py     what a pool did, by month and by months on book
    estimating.py    assumptions from it: constant, and by months on book
    comparing.py     a forecast beside what came
    shares.py        shares of money to 15 decimals, exact
"""
