-- One row per owned loan, kind of adjustment and where it arose: balance that moved without cash, between the
-- last closing and this opening or within the month.
with reported as (
    select
        owned.loan_id,
        owned.opening_balance,
        tape.opening_balance as tape_opening_balance,
        tape.closing_balance as tape_closing_balance,
        case
            when held.loan_id is not null then 'held'
            when {{ is_rounding('greatest(tape.opening_balance, 0) - owned.opening_balance') }}
                then 'rounding'
            else 'unexplained'
        end as opening_code,
        case
            when coalesce(tape.adjustment_code, 'correction') in ('waived', 'capitalised', 'correction')
                then coalesce(tape.adjustment_code, 'correction')
            else 'unexplained'
        end as stated_code,
        coalesce(tape.adjustment_amount, 0) as stated_amount,
        case when {{ is_rounding('tape.unexplained_amount') }} then 'rounding' else 'unexplained' end
            as residual_code,
        coalesce(tape.unexplained_amount, 0) as residual_amount,
        -- A price below the balance that the tape says is repurchased leaves the rest unexplained.
        case
            when tape.status_code = 'repurchased'
                then greatest({{ tape_balance_left('tape') }} - tape.repurchase_price_amount, 0)
            else 0
        end as unpaid_amount
    from {{ ref('owned_loan') }} as owned
    inner join {{ ref('loan_tape') }} as tape on owned.loan_id = tape.loan_id
    cross join {{ source('deal', 'term') }} as term
    left join {{ source('closed', 'held_loan') }} as held on owned.loan_id = held.loan_id
),

part as (
    select
        reported.*,
        moved.arose_code,
        moved.adjustment_code,
        moved.amount
    from reported
    cross join
        lateral (
            values
            (
                'opening', reported.opening_code,
                greatest(reported.tape_opening_balance, 0) - reported.opening_balance
            ),
            -- Below zero is an overpayment that the servicer owes back: the pool holds nothing.
            ('opening', 'overpayment', least(reported.tape_opening_balance, 0)),
            ('month', reported.stated_code, reported.stated_amount),
            ('month', reported.residual_code, reported.residual_amount),
            ('month', 'overpayment', greatest(-reported.tape_closing_balance, 0)),
            ('month', 'unexplained', -reported.unpaid_amount)
        ) as moved (arose_code, adjustment_code, amount)
    where moved.amount != 0
)

select
    part.loan_id,
    part.adjustment_code,
    part.arose_code,
    {{ money('sum(part.amount)') }} as adjustment_amount,
    part.opening_balance,
    part.tape_opening_balance,
    part.tape_closing_balance
from part
group by all
