-- One row per bucket or code of the contract amount, and the total: loans and balance of the initial
-- pool, stated once (OFF-2-1).
{{ distribution_table('initial', ['contract_amount']) }}
