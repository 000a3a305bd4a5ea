-- One row per bucket or code of the contract amount, and the total: loans and balance of the pool after
-- the purchase, against the last report (TR-12-1).
{{ distribution_table('pool', ['contract_amount']) }}
