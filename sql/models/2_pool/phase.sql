-- One row per deal and month: the phase that this payment date is in, as scheduled or as the triggers and
-- the clean-up call decide it.
select
    period.scheduled_phase_code,
    cut_off.phase_code,
    cut_off.phase_code in ('closing', 'revolving') and period.has_payment as has_purchase,
    cut_off.is_call_allowed,
    cut_off.is_clean_up_called,
    cut_off.clean_up_amount
from {{ ref('cut_off') }} as cut_off
cross join {{ source('deal', 'period') }} as period
