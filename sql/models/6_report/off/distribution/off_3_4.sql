-- One row per bucket or code of the annual income of the borrower, and the total: loans and balance of
-- the initial pool, stated once (OFF-3-4).
{{ distribution_table('initial', ['annual_income']) }}
