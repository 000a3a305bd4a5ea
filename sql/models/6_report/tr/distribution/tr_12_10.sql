-- One row per bucket or code of the longest delay ever, and of the number of delays, and the total:
-- loans and balance of the pool after the purchase, against the last report (TR-12-10).
{{ distribution_table('pool', ['max_days_past_due', 'past_due_count']) }}
