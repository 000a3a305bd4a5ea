-- One row per bucket or code of the occupation of the borrower, and the total: loans and balance of the
-- pool after the purchase, against the last report (TR-13-3).
{{ distribution_table('pool', ['occupation_code']) }}
