-- One row per bucket or code of the credit score, and of the gender of the borrower, and the total:
-- loans and balance of the pool after the purchase, against the last report (TR-13-6).
{{ distribution_table('pool', ['credit_score', 'gender_code']) }}
