-- One row per figure of a month to come, as this close forecasts it under the assumptions of the deal's
-- terms, to the deal's end; none where the terms state no forecast.
select
    figure.target_date,
    figure.measure_code,
    figure.note_code,
    figure.forecast_amount
from {{ ref('forecast_line') }} as figure
