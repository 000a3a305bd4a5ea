-- One row per bucket or code of the product, and the total: loans and balance of the pool after the
-- purchase, against the last report (TR-12-8).
{{ distribution_table('pool', ['product_code']) }}
