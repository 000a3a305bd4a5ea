-- One row per note: what is outstanding of it, and of it and the notes before it.
select
    deal_note.line_number,
    deal_note.note_code,
    deal_note.note_name_zh,
    deal_note.note_name_en,
    deal_note.tranche_class_code,
    balance.closing_balance,
    sum(balance.closing_balance) over (order by deal_note.line_number) as ranked_balance
from {{ source('deal', 'note') }} as deal_note
inner join {{ ref('note_balance') }} as balance on deal_note.note_code = balance.note_code
