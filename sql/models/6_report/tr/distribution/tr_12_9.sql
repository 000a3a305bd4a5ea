-- One row per bucket or code of the repayment method, and the total: loans and balance of the pool after
-- the purchase, against the last report (TR-12-9).
{{ distribution_table('pool', ['repayment_method_code']) }}
