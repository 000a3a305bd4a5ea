-- One row per bucket or code of the income to debt of the borrower, and the total: loans and balance of
-- the pool after the purchase, against the last report (TR-13-5).
{{ distribution_table('pool', ['income_to_debt_ratio']) }}
