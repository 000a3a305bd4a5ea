-- One row per bucket or code of the region of the borrower, and the total: loans and balance of the
-- initial pool, stated once (OFF-3-1).
{{ distribution_table('initial', ['region_code']) }}
