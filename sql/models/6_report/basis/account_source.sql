-- One row per account: what came into it of the pool as the tape has it, null where it receives nothing of
-- it, and what came from elsewhere: the issue, the originator, a called pool, the provider, other
-- accounts.
with received as (
    select
        deal_account.line_number,
        deal_account.account_code,
        string_split(deal_account.received_codes, ',') as kinds
    from {{ source('deal', 'account') }} as deal_account
),

servicer as (
    select
        received.account_code,
        sum(kind.amount) as amount
    from received
    cross join {{ ref('collection') }} as paid
    cross join
        lateral (
            values
            ('principal', paid.principal_paid - paid.prepaid_principal_paid),
            ('prepayment', paid.prepaid_principal_paid),
            ('interest', paid.interest_paid),
            ('fee', paid.fee_paid),
            ('recovery', paid.recovery_amount)
        ) as kind (kind_code, amount)
    where list_contains(received.kinds, kind.kind_code)
    group by received.account_code
),

issued as (
    select sum(note_balance.issued_amount) as amount
    from {{ ref('note_balance') }} as note_balance
)

select
    received.account_code,
    servicer.amount::decimal(18, 2) as servicer_amount,
    {{ money("account_balance.originator_amount + account_balance.support_amount
        + account_balance.transfer_in_amount
        + case when received.line_number = 1 then issued.amount else 0 end
        + case when list_contains(received.kinds, 'repurchase') then paid.repurchase_price_amount else 0 end
        + case when list_contains(received.kinds, 'clean_up') then phase.clean_up_amount else 0 end") }}
        as other_amount
from received
inner join {{ ref('account_balance') }} as account_balance
    on received.account_code = account_balance.account_code
left join servicer on received.account_code = servicer.account_code
cross join issued
cross join {{ ref('collection') }} as paid
cross join {{ ref('phase') }} as phase
