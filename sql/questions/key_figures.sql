-- One row: what a closed month of a deal ($deal, $month) comes to, for whoever waits for it.
with note as (
    select sum(closing_balance) as notes_balance,
        list({'note_code': note_code, 'balance': closing_balance} order by line_number) as notes
    from lake.waterfall.note_balance where deal_id = $deal and strftime(as_of_date, '%Y-%m') = $month
),
tape as (
    select sum(accepted_count)::bigint as accepted_count,
        sum(quarantined_count)::bigint as quarantined_count
    from lake.intake.tape where deal_id = $deal and strftime(as_of_date, '%Y-%m') = $month
),
verdict as (
    select count(*) filter (where outcome_code = 'passed') as passed_count,
        count(*) filter (where outcome_code != 'passed') as warning_count
    from lake.close.verdict where deal_id = $deal and strftime(as_of_date, '%Y-%m') = $month
)
select
    phase.phase_code, run.payment_date, purchase.closing_pool_balance,
    purchase.purchased_loan_count, purchase.price_amount, collection.collected_amount,
    default_rate.cumulative_default_rate, note.notes, tape.accepted_count,
    tape.quarantined_count, verdict.passed_count, verdict.warning_count, run.run_id,
    run.tape_sha256, run.terms_sha256, run.code_version
from lake.close.run as run
join lake.pool.phase as phase using (deal_id, as_of_date)
join lake.purchase.purchase as purchase using (deal_id, as_of_date)
left join lake.pool.collection as collection using (deal_id, as_of_date)
left join lake.pool.default_rate as default_rate using (deal_id, as_of_date)
cross join note
cross join tape
cross join verdict
where run.deal_id = $deal and strftime(run.as_of_date, '%Y-%m') = $month
