-- One row per row of the tape that was not accepted, with the reason and its place in the file.
with failed as (
    select
        failed_row.tape_sha256,
        failed_row.row_number,
        tape_row.loan_id,
        failed_row.first_rule_id as reason_code,
        array_to_string(failed_row.all_rule_ids, ', ') as all_reason_codes,
        null::varchar as row_text
    from {{ source('landed', 'failed_row') }} as failed_row
    inner join {{ source('landed', 'tape_row') }} as tape_row
        on
            failed_row.tape_sha256 = tape_row.tape_sha256
            and failed_row.row_number = tape_row.row_number
),

malformed as (
    select
        malformed_row.tape_sha256,
        malformed_row.row_number,
        null::varchar as loan_id,
        malformed_row.reason as reason_code,
        malformed_row.reason as all_reason_codes,
        malformed_row.row_text
    from {{ source('landed', 'malformed_row') }} as malformed_row
),

refused as (
    select * from failed
    union all
    select * from malformed
)

select
    tape_file.tape_sha256,
    tape_file.file_name,
    refused.row_number,
    refused.loan_id,
    refused.reason_code,
    refused.all_reason_codes,
    refused.row_text
from refused
inner join {{ source('landed', 'tape_file') }} as tape_file
    on refused.tape_sha256 = tape_file.tape_sha256
