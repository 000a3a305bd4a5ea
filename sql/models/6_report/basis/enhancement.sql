-- One row per figure of the credit enhancement after the payments: the code of its words, and the note or
-- account that they name.
select
    100 + note.line_number as line_number,
    'internal_support' as block_code,
    note.note_code as item_code,
    'note' as word_code,
    note.note_name_zh as name_zh,
    note.note_name_en as name_en,
    'rate' as unit_code,
    {{ divide('greatest(total.asset_amount - note.ranked_balance, 0)', 'total.asset_amount') }}
        as current_value
from {{ ref('ranked_note') }} as note
cross join {{ ref('asset_total') }} as total
where note.tranche_class_code != 'equity'
union all
select
    200 + asset.line_number as line_number,
    'overcollateralisation' as block_code,
    asset.item_code,
    asset.item_code as word_code,
    '' as name_zh,
    '' as name_en,
    asset.unit_code,
    asset.current_value
from {{ ref('asset_total') }} as total
cross join
    lateral (
        values
        (1, 'pool', 'money', total.pool_balance),
        (2, 'cash', 'money', total.cash_amount),
        (3, 'notes', 'money', total.note_balance),
        (4, 'assets_over_notes', 'money', total.asset_amount - total.note_balance),
        (5, 'asset_ratio', 'rate', {{ divide('total.asset_amount', 'total.rated_balance') }})
    ) as asset (line_number, item_code, unit_code, current_value)
union all
select
    300 + 2 * account_balance.line_number + side.is_actual::integer as line_number,
    'reserve' as block_code,
    account_balance.account_code || '_' || side.word_code as item_code,
    side.word_code,
    deal_account.account_name_zh as name_zh,
    deal_account.account_name_en as name_en,
    'money' as unit_code,
    case when side.is_actual then account_balance.closing_balance else account_balance.target_balance end
        as current_value
from {{ ref('account_balance') }} as account_balance
inner join {{ source('deal', 'account') }} as deal_account
    on account_balance.account_code = deal_account.account_code
cross join (values (false, 'required'), (true, 'actual')) as side (is_actual, word_code)
where account_balance.target_balance is not null
union all
select
    900 + drawn.line_number as line_number,
    'outside_support' as block_code,
    drawn.item_code,
    drawn.item_code as word_code,
    '' as name_zh,
    '' as name_en,
    'money' as unit_code,
    drawn.current_value
from {{ ref('support_balance') }} as support_balance
cross join lateral (
    values
    (1, 'drawn', support_balance.closing_drawn),
    (2, 'repaid', support_balance.closing_repaid),
    (3, 'left', support_balance.support_left_amount)
) as drawn (line_number, item_code, current_value)
