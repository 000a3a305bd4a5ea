-- One row per bucket or code of the income to debt of the borrower, and the total: loans and balance of
-- the initial pool, stated once (OFF-3-5).
{{ distribution_table('initial', ['income_to_debt_ratio']) }}
