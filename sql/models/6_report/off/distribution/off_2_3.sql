-- One row per bucket or code of the contract term, and the total: loans and balance of the initial pool,
-- stated once (OFF-2-3).
{{ distribution_table('initial', ['term_months']) }}
