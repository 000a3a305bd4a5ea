-- One row per bucket or code of the occupation of the borrower, and the total: loans and balance of the
-- initial pool, stated once (OFF-3-3).
{{ distribution_table('initial', ['occupation_code']) }}
