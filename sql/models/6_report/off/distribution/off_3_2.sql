-- One row per bucket or code of the age of the borrower, and the total: loans and balance of the initial
-- pool, stated once (OFF-3-2).
{{ distribution_table('initial', ['borrower_age']) }}
