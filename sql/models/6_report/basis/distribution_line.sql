-- One row per scope, dimension and bucket or code of the month, with its words and its place: every
-- bucket of a set where the value of any loan is known, and of the others those that have loans.
with counted as (
    select
        report_scope.scope_code,
        distribution_sum.dimension_code,
        distribution_sum.bucket_number,
        distribution_sum.value_code,
        distribution_sum.loan_count,
        distribution_sum.borrower_count,
        distribution_sum.outstanding_balance
    from {{ ref('distribution_sum') }} as distribution_sum
    inner join {{ ref('report_scope') }} as report_scope
        on distribution_sum.scope_code = report_scope.source_code
),

known as (
    select distinct
        counted.scope_code,
        counted.dimension_code
    from counted
    where counted.bucket_number > 0
)

select
    known.scope_code,
    bucket.dimension_code,
    bucket.bucket_code,
    bucket.bucket_order,
    bucket.bucket_zh,
    bucket.bucket_en,
    coalesce(counted.loan_count, 0) as loan_count,
    counted.borrower_count,
    coalesce(counted.outstanding_balance, 0) as outstanding_balance
from known
inner join {{ source('deal', 'bucket') }} as bucket on known.dimension_code = bucket.dimension_code
left join counted
    on
        known.scope_code = counted.scope_code
        and bucket.dimension_code = counted.dimension_code
        and bucket.bucket_number = counted.bucket_number
where bucket.is_stated or counted.loan_count is not null
union all
select
    counted.scope_code,
    counted.dimension_code,
    counted.value_code as bucket_code,
    case when counted.dimension_code in ('{{ ranked_dimensions() | join("', '") }}') then word.word_number end
        as bucket_order,
    coalesce(word.word_zh, counted.value_code) as bucket_zh,
    coalesce(word.word_en, counted.value_code) as bucket_en,
    counted.loan_count,
    counted.borrower_count,
    counted.outstanding_balance
from counted
left join {{ source('words', 'code') }} as word
    on counted.dimension_code = word.column_name and counted.value_code = word.code
where counted.value_code != 'unknown'
union all
select
    counted.scope_code,
    counted.dimension_code,
    'unknown' as bucket_code,
    null as bucket_order,
    item.item_zh as bucket_zh,
    item.item_en as bucket_en,
    counted.loan_count,
    counted.borrower_count,
    counted.outstanding_balance
from counted
inner join {{ source('words', 'item') }} as item
    on item.table_name = 'distribution' and item.item_code = 'unknown'
where counted.bucket_number = 0 or counted.value_code = 'unknown'
