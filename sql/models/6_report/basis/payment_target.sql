-- One row per fee, note and account that a payment goes to, with its names.
select
    'fee' as target_kind,
    fee.fee_code as target_code,
    fee.fee_name_zh as name_zh,
    fee.fee_name_en as name_en
from {{ source('deal', 'fee') }} as fee
union all
select
    'note' as target_kind,
    note.note_code as target_code,
    note.note_name_zh as name_zh,
    note.note_name_en as name_en
from {{ source('deal', 'note') }} as note
union all
select
    'account' as target_kind,
    deal_account.account_code as target_code,
    deal_account.account_name_zh as name_zh,
    deal_account.account_name_en as name_en
from {{ source('deal', 'account') }} as deal_account
union all
select
    'deal' as target_kind,
    '' as target_code,
    '' as name_zh,
    '' as name_en
