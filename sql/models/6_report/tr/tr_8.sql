-- One row per movement of the priority of payments: due, paid, short, and paid last time (TR-8); then what
-- left the deal in all, and what its accounts carry over. A purchase is due what it may spend, and owes
-- nothing. A cover that was not called on is left out.
with movement as (
    select
        payment.*,
        -- Last time's payment is that of the same kind to the same target, whatever account it came from;
        -- of what accounts move to each other, that from the same account.
        row_number() over (
            partition by
                payment.is_earlier,
                payment.kind_code,
                payment.target_code,
                case when payment.kind_code in ('cover', 'transfer') then payment.account_code end
            order by payment.payment_number
        ) as occurrence_number,
        case when payment.kind_code in ('cover', 'transfer') then payment.account_code else '' end
            as source_code
    from (
        select
            current_payment.*,
            false as is_earlier
        from {{ ref('payment') }} as current_payment
        union all
        select
            earlier.*,
            true as is_earlier
        from {{ source('closed', 'payment') }} as earlier
    ) as payment
)

select
    movement.payment_number as line_number,
    movement.clause_name,
    movement.kind_code,
    replace(payment_kind.item_zh, '{name}', payment_target.name_zh) as item_zh,
    replace(payment_kind.item_en, '{name}', payment_target.name_en) as item_en,
    movement.account_code,
    movement.due_amount,
    movement.paid_amount,
    case when movement.kind_code != 'purchase' then movement.shortfall_amount end as shortfall_amount,
    movement.supported_amount,
    last_movement.paid_amount as previous_paid_amount
from movement
inner join {{ ref('payment_kind') }} as payment_kind
    on movement.kind_code = payment_kind.kind_code
inner join {{ ref('payment_target') }} as payment_target
    on
        payment_kind.target_kind = payment_target.target_kind
        and movement.target_code = payment_target.target_code
left join movement as last_movement
    on
        last_movement.is_earlier
        and movement.kind_code = last_movement.kind_code
        and movement.target_code = last_movement.target_code
        and movement.source_code = last_movement.source_code
        and movement.occurrence_number = last_movement.occurrence_number
where not movement.is_earlier and (movement.kind_code != 'cover' or movement.due_amount > 0)
union all
select
    (select count(*) from {{ ref('payment') }})::integer + paid_total.line_number as line_number,
    null as clause_name,
    paid_total.kind_code,
    item.item_zh,
    item.item_en,
    null as account_code,
    null as due_amount,
    paid_total.paid_amount,
    null as shortfall_amount,
    paid_total.supported_amount,
    paid_total.previous_paid_amount
from {{ ref('paid_total') }} as paid_total
left join {{ source('words', 'item') }} as item
    on item.table_name = 'tr_8' and paid_total.kind_code = item.item_code
