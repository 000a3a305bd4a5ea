-- One row per figure of the credit enhancement after the payments.
select
    100 + note.line_number as line_number,
    'internal_support' as block_code,
    note.note_name_zh as item_zh,
    note.note_name_en as item_en,
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
    asset.item_zh,
    asset.item_en,
    asset.unit_code,
    asset.current_value
from {{ ref('asset_total') }} as total
cross join
    lateral (
        values
        (1, '资产池未偿本金余额', 'Pool balance', 'money', total.pool_balance),
        (2, '账户现金', 'Cash in the accounts', 'money', total.cash_amount),
        (3, '证券未偿本金余额', 'Notes outstanding', 'money', total.note_balance),
        (
            4, '超额抵押', 'Assets over all notes', 'money',
            total.asset_amount - total.note_balance
        ),
        (
            5, '资产与优先档、中间档证券之比', 'Assets, of the notes that are not equity', 'rate',
            {{ divide('total.asset_amount', 'total.rated_balance') }}
        )
    ) as asset (line_number, item_zh, item_en, unit_code, current_value)
union all
select
    300 + 2 * account_balance.line_number + side.is_actual::integer as line_number,
    'reserve' as block_code,
    deal_account.account_name_zh || side.words_zh as item_zh,
    deal_account.account_name_en || side.words_en as item_en,
    'money' as unit_code,
    case when side.is_actual then account_balance.closing_balance else account_balance.target_balance end
        as current_value
from {{ ref('account_balance') }} as account_balance
inner join {{ source('deal', 'account') }} as deal_account
    on account_balance.account_code = deal_account.account_code
cross join (
    values (false, '：应有', ': required'), (true, '：实有', ': actual')
) as side (is_actual, words_zh, words_en)
where account_balance.target_balance is not null
union all
select
    900 + drawn.line_number as line_number,
    'outside_support' as block_code,
    drawn.item_zh,
    drawn.item_en,
    'money' as unit_code,
    drawn.current_value
from {{ ref('support_balance') }} as support_balance
cross join lateral (
    values
    (1, '累计差额支付', 'Paid by the provider to date', support_balance.closing_drawn),
    (2, '累计偿还差额支付', 'Repaid to the provider to date', support_balance.closing_repaid),
    (
        3, '剩余限额（无限额则无值）', 'Left to draw (none where there is no limit)',
        support_balance.support_left_amount
    )
) as drawn (line_number, item_zh, item_en, current_value)
