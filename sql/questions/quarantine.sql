-- The rows of a month's tape that are set aside, or of which a decision was seen.
with set_aside as (
    select tape_sha256, row_number, loan_id, all_reason_codes, row_text
    from lake.intake.quarantined_row
    where deal_id = $deal and strftime(as_of_date, '%Y-%m') = $month
),
decided as (
    select tape_sha256, row_number, loan_id
    from lake.intake.row_decision
    where deal_id = $deal and strftime(as_of_date, '%Y-%m') = $month
),
file as (
    select tape_sha256, file_name
    from lake.intake.tape
    where deal_id = $deal and strftime(as_of_date, '%Y-%m') = $month
)
select
    tape_sha256, file.file_name, row_number,
    coalesce(set_aside.loan_id, decided.loan_id, '') as loan_id,
    coalesce(set_aside.all_reason_codes, '') as reasons,
    set_aside.row_text is not null as is_malformed,
    set_aside.tape_sha256 is not null as is_set_aside
from set_aside
full join decided using (tape_sha256, row_number)
join file using (tape_sha256)
order by tape_sha256, row_number
