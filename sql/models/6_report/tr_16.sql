-- One row per event that stands at the cut-off: since when, and the evidence for it (TR-16). That the clean-up
-- call may be made is one without evidence: the terms and the pool say it, of this cut-off alone.
with standing as (
    select
        event.event_code,
        event.since_date,
        event.event_note,
        event.evidence_file_name,
        event.evidence_sha256
    from {{ ref('event') }} as event
    union all
    select
        'clean_up_call_allowed',
        phase.as_of_date,
        '',
        '',
        ''
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
