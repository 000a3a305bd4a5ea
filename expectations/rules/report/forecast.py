"""Forecasts of the report: FC-1."""

from expectations.rule import Rule

FORECAST_RULES = (
    Rule(
        "fc_1_does_not_foot",
        "report.fc_1",
        "stop",
        "forecast_amount - actual_amount <> difference_amount or forecast_date >= as_of_date",
        "表FC-1：预测－实际＝差异，预测早于本期",
        "in FC-1, forecast - actual = difference, and the forecast was made before",
        shown=("measure_code", "note_code", "forecast_date", "forecast_amount", "actual_amount"),
    ),
    Rule(
        "fc_1_lacks_forecast",
        "closed.forecast as forecast left join report.fc_1 as line "
        "on line.measure_code = forecast.measure_code and line.note_code = forecast.note_code "
        "and line.forecast_date = forecast.as_of_date",
        "stop",
        "line.forecast_amount <> forecast.forecast_amount or line.line_number is null",
        "表FC-1列出以往对本期的全部预测",
        "FC-1 has every earlier forecast of this month",
        shown=("forecast.measure_code", "forecast.note_code", "forecast.as_of_date"),
    ),
)
