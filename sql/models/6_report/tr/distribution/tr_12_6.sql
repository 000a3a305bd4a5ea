-- One row per bucket or code of the annual rate, and the total: loans and balance of the pool after the
-- purchase, against the last report (TR-12-6).
{{ distribution_table('pool', ['annual_rate']) }}
