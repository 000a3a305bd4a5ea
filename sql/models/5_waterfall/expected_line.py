"""One row per month to come in which the pool after the purchase is expected to pay, and per balance left out."""


def model(dbt, session):
    from waterfall.tables.expected import expect

    (cut_off,) = dbt.source("deal", "period").project("as_of_date").fetchone()
    rows = expect(dbt.ref("pool_loan"), cut_off)
    # A relation of this session is written in the model's own transaction.
    return session.from_arrow(rows)
