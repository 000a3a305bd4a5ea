-- One row: the cash of the month that the pool did not bring: what the accounts carried over from the last
-- period, by what they keep apart, and what came from outside.
with carried as (
    select
        sum(account_balance.opening_balance) filter (where deal_account.account_part_code = 'income')
            as income_carried,
        sum(account_balance.opening_balance) filter (where deal_account.account_part_code = 'principal')
            as principal_carried,
        sum(account_balance.opening_balance) filter (where deal_account.account_part_code = 'total')
            as other_carried,
        {{ money('sum(account_balance.originator_amount)') }} as originator_amount,
        {{ money('sum(account_balance.support_amount)') }} as support_amount
    from {{ ref('account_balance') }} as account_balance
    inner join {{ source('deal', 'account') }} as deal_account
        on account_balance.account_code = deal_account.account_code
),

issued as (
    select {{ money('sum(note_balance.issued_amount)') }} as issued_amount
    from {{ ref('note_balance') }} as note_balance
)

select
    carried.income_carried,
    carried.principal_carried,
    carried.other_carried,
    carried.support_amount,
    {{ money('issued.issued_amount + carried.originator_amount') }} as paid_in_amount,
    {{ money('phase.clean_up_amount') }} as clean_up_amount,
    -- No tape and no term states what the cash of the accounts earns.
    null::decimal(18, 2) as investment_amount
from carried
cross join issued
cross join {{ ref('phase') }} as phase
