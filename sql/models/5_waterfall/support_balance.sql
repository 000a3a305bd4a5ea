-- One row per deal and month: what the outside shortfall provider has paid and was repaid, and what it may
-- still pay where it has a limit.
with line as (
    select unnest(settlement.support, recursive := true)
    from {{ ref('settlement') }} as settlement
)

select
    line.opening_drawn,
    line.drawn_amount,
    line.closing_drawn,
    line.opening_repaid,
    line.repaid_amount,
    line.closing_repaid,
    line.support_limit_amount,
    line.support_left_amount
from line
