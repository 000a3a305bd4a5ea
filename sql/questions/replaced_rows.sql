-- The rows that an earlier version of a month set aside and whose file is no longer of the month's tape, with
-- the row of the month's tape that has their loan. What the lake deleted is what earlier versions had.
with replaced as (
    select
        as_of_date, tape_sha256, row_number, max(file_name) as file_name, max(loan_id) as loan_id,
        max(all_reason_codes) as reasons, max(row_text) as row_text
    from ducklake_table_deletions('lake', 'intake', 'quarantined_row', 0, $last_snapshot)
    where deal_id = $deal and $month in ('', strftime(as_of_date, '%Y-%m'))
    group by all
),
file as (
    select as_of_date, tape_sha256, file_name
    from lake.intake.tape
    where deal_id = $deal and $month in ('', strftime(as_of_date, '%Y-%m'))
),
accepted as (
    select loan.as_of_date, loan.loan_id, file.file_name || ' row ' || loan.row_number as place
    from lake.intake.loan_tape as loan
    inner join file using (as_of_date, tape_sha256)
    where loan.deal_id = $deal and loan.loan_id in (select loan_id from replaced)
)
select
    replaced.tape_sha256, replaced.file_name, replaced.row_number,
    coalesce(replaced.loan_id, '') as loan_id, replaced.reasons,
    replaced.row_text is not null as is_malformed,
    false as is_set_aside,
    strftime(replaced.as_of_date, '%Y-%m') as month,
    true as is_replaced,
    coalesce(accepted.place, '') as closed_by
from replaced
anti join file using (as_of_date, tape_sha256)
left join accepted on replaced.as_of_date = accepted.as_of_date and replaced.loan_id = accepted.loan_id
order by month, replaced.file_name, replaced.row_number
