-- One row per loan and scope: in the pool after the purchase, among what this month's purchase brought
-- into it, or in a first pool as it was taken whole; with what the report counts loans by, as the
-- month's tape has it.
with member as (
    select
        'pool' as scope_code,
        pool_loan.loan_id,
        pool_loan.outstanding_balance,
        {{ characteristics('pool_loan') }}
    from {{ ref('pool_loan') }} as pool_loan
    where pool_loan.outstanding_balance > 0
    union all
    select
        'purchased' as scope_code,
        pool_loan.loan_id,
        pool_loan.outstanding_balance,
        {{ characteristics('pool_loan') }}
    from {{ ref('pool_loan') }} as pool_loan
    cross join {{ source('deal', 'period') }} as period
    where
        pool_loan.entry_batch = period.period_number
        and pool_loan.outstanding_balance > 0
        and not period.is_first
    union all
    select
        'opening' as scope_code,
        owned_loan.loan_id,
        owned_loan.opening_balance as outstanding_balance,
        {{ characteristics('owned_loan') }}
    from {{ ref('owned_loan') }} as owned_loan
    cross join {{ source('deal', 'period') }} as period
    where owned_loan.opening_balance > 0 and period.is_first
),

-- What a borrower owes the pool; a loan that was just bought is one of the pool's.
debt as (
    select
        member.scope_code,
        member.borrower_id,
        sum(member.outstanding_balance) as balance,
        case
            when count(member.remaining_months) = count(*)
                then sum(member.outstanding_balance * member.remaining_months)
        end as weighted_months
    from member
    where member.scope_code != 'purchased' and member.borrower_id is not null
    group by member.scope_code, member.borrower_id
)

select
    member.scope_code,
    member.loan_id,
    member.outstanding_balance,
    {{ characteristics('member') }},
    {{ months_between('member.origination_date', 'period.as_of_date') }} as seasoning_months,
    loan_tape.five_class_code,
    loan_tape.gender_code,
    loan_tape.occupation_code,
    loan_tape.annual_income,
    loan_tape.max_days_past_due,
    loan_tape.past_due_count,
    {{ income_to_debt('loan_tape.annual_income', 'debt.weighted_months', 'debt.balance') }}
        as income_to_debt_ratio
from member
cross join {{ source('deal', 'period') }} as period
left join {{ ref('loan_tape') }} as loan_tape on member.loan_id = loan_tape.loan_id
left join debt
    on
        member.borrower_id = debt.borrower_id
        and debt.scope_code = case member.scope_code when 'opening' then 'opening' else 'pool' end
