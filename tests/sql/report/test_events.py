"""TR-10, TR-16 and PP-5: what the month tells of purchases, events and their early end."""

from datetime import date
from typing import Any

from tests.sql.small_month import Month

JULY, OCTOBER = date(2017, 7, 31), date(2017, 10, 31)


def events(month: Month) -> list[tuple[Any, ...]]:
    """Event, since when, and the metric and effect of its trigger, in the order of the table."""
    rows = sorted(month.rows("report.tr_16"), key=lambda row: row["line_number"])
    names = ("event_code", "since_date", "metric_code", "effect_code")
    return [tuple(row[name] for name in names) for row in rows]


def results(month: Month) -> dict[str, str]:
    return month.column("report.pp_5", "trigger_code", "early_end_code")


def test_tr_16_tells_of_a_breach_of_what_follows_and_of_its_cure(
    split_july: Month, split_august: Month, split_september: Month
) -> None:
    overdue = ("overdue_rate", "accelerate")
    assert events(split_july) == [("trigger_breached", JULY, *overdue)]
    assert events(split_august) == [
        ("trigger_acts", JULY, *overdue),
        ("phase_accelerated", date(2017, 8, 31), None, None),
    ]
    assert events(split_september) == [
        ("phase_revolving", date(2017, 9, 30), None, None),
        ("trigger_cured", date(2017, 9, 30), *overdue),
    ]


def test_tr_16_sets_what_was_entered_beside_what_follows_from_it(split_called: Month) -> None:
    told = [code for code, *_ in events(split_called)]
    assert told == ["phase_clean_up", "trigger_breached", "clean_up_call"]
    origins = split_called.column("report.tr_16", "event_code", "origin_code")
    assert origins == {
        "phase_clean_up": "told",
        "trigger_breached": "told",
        "clean_up_call": "entered",
    }


def test_the_first_payment_date_as_it_was_planned_is_no_event(july: Month) -> None:
    assert events(july) == []


def test_pp_5_says_of_each_trigger_what_it_means_for_the_purchases(
    july: Month, july_over: Month, split_july: Month, split_august: Month, split_september: Month
) -> None:
    assert results(july) == {"default_rate": "goes_on"}
    assert results(july_over) == {"default_rate": "ended"}
    others = {"serious": "goes_on", "dismissed": "goes_on"}
    assert results(split_july) == {"overdue": "ends_next"} | others
    assert results(split_august) == {"overdue": "ended"} | others
    assert results(split_september) == {"overdue": "cured"} | others


def test_pp_5_says_of_a_purchase_period_that_has_ended_as_planned_that_it_is_over(
    repaid: Month,
) -> None:
    assert results(repaid) == {"default_rate": "over"}


def test_pp_5_has_no_rate_of_an_event_and_no_line_of_a_deal_that_buys_nothing(
    split_july: Month, static_second: Month, closing: Month
) -> None:
    event = split_july.row("report.pp_5", "trigger_code = 'dismissed'")
    assert (event["event_code"], event["metric_rate"], event["threshold_rate"]) == (
        "server_dismiss",
        None,
        None,
    )
    assert static_second.rows("report.pp_5") == closing.rows("report.pp_5") == []


def test_tr_10_leads_to_the_tables_of_the_purchase(split_july: Month, split_august: Month) -> None:
    """July bought the one loan on offer, 50.00, with 63.47; August bought nothing."""
    july = split_july.column("report.tr_10", "purchase_item_code", "current_value")
    assert (july["available"], july["price"], july["purchased_loan_count"]) == (
        split_july.row("purchase.purchase")["available_amount"],
        50,
        1,
    )
    assert july["ending_triggers"] == 1
    before = split_august.column("report.tr_10", "purchase_item_code", "previous_value")
    assert before == july
    assert {row["report_table_id"] for row in split_july.rows("report.tr_10")} == {
        "PP-1",
        "PP-2",
        "PP-4",
        "PP-5",
    }


def test_tr_10_of_a_deal_that_buys_nothing_has_no_line(static_first: Month) -> None:
    assert static_first.rows("report.tr_10") == []


def test_tr_10_counts_the_limits_that_the_pool_does_not_keep(over_limits: Month) -> None:
    broken = over_limits.rows("purchase.pool_limit", "not is_met_after")
    items = over_limits.column("report.tr_10", "purchase_item_code", "current_value")
    assert items["broken_limits"] == len(broken) > 0
