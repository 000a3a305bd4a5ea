-- One row per closed month of every deal, as `status` shows it.
with failed as (
    select deal_id, as_of_date, count(*) as warning_count
    from lake.close.verdict where outcome_code = 'failed' group by all
),
tape as (
    select deal_id, as_of_date, sum(accepted_count)::bigint as accepted_count,
        sum(quarantined_count)::bigint as quarantined_count
    from lake.intake.tape group by all
),
snapshot as (
    -- A restatement commits several runs in one snapshot.
    select max(told.snapshot_id) as snapshot_id, told.run_id
    from (
        select snapshot_id, unnest(regexp_extract_all(commit_extra_info, '"run_id": "([^"]+)"', 1)) as run_id
        from lake.snapshots()
    ) as told
    group by told.run_id
)
select
    run.deal_id, strftime(run.as_of_date, '%Y-%m'), phase.phase_code, snapshot.snapshot_id,
    tape.accepted_count, tape.quarantined_count, coalesce(failed.warning_count, 0),
    run.run_id, run.terms_sha256, coalesce(phase.is_call_allowed and not phase.is_clean_up_called, false)
from lake.close.run as run
left join lake.pool.phase as phase using (deal_id, as_of_date)
left join tape using (deal_id, as_of_date)
left join failed using (deal_id, as_of_date)
left join snapshot on run.run_id = snapshot.run_id
order by all
