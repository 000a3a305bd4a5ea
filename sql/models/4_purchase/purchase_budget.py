"""One row per deal and month: the cash that this payment date leaves for buying loans."""


def model(dbt, session):
    from deals.tables import admitted_terms
    from waterfall.tables import models

    rows = models.purchase_budget(
        terms=admitted_terms(dbt.source("deal", "admitted")),
        month_start=dbt.ref("month_start"),
        phase=dbt.ref("phase"),
        trigger_test=dbt.ref("trigger_test"),
    )
    # A relation of this session is written in the model's own transaction.
    return session.from_arrow(rows)
