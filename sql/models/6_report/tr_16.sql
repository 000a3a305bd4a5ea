-- One row per event that stands at the cut-off: since when, and the evidence for it (TR-16).
select
    (row_number() over (order by standing.since_date, standing.event_code))::integer as line_number,
    standing.event_code,
    standing.since_date,
    standing.event_note,
    standing.evidence_file_name,
    standing.evidence_sha256
from {{ ref('event') }} as standing
