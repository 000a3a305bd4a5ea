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
    select max(snapshot_id) as snapshot_id, commit_extra_info ->> 'run_id' as run_id
    from lake.snapshots() group by all
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
