-- One row per figure of this month that an earlier close forecast: the forecasts of the month before, of
-- three and of six months before, side by side (FC-1). forecast - actual = difference; an error is the
-- difference over the actual figure, unknown where that is not above zero. Every forecast is kept in
-- waterfall.forecast.
with horizon as (
    select
        unnest([1, 3, 6]) as months_ahead,
        unnest(['last', 'three_months', 'six_months']) as horizon_code
),

made as (
    select
        forecast.measure_code,
        forecast.note_code,
        max(forecast.as_of_date) filter (where horizon.horizon_code = 'last') as forecast_date,
        max(forecast.forecast_amount) filter (where horizon.horizon_code = 'last') as forecast_amount,
        max(forecast.forecast_amount) filter (where horizon.horizon_code = 'three_months')
            as three_months_amount,
        max(forecast.forecast_amount) filter (where horizon.horizon_code = 'six_months')
            as six_months_amount
    from {{ source('closed', 'forecast') }} as forecast
    inner join horizon
        on {{ months_between('forecast.as_of_date', 'forecast.target_date') }} = horizon.months_ahead
    group by forecast.measure_code, forecast.note_code
)

select
    row_number() over (order by actual.line_number)::integer as line_number,
    actual.measure_code,
    actual.note_code,
    made.forecast_date,
    made.forecast_amount,
    actual.actual_amount,
    (made.forecast_amount - actual.actual_amount)::decimal(18, 2) as difference_amount,
    {{ divide('made.forecast_amount - actual.actual_amount', 'actual.actual_amount') }} as error_rate,
    made.three_months_amount as three_months_forecast_amount,
    {{ divide('made.three_months_amount - actual.actual_amount', 'actual.actual_amount') }}
        as three_months_error_rate,
    made.six_months_amount as six_months_forecast_amount,
    {{ divide('made.six_months_amount - actual.actual_amount', 'actual.actual_amount') }}
        as six_months_error_rate
from made
inner join {{ ref('actual_figure') }} as actual
    on made.measure_code = actual.measure_code and made.note_code = actual.note_code
