"""One row per month to come in which the initial pool is expected to pay, and per balance left out."""


def model(dbt, session):
    from waterfall.tables.expected import expect

    (cut_off,) = dbt.source("deal", "term").project("initial_cut_off_date").fetchone()
    rows = expect(dbt.ref("initial_group"), cut_off)
    # A relation of this session is written in the model's own transaction.
    return session.from_arrow(rows)
