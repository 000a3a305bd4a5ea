-- One row per bucket or code of the product, and the total: loans and balance of the initial pool,
-- stated once (OFF-2-8).
{{ distribution_table('initial', ['product_code']) }}
