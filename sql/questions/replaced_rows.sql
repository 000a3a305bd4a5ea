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
-- Of a line that is no row of cells each part of its text may be the loan.
named as (
    select
        as_of_date, tape_sha256, row_number,
        unnest(
            case
                when loan_id is not null then [loan_id]
                else string_split_regex(row_text, '[,;|<>"\t\r\n]+')
            end
        ) as loan_id
    from replaced
),
accepted as (
    select
        named.as_of_date, named.tape_sha256, named.row_number,
        min(file.file_name || ' row ' || loan.row_number) as place
    from named
    inner join lake.intake.loan_tape as loan
        on named.as_of_date = loan.as_of_date and named.loan_id = loan.loan_id and loan.deal_id = $deal
    inner join file on loan.as_of_date = file.as_of_date and loan.tape_sha256 = file.tape_sha256
    group by all
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
anti join file on replaced.as_of_date = file.as_of_date and replaced.tape_sha256 = file.tape_sha256
left join accepted
    on replaced.as_of_date = accepted.as_of_date
    and replaced.tape_sha256 = accepted.tape_sha256
    and replaced.row_number = accepted.row_number
order by month, replaced.file_name, replaced.row_number
