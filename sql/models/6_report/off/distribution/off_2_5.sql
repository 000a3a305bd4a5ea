-- One row per bucket or code of the remaining term, and the total: loans and balance of the initial
-- pool, stated once (OFF-2-5).
{{ distribution_table('initial', ['remaining_months']) }}
