-- One row per pool limit: its value before the purchase of the month and after it (PP-4). Who a borrower
-- is, is not reported.
with stopped as (
    select
        passed_over.stopped_by_code,
        sum(passed_over.candidate_count)::bigint as candidate_count
    from {{ ref('passed_over') }} as passed_over
    group by passed_over.stopped_by_code
)

select
    pool_limit.limit_number as line_number,
    pool_limit.limit_name_zh,
    pool_limit.limit_name_en,
    pool_limit.unit_code,
    pool_limit.comparison_code,
    pool_limit.threshold_value,
    pool_limit.before_value,
    case
        when pool_limit.limit_kind_code != 'largest_borrower' then pool_limit.before_group_name
    end as before_group_name,
    pool_limit.is_met_before,
    pool_limit.after_value,
    case
        when pool_limit.limit_kind_code != 'largest_borrower' then pool_limit.after_group_name
    end as after_group_name,
    pool_limit.is_met_after,
    coalesce(stopped.candidate_count, 0) as passed_over_loan_count
from {{ ref('pool_limit') }} as pool_limit
left join stopped on pool_limit.limit_code = stopped.stopped_by_code
