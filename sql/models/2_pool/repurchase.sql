-- One row per loan that the originator takes back at this cut-off, by a notice or because a warranty failed.
-- Of a noticed loan that owes nothing any more the amounts are 0.
with warranted as (
    select criterion.*
    from (
        values
        {%- for criterion in criteria() if criterion.is_warrantable %}
        ('{{ criterion.code }}', '{{ criterion.words_zh }}', '{{ criterion.words_en }}')
        {{- ',' if not loop.last }}
        {%- endfor %}
    ) as criterion (criterion_code, words_zh, words_en)
)

select
    loan_month.deal_id,
    loan_month.as_of_date,
    loan_month.loan_id,
    loan_month.entry_batch,
    loan_month.entry_date,
    case when notice.loan_id is null then 'warranty' else 'evidence' end as cause_code,
    case when notice.loan_id is null then loan_month.failed_warranty_code end as criterion_code,
    coalesce(notice.reason, '违反保证：' || warranted.words_zh) as reason_zh,
    coalesce(notice.reason, 'warranty broken: ' || warranted.words_en) as reason_en,
    loan_month.repurchase_amount as balance_amount,
    loan_month.repurchase_amount as price_amount,
    notice.notice_sha256,
    notice.list_file_name,
    notice.evidence_file_name,
    notice.evidence_sha256
from {{ ref('loan_month') }} as loan_month
left join {{ source('deal', 'repurchase_notice') }} as notice
    on loan_month.loan_id = notice.loan_id
left join warranted on loan_month.failed_warranty_code = warranted.criterion_code
where notice.loan_id is not null or loan_month.repurchase_amount > 0
