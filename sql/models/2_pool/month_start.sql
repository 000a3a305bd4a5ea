-- One row: what the engine pays the month from, its figures and the ledgers of the month before, each a list
-- of the table's rows.
select
    period.month,
    {{ rows_of(ref('collection')) }} as collection,
    {{ rows_of(ref('pool_balance')) }} as pool_balance,
    {{ rows_of(ref('default_rate')) }} as default_rate,
    {{ rows_of(source('closed', 'waiting_collection')) }} as waiting_collection,
    {{ rows_of(source('closed', 'account_balance')) }} as account_balance,
    {{ rows_of(source('closed', 'note_balance')) }} as note_balance,
    {{ rows_of(source('closed', 'fee_balance')) }} as fee_balance,
    {{ rows_of(source('closed', 'deficiency_balance')) }} as deficiency_balance,
    {{ rows_of(source('closed', 'support_balance')) }} as support_balance,
    {{ rows_of(source('closed', 'trigger_test')) }} as trigger_test,
    {{ rows_of(source('closed', 'trigger_metric')) }} as trigger_metric
from {{ source('deal', 'period') }} as period
