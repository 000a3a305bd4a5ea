-- One row per month to come: what the initial pool was expected to pay from the initial cut-off if nothing
-- is prepaid and nothing defaults, stated once (OFF-4). opening - principal due = closing. Then the total,
-- and what the months leave out: balances in default, and such of which status or terms are not known.
select flow.*
from ({{ expected_cash_flows(ref('initial_line')) }}) as flow
cross join {{ source('deal', 'period') }} as period
where period.is_first
