-- One row per figure of a month to come, as this close forecasts it under the assumptions of the deal's
-- terms, to the deal's end; none where the terms state no forecast.
select
    period.deal_id,
    period.as_of_date,
    figure.target_date,
    figure.measure_code,
    figure.note_code,
    figure.forecast_amount
from {{ ref('forecast_line') }} as figure
cross join {{ source('deal', 'period') }} as period
