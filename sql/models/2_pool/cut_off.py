"""One row per deal and month: what the triggers decide at the cut-off, for the models beside it."""


def model(dbt, session):
    from deals.tables import admitted_terms
    from waterfall.tables import models

    rows = models.decide(
        terms=admitted_terms(dbt.source("deal", "admitted")),
        month_start=dbt.ref("month_start"),
        event=dbt.source("deal", "event"),
    )
    # A relation of this session is written in the model's own transaction.
    return session.from_arrow(rows)
