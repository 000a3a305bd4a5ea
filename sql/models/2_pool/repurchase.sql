-- One row per loan that the originator takes back at this cut-off: by a notice, because a warranty is broken,
-- or as the tape reports, at the price that it reports. Of a noticed loan that owes nothing any more the
-- amounts are 0.
with taken as (
    select
        loan_month.*,
        returned.loan_id is not null as is_returned,
        case
            when returned.loan_id is not null
                then returned.repurchase_price_amount - loan_month.repurchase_amount
            when loan_month.repurchase_amount > 0 and warranty.price_code = 'balance_and_interest'
                then loan_month.interest_unpaid
            else 0
        end as interest_amount
    from {{ ref('loan_month') }} as loan_month
    left join {{ source('deal', 'warranty') }} as warranty on true
    left join {{ ref('loan_tape') }} as returned
        on loan_month.loan_id = returned.loan_id and returned.status_code = 'repurchased'
)

select
    taken.loan_id,
    taken.entry_batch,
    taken.entry_date,
    case
        when notice.loan_id is not null then 'evidence'
        when taken.is_returned then 'reported'
        else 'warranty'
    end as cause_code,
    case when notice.loan_id is null and not taken.is_returned then breach.criterion_code end
        as criterion_code,
    notice.reason as notice_reason,
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
where notice.loan_id is not null or taken.repurchase_amount > 0
