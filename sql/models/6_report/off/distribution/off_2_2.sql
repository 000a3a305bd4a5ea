-- One row per bucket or code of the outstanding balance, and the total: loans and balance of the initial
-- pool, stated once (OFF-2-2).
{{ distribution_table('initial', ['outstanding_balance']) }}
