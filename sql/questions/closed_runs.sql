-- One row per run that is in the lake, by deal and month: what it was made from.
with note as (
    select deal_id, as_of_date, sum(closing_balance) = 0 as is_repaid
    from lake.waterfall.note_balance group by all
),
tape as (
    select deal_id, as_of_date, list(tape_sha256 order by tape_sha256) as file_sha256s
    from lake.intake.tape group by all
)
select
    run.deal_id, strftime(run.as_of_date, '%Y-%m') as month, run.as_of_date, run.run_id,
    run.previous_run_id, run.tape_sha256, run.scale, run.is_synthetic, tape.file_sha256s,
    coalesce(note.is_repaid, false)
from lake.close.run as run
join tape using (deal_id, as_of_date)
left join note using (deal_id, as_of_date)
order by run.deal_id, run.as_of_date
