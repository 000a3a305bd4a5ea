"""One row per purchase of the month and loan that it takes, and per reason for which it passes loans over.

Whole loans, in the order of a hash keyed by the deal's seed, the purchase date and the loan; each is
taken if the cash and every limit of the pool allow it.
"""


def model(dbt, session):
    from deals.tables import admitted_terms
    from waterfall.draw.purchases import draw_month

    rows = draw_month(
        session,
        terms=admitted_terms(dbt.source("deal", "admitted")),
        phase=dbt.ref("phase"),
        purchase_day=dbt.source("deal", "purchase_day"),
        candidates=dbt.ref("candidate"),
        loan_tape=dbt.ref("loan_tape"),
        loan_month=dbt.ref("loan_month"),
        purchase_budget=dbt.ref("purchase_budget"),
    )
    # A relation of this session is written in the model's own transaction.
    return session.from_arrow(rows.to_arrow())
