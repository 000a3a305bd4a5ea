-- One row per bucket or code of the age of the borrower, and the total: loans and balance of the pool
-- after the purchase, against the last report (TR-13-2).
{{ distribution_table('pool', ['borrower_age']) }}
