-- One row per scope: sums, bounds and weights over its loans, and of which of them every loan's value is
-- known.
with borrower as (
    select
        member.scope_code,
        member.borrower_id,
        sum(member.outstanding_balance) as balance
    from {{ ref('scope_member') }} as member
    group by member.scope_code, member.borrower_id
),

largest as (
    select
        borrower.scope_code,
        count(borrower.borrower_id) as borrower_count,
        list_sum(max(borrower.balance, 5)) as five_borrower_balance,
        list_sum(max(borrower.balance, 10)) as ten_borrower_balance
    from borrower
    group by borrower.scope_code
),

counted as (
    select
        loan.scope_code as source_code,
        count(*) as loans,
        sum(loan.outstanding_balance) as balance,
        sum(loan.contract_amount) as contracts,
        max(loan.outstanding_balance) as max_balance,
        max(loan.contract_amount) as max_contract_amount,
        max(loan.term_months) as max_term_months,
        min(loan.term_months) as min_term_months,
        max(loan.remaining_months) as max_remaining_months,
        min(loan.remaining_months) as min_remaining_months,
        max(loan.annual_rate) as max_annual_rate,
        min(loan.annual_rate) as min_annual_rate,
        {% for value in weighted_values() -%}
        sum(loan.outstanding_balance * loan.{{ value }}) as weighted_{{ value }},
        {% endfor -%}
        {{ money("sum(loan.outstanding_balance) filter (where loan.five_class_code = 'normal')") }}
            as normal_balance,
        {{ money('sum(loan.outstanding_balance) filter (where loan.past_due_count = 0)') }}
            as never_past_due_balance,
        {{ money('sum(loan.outstanding_balance) filter (where ' ~ in_thirties('loan.borrower_age') ~ ')') }}
            as thirties_balance,
        -- Figures on the loans whose value is known would be those of another pool.
        {% for value in known_values() -%}
        count(loan.{{ value }}) = count(*) as is_{{ value }}_known,
        {% endfor -%}
        count(loan.loan_id) > 0 as has_loans
    from {{ ref('scope_loan') }} as loan
    group by loan.scope_code
)

select
    report_scope.scope_code,
    counted.*,
    coalesce(counted.loans, 0) as loan_count,
    coalesce(largest.borrower_count, 0) as borrower_count,
    {{ money('counted.balance') }} as outstanding_balance,
    {{ money('counted.contracts') }} as contract_amount,
    largest.five_borrower_balance,
    largest.ten_borrower_balance
from {{ ref('report_scope') }} as report_scope
left join counted on report_scope.source_code = counted.source_code
left join largest on report_scope.source_code = largest.scope_code
