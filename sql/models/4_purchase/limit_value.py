"""One row per pool limit: what is compared with the threshold, before the purchase and after it.

Of a limit on groups it is the balance of the largest group, or groups; of an average, the sum of balance x
value.
"""


def model(dbt, session):
    from deals.tables import admitted_terms
    from waterfall.draw.frames import read_frame
    from waterfall.draw.limit_sums import compare_limits

    limits = admitted_terms(dbt.source("deal", "admitted")).limits
    rows = compare_limits(limits, read_frame(dbt.ref("limit_sum")))
    # A relation of this session is written in the model's own transaction.
    return session.from_arrow(rows.to_arrow())
