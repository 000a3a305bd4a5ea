-- One row per bucket or code of the five-class rating, and the total: loans and balance of the initial
-- pool, stated once (OFF-2-7).
{{ distribution_table('initial', ['five_class_code']) }}
