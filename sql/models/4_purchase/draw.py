"""One row per loan that the draw takes: whole loans in draw order, each if the cash still holds it."""


def model(dbt, session):
    from waterfall import ledgers

    rows = ledgers.drawn(
        draw_order=dbt.ref("draw_order"), purchase_budget=dbt.ref("purchase_budget")
    )
    # A relation of this session is written in the model's own transaction.
    return session.from_arrow(rows)
