-- One row per scope, dimension and bucket or code of the month, and of the last report where this one
-- does not have it; with what stands for a line that one of them lacks.
with last_month as (
    select
        distribution.*,
        max(distribution.bucket_set_code) over (partition by distribution.dimension_code) as whole_set_code
    from {{ source('closed', 'distribution') }} as distribution
    where distribution.scope_code = 'pool' and distribution.loan_count is not null
),

divided as (
    select
        one.dimension_code,
        any_value(one.bucket_set_code) as bucket_set_code,
        count(earlier.dimension_code) > 0
        and coalesce(any_value(one.bucket_set_code), '') = coalesce(any_value(earlier.whole_set_code), '')
            as is_as_before,
        max(one.loan_count) > 0 as has_loans,
        max(earlier.loan_count) > 0 as had_loans
    from {{ ref('distribution_share') }} as one
    left join last_month as earlier on one.dimension_code = earlier.dimension_code
    where one.scope_code = 'pool'
    group by one.dimension_code
)

select
    coalesce(one.scope_code, 'pool') as scope_code,
    divided.dimension_code,
    coalesce(one.bucket_set_code, earlier.bucket_set_code) as bucket_set_code,
    coalesce(one.bucket_code, earlier.bucket_code) as bucket_code,
    coalesce(one.bucket_order, earlier.bucket_order) as bucket_order,
    coalesce(one.bucket_zh, earlier.bucket_zh) as bucket_zh,
    coalesce(one.bucket_en, earlier.bucket_en) as bucket_en,
    case when coalesce(one.scope_code, 'pool') = 'pool' and divided.is_as_before then 0 end as zero,
    -- The shares of an empty pool say nothing.
    case when divided.has_loans then zero end as zero_share,
    case when divided.had_loans then zero end as zero_previous_share,
    {%- for figure in ['loan_count', 'loan_count_share', 'outstanding_balance', 'balance_share'] %}
    one.{{ figure }},
    earlier.{{ figure }} as previous_{{ figure }}{% if not loop.last %},{% endif %}
    {%- endfor %}
from {{ ref('distribution_share') }} as one
full join last_month as earlier
    on
        one.scope_code = earlier.scope_code
        and one.dimension_code = earlier.dimension_code
        and one.bucket_code = earlier.bucket_code
inner join divided on coalesce(one.dimension_code, earlier.dimension_code) = divided.dimension_code
where one.bucket_code is not null or earlier.loan_count > 0
