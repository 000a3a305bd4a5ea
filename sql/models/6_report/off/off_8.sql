-- One row per measure that supports the notes, stated once (OFF-8): the notes behind each one, then what the
-- terms say of more. Amount and share of the issue stand where it is the notes.
with issued as (
    select
        note.*,
        placed.junior_amount,
        sum(note.notional_amount) over () as issue_amount
    from {{ source('deal', 'note') }} as note
    inner join {{ source('deal', 'security') }} as placed on note.note_code = placed.note_code
),

measure as (
    select
        issued.line_number,
        'subordination' as enhancement_code,
        replace(item.item_zh, '{name}', issued.note_name_zh) as enhancement_zh,
        replace(item.item_en, '{name}', issued.note_name_en) as enhancement_en,
        issued.junior_amount as enhancement_amount,
        {{ divide('issued.junior_amount', 'issued.issue_amount') }} as enhancement_share
    from issued
    inner join {{ source('words', 'item') }} as item
        on item.table_name = 'off_8' and item.item_code = 'subordination'
    where issued.junior_amount > 0
    union all
    select
        1000 + stated.line_number as line_number,
        stated.enhancement_code,
        stated.enhancement_zh,
        stated.enhancement_en,
        null as enhancement_amount,
        null as enhancement_share
    from {{ source('deal', 'enhancement_measure') }} as stated
)

select
    (row_number() over (order by measure.line_number))::integer as line_number,
    measure.enhancement_code,
    measure.enhancement_zh,
    measure.enhancement_en,
    measure.enhancement_amount,
    measure.enhancement_share
from measure
cross join {{ source('deal', 'period') }} as period
where period.is_first
