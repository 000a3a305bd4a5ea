-- One row per file of the month's tape: what was received, and where its rows went.
with quarantined as (
    select
        quarantined_row.tape_sha256,
        count(*) as row_count
    from {{ ref('quarantined_row') }} as quarantined_row
    group by quarantined_row.tape_sha256
),

accepted as (
    select
        loan_tape.tape_sha256,
        count(*) as row_count
    from {{ ref('loan_tape') }} as loan_tape
    group by loan_tape.tape_sha256
)

select
    tape_file.tape_sha256,
    tape_file.file_name,
    tape_file.version as tape_version,
    tape_file.byte_count,
    tape_file.row_count,
    coalesce(accepted.row_count, 0) as accepted_count,
    coalesce(quarantined.row_count, 0) as quarantined_count,
    tape_file.left_out_row_count as left_out_count,
    case when tape_file.states_currency then 'tape' else 'terms' end as currency_source_code,
    tape_file.is_synthetic,
    tape_file.scale
from {{ source('landed', 'tape_file') }} as tape_file
left join accepted on tape_file.tape_sha256 = accepted.tape_sha256
left join quarantined on tape_file.tape_sha256 = quarantined.tape_sha256
