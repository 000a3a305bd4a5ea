-- One row per scope: sums, bounds and weights over its loans, and of which of them every loan's value is
-- known.
with borrower as (
    select
        scope_loan.scope_code,
        scope_loan.borrower_id,
        sum(scope_loan.outstanding_balance) as balance
    from {{ ref('scope_loan') }} as scope_loan
    group by scope_loan.scope_code, scope_loan.borrower_id
),

largest as (
    select
        borrower.scope_code,
        max(borrower.balance, 5) as five_balances,
        max(borrower.balance, 10) as ten_balances
    from borrower
    group by borrower.scope_code
)

select
    report_scope.scope_code,
    count(loan.loan_id) as loan_count,
    count(distinct loan.borrower_id) as borrower_count,
    {{ money('sum(loan.outstanding_balance)') }} as outstanding_balance,
    {{ money('sum(loan.contract_amount)') }} as contract_amount,
    max(loan.outstanding_balance) as max_balance,
    max(loan.contract_amount) as max_contract_amount,
    max(loan.term_months) as max_term_months,
    min(loan.term_months) as min_term_months,
    max(loan.remaining_months) as max_remaining_months,
    min(loan.remaining_months) as min_remaining_months,
    max(loan.annual_rate) as max_annual_rate,
    min(loan.annual_rate) as min_annual_rate,
    {%- for value in weighted_values() %}
    sum(loan.outstanding_balance * loan.{{ value }}) as weighted_{{ value }},
    {%- endfor %}
    {{ money("sum(loan.outstanding_balance) filter (loan.five_class_code = 'normal')") }} as normal_balance,
    {{ money('sum(loan.outstanding_balance) filter (loan.past_due_count = 0)') }} as never_past_due_balance,
    {{ money('sum(loan.outstanding_balance) filter (' ~ is_in_their_thirties('loan.borrower_age') ~ ')') }}
        as thirties_balance,
    any_value(list_sum(largest.five_balances)) as five_borrower_balance,
    any_value(list_sum(largest.ten_balances)) as ten_borrower_balance,
    -- Figures on the loans whose value is known would be those of another pool.
    {%- for value in known_values() %}
    count(loan.{{ value }}) = count(loan.loan_id) as is_{{ value }}_known
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
from {{ ref('report_scope') }} as report_scope
left join {{ ref('scope_loan') }} as loan on report_scope.source_code = loan.scope_code
left join largest on report_scope.source_code = largest.scope_code
group by report_scope.scope_code
