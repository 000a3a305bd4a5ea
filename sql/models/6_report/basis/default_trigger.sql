-- One row per cut-off so far at which a trigger on cumulative defaults was tested: of several triggers, the
-- one with the lowest threshold.
with test as (
    select * from {{ source('history', 'trigger_test') }}
    union all
    select * from {{ ref('trigger_test') }}
)

select
    test.as_of_date,
    test.threshold_rate,
    test.is_in_force
from test
where test.metric_code in ('cumulative_default_rate', 'cumulative_default_rate_initial')
qualify
    row_number() over (partition by test.as_of_date order by test.threshold_rate, test.trigger_code) = 1
