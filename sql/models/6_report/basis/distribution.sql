-- One row per scope, dimension and bucket or code, and their total: loans and balance, of the pool after
-- the purchase beside the last report; and those of the initial pool, which each later month keeps as
-- they were.
select
    (
        row_number() over (
            partition by beside.scope_code, beside.dimension_code
            order by
                beside.bucket_code = 'total',
                beside.bucket_code = 'unknown',
                beside.bucket_order nulls last,
                -beside.outstanding_balance nulls last,
                beside.bucket_code
        )
    )::integer as line_number,
    beside.scope_code,
    beside.dimension_code,
    beside.bucket_set_code,
    beside.bucket_code,
    beside.bucket_order::decimal(18, 6) as bucket_order,
    beside.bucket_zh,
    beside.bucket_en,
    coalesce(beside.previous_loan_count, beside.zero)::bigint as previous_loan_count,
    coalesce(beside.previous_outstanding_balance, beside.zero)::decimal(18, 2) as previous_balance,
    coalesce(beside.loan_count, beside.zero)::bigint as loan_count,
    coalesce(beside.outstanding_balance, beside.zero)::decimal(18, 2) as outstanding_balance,
    {% for share in ['loan_count_share', 'balance_share'] -%}
    coalesce(beside.previous_{{ share }}, beside.zero_previous_share)::decimal(9, 6) as previous_{{ share }},
    coalesce(beside.{{ share }}, beside.zero_share)::decimal(9, 6) as {{ share }},
    {% endfor -%}
    {{ divide('beside.outstanding_balance', 'beside.loan_count', 2) }} as mean_balance
from {{ ref('distribution_beside') }} as beside
union all by name
select initial.* exclude (deal_id, as_of_date)
from {{ source('closed', 'distribution') }} as initial
where initial.scope_code = 'initial'
