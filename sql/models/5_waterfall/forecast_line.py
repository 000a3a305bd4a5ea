"""One row per figure of a month to come: what the deal's terms assume, for the model beside it."""


def model(dbt, session):
    from deals.tables import admitted_terms
    from waterfall.tables.closed_month import MonthTables
    from waterfall.tables.forecast import forecast

    period = dbt.source("deal", "period")
    (month,) = period.project("month").fetchone()
    rows = forecast(
        admitted_terms(dbt.source("deal", "admitted")),
        month,
        MonthTables(
            ledgers={
                "account_balance": dbt.ref("account_balance"),
                "note_balance": dbt.ref("note_balance"),
                "fee_balance": dbt.ref("fee_balance"),
                "deficiency_balance": dbt.ref("deficiency_balance"),
                "support_balance": dbt.ref("support_balance"),
                "trigger_test": dbt.ref("trigger_test"),
                "trigger_metric": dbt.source("closed", "trigger_metric").union(
                    dbt.ref("trigger_metric")
                ),
            },
            purchase=dbt.ref("purchase"),
            default_rate=dbt.ref("default_rate"),
            collection=dbt.ref("collection"),
            pool_loan=dbt.ref("pool_loan"),
            event=dbt.source("deal", "event"),
            waiting_collection=dbt.ref("waiting_collection"),
        ),
    )
    # A relation of this session is written in the model's own transaction.
    return session.from_arrow(rows)
