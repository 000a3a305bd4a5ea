"""One row per deal and month: the cash that this payment date leaves for buying loans."""


def model(dbt, session):
    from deals.tables import admitted_terms
    from waterfall.tables import models
    from waterfall.tables.read import Figures

    period = dbt.source("deal", "period")
    rows = models.purchase_budget(
        terms=admitted_terms(dbt.source("deal", "admitted")),
        figures=Figures(
            period=period,
            collection=dbt.ref("collection"),
            pool_balance=dbt.ref("pool_balance"),
            default_rate=dbt.ref("default_rate"),
        ),
        phase=dbt.ref("phase"),
        ledgers={
            "account_balance": dbt.source("closed", "account_balance"),
            "note_balance": dbt.source("closed", "note_balance"),
            "fee_balance": dbt.source("closed", "fee_balance"),
            "deficiency_balance": dbt.source("closed", "deficiency_balance"),
            "support_balance": dbt.source("closed", "support_balance"),
        },
    )
    # A relation of this session is written in the model's own transaction.
    return session.from_arrow(rows)
