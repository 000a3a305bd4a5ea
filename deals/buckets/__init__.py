"""Sets of buckets: what the distribution tables of the report divide a pool into."""
