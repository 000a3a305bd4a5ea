-- One row per bucket or code of the remaining term, and the total: loans and balance of the pool after
-- the purchase, against the last report (TR-12-5).
{{ distribution_table('pool', ['remaining_months']) }}
