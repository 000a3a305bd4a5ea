-- One row per loan and scope, with what the report counts loans by, as the month's tape has it. A view: to
-- ask it again costs less than to keep its rows.
with debt as (
    -- What a borrower owes the pool; a loan that was just bought is one of the pool's.
    select
        member.scope_code,
        member.borrower_id,
        sum(member.outstanding_balance) as balance,
        case
            when count(member.remaining_months) = count(*)
                then sum(member.outstanding_balance * member.remaining_months)
        end as weighted_months
    from {{ ref('scope_member') }} as member
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
from {{ ref('scope_member') }} as member
cross join {{ source('deal', 'period') }} as period
left join {{ ref('loan_tape') }} as loan_tape on member.loan_id = loan_tape.loan_id
left join debt
    on
        member.borrower_id = debt.borrower_id
        and debt.scope_code = case member.scope_code when 'opening' then 'opening' else 'pool' end
