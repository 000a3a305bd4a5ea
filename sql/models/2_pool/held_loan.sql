-- One row per owned loan that stays at its last balance because no row of the tape says where it stands, with
-- what became of its row.
with missing as (
    select
        owned.loan_id,
        owned.opening_balance
    from {{ ref('owned_loan') }} as owned
    anti join {{ ref('loan_tape') }} as tape on owned.loan_id = tape.loan_id
    anti join {{ source('deal', 'repurchase_notice') }} as notice on owned.loan_id = notice.loan_id
    where owned.opening_balance > 0
),

-- A row that is no row of cells may still name its loan.
word as (
    select
        quarantined_row.tape_sha256,
        quarantined_row.row_number,
        quarantined_row.reason_code,
        quarantined_row.file_name,
        case
            when quarantined_row.loan_id is not null then [quarantined_row.loan_id]
            else
                list_transform(
                    string_split_regex(quarantined_row.row_text, '[,;|<>"\t\r\n]+'),
                    word -> trim(word)
                )
        end as loan_ids
    from {{ ref('quarantined_row') }} as quarantined_row
    where quarantined_row.loan_id is not null or quarantined_row.row_text is not null
),

named as (
    select
        word.row_number,
        word.reason_code,
        word.file_name,
        unnest(word.loan_ids) as loan_id
    from word
),

set_aside as (
    select
        named.loan_id,
        min(named.row_number) as row_number,
        arg_min(named.reason_code, named.row_number) as reason_code,
        arg_min(named.file_name, named.row_number) as file_name
    from named
    group by named.loan_id
),

-- While it is not known whose row was set aside, no loan is known to be absent.
unnamed as (
    select count(*) > 0 as is_any
    from {{ ref('quarantined_row') }} as quarantined_row
    where coalesce(trim(quarantined_row.loan_id), '') = ''
)

select
    missing.loan_id,
    case
        when set_aside.loan_id is not null then 'row_set_aside'
        when unnamed.is_any then 'row_unidentified'
        else 'row_missing'
    end as held_code,
    set_aside.reason_code,
    set_aside.file_name,
    set_aside.row_number,
    {{ money('missing.opening_balance') }} as held_balance,
    coalesce(earlier.held_since_date, period.as_of_date) as held_since_date
from missing
cross join unnamed
cross join {{ source('deal', 'period') }} as period
cross join {{ source('deal', 'term') }} as term
left join set_aside on missing.loan_id = set_aside.loan_id
left join {{ source('closed', 'held_loan') }} as earlier on missing.loan_id = earlier.loan_id
where
    term.unreported_loan_code = 'hold'
    or set_aside.loan_id is not null
    or unnamed.is_any
