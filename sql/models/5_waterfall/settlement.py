"""One row per deal and month: every payment and every ledger line, for the models beside it."""


def model(dbt, session):
    from deals.tables import admitted_terms
    from waterfall.tables import models

    rows = models.settlement(
        terms=admitted_terms(dbt.source("deal", "admitted")),
        month_start=dbt.ref("month_start"),
        phase=dbt.ref("phase"),
        trigger_test=dbt.ref("trigger_test"),
        purchase=dbt.ref("purchase"),
    )
    # A relation of this session is written in the model's own transaction.
    return session.from_arrow(rows)
