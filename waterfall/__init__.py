"""How a deal pays: terms and one period's collections become payments and note balances.

A pure engine on int64 fen (1/100 of the currency unit), vectorised over scenarios; the actual month
is one scenario. Nothing here reads a file or a clock; what is read from SQL's relations comes through
`tables` and `draw`.

    money.py        exact integer arithmetic
    ratios.py       exact fractions of two amounts, one for each scenario
    books.py        what a settlement reads and writes
    schedules.py    how a loan repays: shares of principal and interest by month
    loan_prices.py  what a loan costs
    pay/            one payment date: triggers, phase, steps, ledgers
    draw/           which candidates the cash buys under the limits of the pool
    project/        the deal to its end under assumptions
    observed/       what a pool did, and the assumptions that follow
    value/          what cash flows are worth
    tables/         the border with SQL: relations in, Arrow tables out
    structure.py    a deal run on pool-level collections alone
"""
