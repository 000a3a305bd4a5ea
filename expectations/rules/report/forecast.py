"""Forecasts of the report: FC-1."""

from expectations.rule import Rule

_HORIZONS = {
    1: "line.forecast_amount",
    3: "line.three_months_forecast_amount",
    6: "line.six_months_forecast_amount",
}
"""By the months that a forecast looked ahead, where FC-1 has it."""
_MONTHS_AHEAD = (
    "12 * (year(forecast.target_date) - year(forecast.as_of_date)) "
    "+ month(forecast.target_date) - month(forecast.as_of_date)"
)

FORECAST_RULES = (
    Rule(
        "fc_1_does_not_foot",
        "report.fc_1",
        "stop",
        # The month before may have forecast nothing.
        "(forecast_date is not null or forecast_amount is not null) "
        "and (forecast_amount - actual_amount <> difference_amount or forecast_date >= as_of_date)",
        "表FC-1：预测－实际＝差异，预测早于本期",
        "in FC-1, forecast - actual = difference, and the forecast was made before",
        shown=("measure_code", "note_code", "forecast_date", "forecast_amount", "actual_amount"),
    ),
    Rule(
        "fc_1_lacks_forecast",
        f"(select *, {_MONTHS_AHEAD} as months_ahead from closed.forecast as forecast) as forecast "
        "left join report.fc_1 as line "
        "on line.measure_code = forecast.measure_code and line.note_code = forecast.note_code",
        "stop",
        " or ".join(
            f"(forecast.months_ahead = {months} "
            f"and {column} is distinct from forecast.forecast_amount)"
            for months, column in _HORIZONS.items()
        ),
        "表FC-1列出上月、三个月前及六个月前对本期的预测",
        "FC-1 has the forecasts of this month of one, three and six months before",
        shown=("forecast.measure_code", "forecast.note_code", "forecast.as_of_date"),
    ),
)
