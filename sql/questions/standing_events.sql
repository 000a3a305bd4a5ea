-- One row per run with events: each with its month and its evidence.
select
    deal_id, as_of_date,
    list(
        event_code || ' ' || strftime(since_date, '%Y-%m') || ' ' || evidence_sha256
        order by event_code
    )
from lake.pool.event
group by all
