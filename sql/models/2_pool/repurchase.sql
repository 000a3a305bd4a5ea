-- One row per loan that the originator takes back at this cut-off, by a notice or because a warranty is
-- broken. Of a noticed loan that owes nothing any more the amounts are 0.
with warranted as (
    select criterion.*
    from (
        values
        {%- for criterion in criteria() if criterion.is_warrantable %}
        ('{{ criterion.code }}', '{{ criterion.words_zh }}', '{{ criterion.words_en }}')
        {{- ',' if not loop.last }}
        {%- endfor %}
    ) as criterion (criterion_code, words_zh, words_en)
),

taken as (
    select
        loan_month.*,
        case
            when loan_month.repurchase_amount > 0 and warranty.price_code = 'balance_and_interest'
                then loan_month.interest_unpaid
            else 0
        end as interest_amount
    from {{ ref('loan_month') }} as loan_month
    cross join {{ source('deal', 'warranty') }} as warranty
)

select
    taken.loan_id,
    taken.entry_batch,
    taken.entry_date,
    case when notice.loan_id is null then 'warranty' else 'evidence' end as cause_code,
    case when notice.loan_id is null then breach.criterion_code end as criterion_code,
    coalesce(notice.reason, '违反保证：' || warranted.words_zh) as reason_zh,
    coalesce(notice.reason, 'warranty broken: ' || warranted.words_en) as reason_en,
    taken.repurchase_amount as balance_amount,
    {{ money('taken.interest_amount') }} as interest_amount,
    {{ money('taken.repurchase_amount + taken.interest_amount') }} as price_amount,
    notice.notice_sha256,
    notice.list_file_name,
    notice.evidence_file_name,
    notice.evidence_sha256
from taken
left join {{ source('deal', 'repurchase_notice') }} as notice on taken.loan_id = notice.loan_id
left join {{ ref('warranty_breach') }} as breach on taken.loan_id = breach.loan_id
left join warranted on breach.criterion_code = warranted.criterion_code
where notice.loan_id is not null or taken.repurchase_amount > 0
