-- One row per movement of the priority of payments: due, paid, short, and paid last time (TR-8). A cover that
-- was not called on is left out.
with target as (
    select
        'fee' as target_kind,
        fee.fee_code as target_code,
        fee.fee_name_zh as name_zh,
        fee.fee_name_en as name_en
    from {{ source('deal', 'fee') }} as fee
    union all
    select
        'note' as target_kind,
        note.note_code as target_code,
        note.note_name_zh as name_zh,
        note.note_name_en as name_en
    from {{ source('deal', 'note') }} as note
    union all
    select
        'account' as target_kind,
        deal_account.account_code as target_code,
        deal_account.account_name_zh as name_zh,
        deal_account.account_name_en as name_en
    from {{ source('deal', 'account') }} as deal_account
    union all
    select
        'deal' as target_kind,
        '' as target_code,
        '' as name_zh,
        '' as name_en
),

kind as (
    select
        words.kind_code,
        words.target_kind,
        words.before_zh,
        words.after_zh,
        words.before_en,
        words.after_en
    from (
        values
        ('fee', 'fee', '', '', '', ''),
        ('interest', 'note', '', '利息', '', ', interest'),
        ('principal', 'note', '', '本金', '', ', principal'),
        ('residual', 'note', '', '剩余收益', '', ', residual'),
        ('write_off', 'note', '', '本金核销', '', ', write-off'),
        ('deficiency', 'note', '补足', '本金缺口', 'Deficiency made good: ', ''),
        ('reserve', 'account', '补足', '', 'Top-up: ', ''),
        ('release', 'account', '储备释放至', '', 'Release to: ', ''),
        ('transfer', 'account', '转入', '', 'Transfer to: ', ''),
        ('cover', 'account', '弥补', '', 'Cover of: ', ''),
        ('support_repayment', 'deal', '偿还差额支付', '', 'Repayment of support', '')
    ) as words (kind_code, target_kind, before_zh, after_zh, before_en, after_en)
    union all
    select
        'purchase' as kind_code,
        'deal' as target_kind,
        case when phase.phase_code = 'revolving' then '持续购买支出' else '初始资产池购买价款' end
            as before_zh,
        '' as after_zh,
        case
            when phase.phase_code = 'revolving' then 'Continued purchase of loans'
            else 'Purchase of the initial pool'
        end as before_en,
        '' as after_en
    from {{ ref('phase') }} as phase
),

movement as (
    select
        payment.*,
        -- Last time's payment is that of the same kind to the same target, whatever account it came from;
        -- of what accounts move to each other, that from the same account.
        row_number() over (
            partition by
                payment.as_of_date,
                payment.kind_code,
                payment.target_code,
                case when payment.kind_code in ('cover', 'transfer') then payment.account_code end
            order by payment.payment_number
        ) as occurrence_number,
        case when payment.kind_code in ('cover', 'transfer') then payment.account_code else '' end
            as source_code
    from (
        select * from {{ ref('payment') }}
        union all
        select * from {{ source('closed', 'payment') }}
    ) as payment
)

select
    movement.deal_id,
    movement.as_of_date,
    movement.payment_number as line_number,
    movement.clause_name,
    kind.before_zh || target.name_zh || kind.after_zh as item_zh,
    kind.before_en || target.name_en || kind.after_en as item_en,
    movement.account_code,
    movement.due_amount,
    movement.paid_amount,
    movement.shortfall_amount,
    movement.supported_amount,
    last_movement.paid_amount as previous_paid_amount
from movement
inner join {{ source('deal', 'period') }} as period on movement.as_of_date = period.as_of_date
inner join kind on movement.kind_code = kind.kind_code
inner join target
    on kind.target_kind = target.target_kind and movement.target_code = target.target_code
left join movement as last_movement
    on
        movement.as_of_date > last_movement.as_of_date
        and movement.kind_code = last_movement.kind_code
        and movement.target_code = last_movement.target_code
        and movement.source_code = last_movement.source_code
        and movement.occurrence_number = last_movement.occurrence_number
where movement.kind_code != 'cover' or movement.due_amount > 0
