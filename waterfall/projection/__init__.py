"""What a pool will pay: loans and assumptions become monthly flows, for many scenarios at once.

Pure, on int64 fen; nothing here reads a file, a clock or a database. A deal is driven month by
month: `open_pool`, then `advance` for each collection period, with `buy` between them.

    assumptions.py   CPR, CDR, delinquency and recovery by month; the words of the command line
    rates.py         a month's shares from yearly rates; scenarios side by side
    groups.py        loans as groups that repay alike; which loans count as performing
    schedules.py     how a group repays, and a lot's shares of principal and interest by month
    pool.py          open a pool at its cut-off, buy
    advancing.py     let a month pass
    purchasing.py    what is bought: mixes of loans and their price
    expecting.py     the expected cash flows of the disclosure: nothing prepaid, nothing defaulted
    shares.py        shares of money to 15 decimals, exact
"""
