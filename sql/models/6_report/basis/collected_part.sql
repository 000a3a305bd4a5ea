-- One row: interest and principal collected in the month, each by the status of the loan at the opening and
-- the kind of the payment. All that a loan in default pays is of it. Of the others principal is of its own
-- kind; interest is overdue of a loan that was past due, prepaid of one that also prepaid principal, else
-- normal. It is unknown where the loan's days past due were, and no such principal tells.
with paid as (
    select
        loan_month.*,
        loan_month.opening_status_code = 'defaulted' as was_defaulted,
        case
            when loan_month.opening_status_code = 'defaulted' then 'defaulted'
            when
                loan_month.opening_status_code like 'overdue%'
                or (loan_month.opening_status_code = 'unknown' and loan_month.overdue_principal_paid > 0)
                then 'overdue'
            when loan_month.prepaid_principal_paid > 0 then 'prepaid'
            when loan_month.opening_status_code = 'unknown' then 'unknown'
            else 'normal'
        end as interest_kind_code
    from {{ ref('loan_month') }} as loan_month
)

select
    {{ money("sum(paid.interest_paid) filter (where paid.interest_kind_code = 'normal')") }}
        as normal_interest,
    {{ money("sum(paid.interest_paid) filter (where paid.interest_kind_code = 'prepaid')") }}
        as prepaid_interest,
    {{ money("sum(paid.interest_paid) filter (where paid.interest_kind_code = 'overdue')") }}
        as overdue_interest,
    {{ money("sum(paid.interest_paid) filter (where paid.interest_kind_code = 'defaulted')") }}
        as defaulted_interest,
    {{ money("sum(paid.interest_paid) filter (where paid.interest_kind_code = 'unknown')") }}
        as unknown_interest,
    {{ money('sum(paid.scheduled_principal_paid) filter (where not paid.was_defaulted)') }}
        as normal_principal,
    {{ money('sum(paid.prepaid_principal_paid) filter (where not paid.was_defaulted)') }}
        as prepaid_principal,
    {{ money('sum(paid.overdue_principal_paid) filter (where not paid.was_defaulted)') }}
        as overdue_principal,
    {{ money('sum(
        paid.scheduled_principal_paid + paid.prepaid_principal_paid + paid.overdue_principal_paid
    ) filter (where paid.was_defaulted)') }} as defaulted_principal
from paid
