-- One row per bucket or code of the age since origination, and the total: loans and balance of the
-- initial pool, stated once (OFF-2-4).
{{ distribution_table('initial', ['seasoning_months']) }}
