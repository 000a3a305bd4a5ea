-- One row per bucket or code of the annual income of the borrower, and the total: loans and balance of
-- the pool after the purchase, against the last report (TR-13-4).
{{ distribution_table('pool', ['annual_income']) }}
