-- One row per bucket or code of the annual rate, and the total: loans and balance of the initial pool,
-- stated once (OFF-2-6).
{{ distribution_table('initial', ['annual_rate']) }}
