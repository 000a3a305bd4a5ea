-- One row per bucket or code of the region of the borrower, and the total: loans and balance of the pool
-- after the purchase, against the last report (TR-13-1).
{{ distribution_table('pool', ['region_code']) }}
