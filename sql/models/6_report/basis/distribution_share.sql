-- One row per line of a distribution and its total, with the set of buckets that divides it and its
-- shares; the pool has totals even when it is empty.
with dimension as (
    select
        report_scope.scope_code,
        code.dimension_code,
        any_value(bucket.bucket_set_code) as bucket_set_code
    from {{ ref('report_scope') }} as report_scope
    cross join unnest({{ code_list(bucketed_dimensions() + coded_dimensions()) }}) as code (dimension_code)
    left join {{ source('deal', 'bucket') }} as bucket on code.dimension_code = bucket.dimension_code
    group by report_scope.scope_code, code.dimension_code
),

total as (
    select
        dimension.scope_code,
        dimension.dimension_code,
        coalesce(sum(part.loan_count), 0)::bigint as loan_count,
        {{ money('sum(part.outstanding_balance)') }} as outstanding_balance
    from dimension
    left join {{ ref('distribution_line') }} as part
        on dimension.scope_code = part.scope_code and dimension.dimension_code = part.dimension_code
    group by dimension.scope_code, dimension.dimension_code
),

shared as (
    select
        part.scope_code,
        part.dimension_code,
        part.bucket_code,
        part.bucket_order,
        part.bucket_zh,
        part.bucket_en,
        part.loan_count,
        part.outstanding_balance,
        {{ largest_remainder_share(
            'part.loan_count', 'total.loan_count', 'part.bucket_code', 'part.scope_code, part.dimension_code'
        ) }} as loan_count_share,
        {{ largest_remainder_share(
            'part.outstanding_balance', 'total.outstanding_balance', 'part.bucket_code',
            'part.scope_code, part.dimension_code'
        ) }} as balance_share
    from {{ ref('distribution_line') }} as part
    inner join total on part.scope_code = total.scope_code and part.dimension_code = total.dimension_code
    union all
    select
        total.scope_code,
        total.dimension_code,
        'total' as bucket_code,
        null as bucket_order,
        item.item_zh as bucket_zh,
        item.item_en as bucket_en,
        total.loan_count,
        total.outstanding_balance,
        case when total.loan_count > 0 then 1 end as loan_count_share,
        case when total.outstanding_balance > 0 then 1 end as balance_share
    from total
    inner join {{ source('words', 'item') }} as item
        on item.table_name = 'distribution' and item.item_code = 'total'
)

select
    shared.*,
    dimension.bucket_set_code
from shared
inner join dimension
    on shared.scope_code = dimension.scope_code and shared.dimension_code = dimension.dimension_code
