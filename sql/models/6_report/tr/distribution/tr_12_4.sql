-- One row per bucket or code of the age since origination, and the total: loans and balance of the pool
-- after the purchase, against the last report (TR-12-4).
{{ distribution_table('pool', ['seasoning_months']) }}
