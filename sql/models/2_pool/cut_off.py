"""One row per deal and month: what the triggers decide at the cut-off, for the models beside it."""


def model(dbt, session):
    from deals.tables import admitted_terms
    from waterfall.tables import models
    from waterfall.tables.read import Figures

    period = dbt.source("deal", "period")
    rows = models.decide(
        terms=admitted_terms(dbt.source("deal", "admitted")),
        figures=Figures(
            period=period,
            collection=dbt.ref("collection"),
            pool_balance=dbt.ref("pool_balance"),
            default_rate=dbt.ref("default_rate"),
        ),
        event=dbt.source("deal", "event"),
        ledgers={
            "trigger_test": dbt.source("closed", "trigger_test"),
            "trigger_metric": dbt.source("closed", "trigger_metric"),
            "account_balance": dbt.source("closed", "account_balance"),
            "note_balance": dbt.source("closed", "note_balance"),
            "fee_balance": dbt.source("closed", "fee_balance"),
            "deficiency_balance": dbt.source("closed", "deficiency_balance"),
            "support_balance": dbt.source("closed", "support_balance"),
        },
    )
    # A relation of this session is written in the model's own transaction.
    return session.from_arrow(rows)
