-- One row per cohort and month since the closing; none where the lake lacks a month of them, for then no sum
-- since the closing is known: loans are there that entered the pool in no month that it has.
with line as (
    select * from {{ source('history', 'cohort_month') }}
    union all
    select * from {{ ref('cohort_month') }}
),

missing as (
    select line.cohort_month
    from line
    where line.cohort_code = 'entry'
    group by line.cohort_month
    having sum(line.purchased_balance) = 0
)

select line.*
from line
where (select count(*) from missing) = 0
