-- One row per account: opening + in - out = closing (TR-9). What the shortfall provider paid and what other
-- accounts moved in is an inflow; what was moved to other accounts is an outflow.
select
    account_balance.line_number,
    account_balance.account_code,
    deal_account.account_name_zh,
    deal_account.account_name_en,
    account_balance.opening_balance,
    {{ money('account_balance.inflow_amount
        + account_balance.support_amount
        + account_balance.transfer_in_amount') }} as inflow_amount,
    {{ money('account_balance.outflow_amount + account_balance.transfer_out_amount') }}
        as outflow_amount,
    account_balance.closing_balance
from {{ ref('account_balance') }} as account_balance
inner join {{ source('deal', 'account') }} as deal_account
    on account_balance.account_code = deal_account.account_code
