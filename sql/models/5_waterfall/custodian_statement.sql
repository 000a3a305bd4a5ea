-- One row per account: what the custodian's statement of the month says of it; null is what it leaves out,
-- and all of it where none was given.
select
    deal_account.line_number,
    deal_account.account_code,
    stated.opening_balance,
    stated.inflow_amount,
    stated.outflow_amount,
    stated.closing_balance,
    stated.statement_file_name,
    stated.statement_sha256
from {{ source('deal', 'account') }} as deal_account
left join {{ source('deal', 'custodian_statement') }} as stated
    on deal_account.account_code = stated.account_code
