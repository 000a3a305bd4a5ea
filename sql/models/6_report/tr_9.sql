-- One row per account: opening + in - out = closing (TR-9). What the shortfall provider paid is an inflow.
select
    account_balance.deal_id,
    account_balance.as_of_date,
    1 as line_number,
    account_balance.account_code,
    account_balance.opening_balance,
    {{ money('account_balance.inflow_amount + account_balance.support_amount') }} as inflow_amount,
    account_balance.outflow_amount,
    account_balance.closing_balance
from {{ ref('account_balance') }} as account_balance
