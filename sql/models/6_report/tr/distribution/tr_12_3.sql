-- One row per bucket or code of the contract term, and the total: loans and balance of the pool after
-- the purchase, against the last report (TR-12-3).
{{ distribution_table('pool', ['term_months']) }}
