-- One row per bucket or code of what describes the loans, and the total of each: this month's purchase
-- and the pool after it, against the initial pool (PP-3).
{{ compared_distribution(loan_dimensions()) }}
