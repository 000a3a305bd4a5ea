-- One row per month in which loans of the originator's book were paid out, in the first month alone and of a
-- pool that is drawn from that book: what the tape says of them. Null is a sum over a value that is not known
-- of every loan.
with loan as (
    select
        strftime(tape.origination_date, '%Y-%m') as origination_month,
        tape.origination_date between period.collection_start_date and period.as_of_date as is_new,
        {{ payment_status('tape.days_past_due') }} as status_code,
        {{ months_between('tape.origination_date', 'period.as_of_date') }} as months_on_book,
        tape.*
    from {{ source('deal', 'period') }} as period
    cross join {{ source('deal', 'term') }} as term
    inner join {{ ref('loan_tape') }} as tape
        on period.is_first and term.initial_pool_code = 'random_draw'
)

select
    loan.origination_month,
    bool_or(loan.is_new) as is_new,
    any_value(loan.months_on_book) as months_on_book,
    count(*) filter (where loan.is_new) as new_loan_count,
    count(*) filter (where loan.is_new is null) as undated_loan_count,
    count(*) filter (where loan.closing_balance > 0) as loan_count,
    case when count(loan.contract_amount) = count(*) then sum(loan.contract_amount) end::decimal(18, 2)
        as contract_amount,
    sum(loan.opening_balance)::decimal(18, 2) as opening_balance,
    sum(loan.scheduled_principal_paid)::decimal(18, 2) as scheduled_principal_paid,
    sum(loan.overdue_principal_paid)::decimal(18, 2) as overdue_principal_paid,
    {{ money('sum(coalesce(loan.adjustment_amount, 0) + coalesce(loan.unexplained_amount, 0))') }}
        as adjustment_amount,
    sum(loan.closing_balance)::decimal(18, 2) as outstanding_balance,
    {%- for status in (
        'current', 'overdue_1_30', 'overdue_31_60', 'overdue_61_90', 'overdue_over_90', 'unknown'
    ) %}
    {{ money("sum(loan.closing_balance) filter (where loan.status_code = '" ~ status ~ "')") }}
        as {{ status }}_balance,
    {%- endfor %}
    case
        when count(loan.five_class_code) = count(*)
            then
                sum(
                    case
                        when loan.five_class_code in ('substandard', 'doubtful', 'loss')
                            then loan.closing_balance
                        else 0
                    end
                )
    end::decimal(18, 2) as non_performing_balance,
    case
        when count(loan.prepaid_principal_paid) = count(*) then sum(loan.prepaid_principal_paid)
    end::decimal(18, 2) as prepaid_principal_paid,
    case when count(loan.write_off_amount) = count(*) then sum(loan.write_off_amount) end::decimal(18, 2)
        as write_off_amount,
    case when count(loan.recovery_amount) = count(*) then sum(loan.recovery_amount) end::decimal(18, 2)
        as recovery_amount
from loan
group by loan.origination_month
