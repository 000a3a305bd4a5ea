"""One row per pool limit and group of loans: what the limit counts of the group, before the purchase and as bought."""


def model(dbt, session):
    from deals.tables import admitted_terms
    from waterfall.draw.limit_sums import sum_limits

    limits = admitted_terms(dbt.source("deal", "admitted")).limits
    # What this month's purchase brought in is dated at its cut-off.
    rows = sum_limits(limits, dbt.ref("pool_loan").project("*, entry_date = as_of_date as is_purchased"))
    # A relation of this session is written in the model's own transaction.
    return session.from_arrow(rows.to_arrow())
