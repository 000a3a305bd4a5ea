-- One row per bucket or code of the five-class rating, and the total: loans and balance of the pool
-- after the purchase, against the last report (TR-12-7).
{{ distribution_table('pool', ['five_class_code']) }}
