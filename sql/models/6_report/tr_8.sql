-- One row per step of the priority of payments: due, paid, short, and paid last time (TR-8).
with item as (
    select
        fee.fee_code as target_code,
        'fee' as kind_code,
        fee.fee_name_zh as item_zh,
        fee.fee_name_en as item_en
    from {{ source('deal', 'fee') }} as fee
    union all
    select
        note.note_code as target_code,
        kind.kind_code,
        note.note_name_zh || kind.kind_zh as item_zh,
        note.note_name_en || kind.kind_en as item_en
    from {{ source('deal', 'note') }} as note
    cross join (
        values
        ('interest', '利息', ', interest'),
        ('principal', '本金', ', principal'),
        ('residual', '剩余收益', ', residual')
    ) as kind (kind_code, kind_zh, kind_en)
    union all
    select
        '' as target_code,
        'purchase' as kind_code,
        case when phase.phase_code = 'revolving' then '持续购买支出' else '初始资产池购买价款' end
            as item_zh,
        case
            when phase.phase_code = 'revolving' then 'Continued purchase of loans'
            else 'Purchase of the initial pool'
        end as item_en
    from {{ ref('phase') }} as phase
),

last_payment as (
    select
        payment.kind_code,
        payment.target_code,
        {{ money('sum(payment.paid_amount)') }} as paid_amount
    from {{ source('closed', 'payment') }} as payment
    group by payment.kind_code, payment.target_code
)

select
    payment.deal_id,
    payment.as_of_date,
    payment.step_number::integer as line_number,
    payment.clause_name,
    item.item_zh,
    item.item_en,
    payment.due_amount,
    payment.paid_amount,
    payment.shortfall_amount,
    payment.supported_amount,
    case when not period.is_first then {{ money('last_payment.paid_amount') }} end
        as previous_paid_amount
from {{ ref('payment') }} as payment
cross join {{ source('deal', 'period') }} as period
inner join item
    on payment.kind_code = item.kind_code and payment.target_code = item.target_code
left join last_payment
    on payment.kind_code = last_payment.kind_code and payment.target_code = last_payment.target_code
