-- One row per event that stands at the cut-off: since when, and the evidence for it (TR-16). That the
-- clean-up call may be made is one without evidence: the terms and the pool say it, of this cut-off alone.
with standing as (
    select
        entered.event_code,
        entered.since_date,
        entered.event_note,
        entered.evidence_file_name,
        entered.evidence_sha256
    from {{ ref('event') }} as entered
    union all
    select
        'clean_up_call_allowed' as event_code,
        phase.as_of_date as since_date,
        '' as event_note,
        '' as evidence_file_name,
        '' as evidence_sha256
    from {{ ref('phase') }} as phase
    where phase.is_call_allowed and not phase.is_clean_up_called
)

select
    (row_number() over (order by standing.since_date, standing.event_code))::integer as line_number,
    standing.event_code,
    standing.since_date,
    standing.event_note,
    standing.evidence_file_name,
    standing.evidence_sha256
from standing
