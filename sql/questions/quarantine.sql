-- The rows of a month's tape that are set aside, or of which a decision was seen.
select
    tape_sha256, file_name, row_number, coalesce(quarantined.loan_id, decided.loan_id) as loan_id,
    coalesce(all_reason_codes, '') as reasons, row_text is not null as is_malformed,
    quarantined.row_number is not null as is_set_aside
from (
    select * from lake.intake.quarantined_row
    where deal_id = $deal and strftime(as_of_date, '%Y-%m') = $month
) as quarantined
full join (
    select tape_sha256, row_number, loan_id from lake.intake.row_decision
    where deal_id = $deal and strftime(as_of_date, '%Y-%m') = $month
) as decided using (tape_sha256, row_number)
order by tape_sha256, row_number
