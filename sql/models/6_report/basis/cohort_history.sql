-- One row per cohort and month since the closing; none where the lake lacks a month of them, for then no
-- sum since the closing is known.
with line as (
    select * from {{ source('history', 'cohort_month') }}
    union all
    select * from {{ ref('cohort_month') }}
),

missing as (
    select purchase.as_of_date
    from {{ source('history', 'purchase') }} as purchase
    anti join line on purchase.as_of_date = line.as_of_date
    where purchase.closing_pool_balance > 0
)

select line.*
from line
where (select count(*) from missing) = 0
