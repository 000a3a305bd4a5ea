-- One row per note: what was issued (TR-3-1).
with issued as (
    select
        note.*,
        sum(note.notional_amount) over () as total_amount
    from {{ source('deal', 'note') }} as note
)

select
    issued.line_number,
    issued.note_code,
    issued.note_name_zh,
    issued.note_name_en,
    issued.security_code,
    issued.tranche_class_code,
    issued.notional_amount,
    {{ divide('issued.notional_amount', 'issued.total_amount') }} as notional_share,
    issued.annual_rate,
    period.expected_maturity_date,
    period.legal_final_date,
    issued.initial_rating_code,
    issued.current_rating_code
from issued
cross join {{ source('deal', 'period') }} as period
