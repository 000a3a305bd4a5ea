"""Which loans the cash buys.

The route: `purchases` takes a month's purchases one by one; `frames` brings candidates and pool out of
DuckDB; `limit_columns` says what each limit counts of a loan, and `codes` makes arrays of it; `reach` reads
no more candidates than the cash can pay; `greedy` draws, by `loop` over the `pool` as it grows, under
`limits` that `checks` has found exact; `outcomes` judges the result. `limit_sums` measures the pool
afterwards, apart.
"""
