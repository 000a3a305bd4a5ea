-- One row per bucket or code of the outstanding balance, and the total: loans and balance of the pool
-- after the purchase, against the last report (TR-12-2).
{{ distribution_table('pool', ['outstanding_balance']) }}
