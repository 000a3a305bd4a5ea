-- One row per figure of the credit enhancement after the payments: support inside the deal, assets over
-- notes, reserves, and what the outside provider paid (TR-15). Assets are the pool after the purchase and the
-- cash in the accounts; what supports a note is what they exceed it and the notes before it by.
select
    (row_number() over (order by figure.line_number))::integer as line_number,
    figure.block_code,
    figure.item_code,
    replace(item.item_zh, '{name}', figure.name_zh) as item_zh,
    replace(item.item_en, '{name}', figure.name_en) as item_en,
    figure.unit_code,
    last_month.current_value as previous_value,
    figure.current_value::decimal(24, 6) as current_value
from {{ ref('enhancement') }} as figure
left join {{ source('words', 'item') }} as item
    on item.table_name = 'tr_15_1' and figure.word_code = item.item_code
left join {{ source('closed', 'tr_15_1') }} as last_month
    on figure.block_code = last_month.block_code and figure.item_code = last_month.item_code
