-- One row per bucket or code of the credit score, and of the gender of the borrower, and the total:
-- loans and balance of the initial pool, stated once (OFF-3-6).
{{ distribution_table('initial', ['credit_score', 'gender_code']) }}
