"""Triggers, support and the clean-up call, from the tables of a deal's TOML file."""

from decimal import Decimal
from typing import get_args

from deals.file.kinds import (
    CODE,
    DATE,
    FLAG,
    MONEY,
    RATE,
    RATIO,
    SOME_CODES,
    TEXT,
    count,
    one_of,
    some_of,
)
from deals.file.table import Table
from deals.terms.events import EVENTS
from deals.terms.payments import (
    CleanUpCall,
    Restriction,
    Support,
    SupportedDebt,
)
from deals.terms.triggers import (
    FLOWS_OF_THE_POOL,
    MEANS_OF_THREE_MONTHS,
    MOST_AVERAGED,
    BreachedWhen,
    Effect,
    Metric,
    Rolling,
    Trigger,
)


def build_trigger(table: Table) -> Trigger:
    """A trigger with one threshold, or with one from each of several periods on."""
    metric = table.get("metric", one_of(*get_args(Metric)))
    if metric == "event":
        thresholds = ((0, Decimal(0)),)
    elif "thresholds" in table:
        rows = table.tables("thresholds")
        period = count(0, 600)
        thresholds = tuple(
            (row.get("from_period", period), row.get("threshold", RATIO)) for row in rows
        )
    else:
        thresholds = ((0, table.get("threshold", RATIO)),)
    return Trigger(
        code=table.get("code", CODE),
        metric=metric,
        thresholds=thresholds or ((0, Decimal(0)),),
        effect=table.get("effect", one_of(*get_args(Effect))),
        breached_when=table.get_or("breached_when", one_of(*get_args(BreachedWhen)), "over"),
        is_curable=table.get("is_curable", FLAG),
        acts=table.get("acts", one_of("this", "next")),
        event_code=table.get("event_code", one_of(*EVENTS)) if metric == "event" else "",
        clause=table.get_or("clause", TEXT, ""),
        average_months=_average_months(table, metric),
        rolling=_rolling(table, metric),
    )


def _average_months(table: Table, metric: Metric) -> int:
    """A mean by name, and an event, has no months of its own."""
    if metric == "event" or metric in MEANS_OF_THREE_MONTHS:
        return 1
    return table.get_or("average_months", count(1, MOST_AVERAGED), 1)


def _rolling(table: Table, metric: Metric) -> Rolling:
    """Only a flow over the opening pool may be summed; another metric has no such key."""
    if metric not in FLOWS_OF_THE_POOL:
        return "mean"
    return table.get_or("rolling", one_of(*get_args(Rolling)), "mean")


def build_support(table: Table) -> Support:
    kind = table.get("kind", one_of("capped", "revolving", "one_time"))
    return Support(
        provider_zh=table.get("provider_zh", TEXT),
        provider_en=table.get("provider_en", TEXT),
        covers=table.get("covers", SOME_CODES),
        limit_fen=table.get("limit", MONEY) if "limit" in table else None,
        kind=kind,
        limit_per_date_fen=table.get("limit_per_date", MONEY)
        if "limit_per_date" in table
        else None,
        restrictions=tuple(map(_restriction, table.tables("restrictions", is_required=False))),
    )


def _restriction(table: Table) -> Restriction:
    return Restriction(
        note=table.get("code", CODE),
        pays=table.get("pays", some_of(*get_args(SupportedDebt))),
        start=table.get("from", DATE) if "from" in table else None,
    )


def build_call(table: Table) -> CleanUpCall:
    return CleanUpCall(
        threshold=table.get("threshold", RATE),
        price_share=table.get("price_share", RATIO),
        replaces_priority=table.get("replaces_priority", FLAG),
        acts=table.get("acts", one_of("this", "next")),
        callable_when=table.get_or("callable_when", one_of("at_or_under", "under"), "at_or_under"),
    )
