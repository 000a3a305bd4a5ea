-- One row per event entered by hand that stands at the cut-off, with its evidence.
select
    entered.event_code,
    entered.since_date,
    entered.is_new,
    entered.evidence_file_name,
    entered.evidence_sha256,
    entered.event_note
from {{ source('deal', 'event') }} as entered
