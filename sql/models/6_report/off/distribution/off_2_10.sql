-- One row per bucket or code of the longest delay ever, and of the number of delays, and the total:
-- loans and balance of the initial pool, stated once (OFF-2-10).
{{ distribution_table('initial', ['max_days_past_due', 'past_due_count']) }}
