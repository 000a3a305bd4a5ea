-- One row per bucket or code of the repayment method, and the total: loans and balance of the initial
-- pool, stated once (OFF-2-9).
{{ distribution_table('initial', ['repayment_method_code']) }}
