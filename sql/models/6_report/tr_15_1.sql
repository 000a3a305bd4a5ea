-- One row per figure of the credit enhancement after the payments: support inside the deal, assets over
-- notes, reserves, and what the outside provider paid (TR-15). Assets are the pool after the purchase and the
-- cash in the accounts; what supports a note is what they exceed it and the notes before it by.
with note as (
    select
        deal_note.line_number,
        deal_note.note_name_zh,
        deal_note.note_name_en,
        deal_note.tranche_class_code,
        balance.closing_balance,
        sum(balance.closing_balance) over (order by deal_note.line_number) as ranked_balance
    from {{ source('deal', 'note') }} as deal_note
    inner join {{ ref('note_balance') }} as balance on deal_note.note_code = balance.note_code
),

cash as (
    select {{ money('sum(account_balance.closing_balance)') }} as amount
    from {{ ref('account_balance') }} as account_balance
),

pool as (
    select {{ money('sum(pool_loan.outstanding_balance)') }} as balance
    from {{ ref('pool_loan') }} as pool_loan
),

total as (
    select
        any_value(pool.balance) as pool_balance,
        any_value(cash.amount) as cash_amount,
        {{ money('any_value(pool.balance) + any_value(cash.amount)') }} as asset_amount,
        {{ money('sum(note.closing_balance)') }} as note_balance,
        {{ money("sum(note.closing_balance) filter (where note.tranche_class_code != 'equity')") }}
            as rated_balance
    from note
    cross join pool
    cross join cash
),

figure as (
    select
        100 + note.line_number as line_number,
        'internal_support' as block_code,
        note.note_name_zh as item_zh,
        note.note_name_en as item_en,
        'rate' as unit_code,
        {{ divide('greatest(total.asset_amount - note.ranked_balance, 0)', 'total.asset_amount') }}
            as current_value
    from note
    cross join total
    where note.tranche_class_code != 'equity'
    union all
    select
        200 + asset.line_number as line_number,
        'overcollateralisation' as block_code,
        asset.item_zh,
        asset.item_en,
        asset.unit_code,
        asset.current_value
    from total
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
)

select
    period.deal_id,
    period.as_of_date,
    (row_number() over (order by figure.line_number))::integer as line_number,
    figure.block_code,
    figure.item_zh,
    figure.item_en,
    figure.unit_code,
    last_month.current_value as previous_value,
    figure.current_value::decimal(24, 6) as current_value
from figure
cross join {{ source('deal', 'period') }} as period
left join {{ source('closed', 'tr_15_1') }} as last_month
    on figure.block_code = last_month.block_code and figure.item_en = last_month.item_en
