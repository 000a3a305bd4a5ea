-- The rows of a month's tape (of each month where `$month` is empty) that are set aside, or of which a decision was seen.
with set_aside as (
    select as_of_date, tape_sha256, row_number, loan_id, all_reason_codes, row_text
    from lake.intake.quarantined_row
    where deal_id = $deal and $month in ('', strftime(as_of_date, '%Y-%m'))
),
decided as (
    select as_of_date, tape_sha256, row_number, loan_id
    from lake.intake.row_decision
    where deal_id = $deal and $month in ('', strftime(as_of_date, '%Y-%m'))
),
file as (
    select as_of_date, tape_sha256, file_name
    from lake.intake.tape
    where deal_id = $deal and $month in ('', strftime(as_of_date, '%Y-%m'))
)
select
    tape_sha256, file.file_name, row_number,
    coalesce(set_aside.loan_id, decided.loan_id, '') as loan_id,
    coalesce(set_aside.all_reason_codes, '') as reasons,
    set_aside.row_text is not null as is_malformed,
    set_aside.tape_sha256 is not null as is_set_aside,
    strftime(as_of_date, '%Y-%m') as month,
    false as is_replaced,
    '' as closed_by
from set_aside
full join decided using (as_of_date, tape_sha256, row_number)
join file using (as_of_date, tape_sha256)
order by month, tape_sha256, row_number
