-- One row per event that stands at the cut-off (TR-16): those entered by hand, since when and with their
-- evidence, and those that the month itself tells: the phase changed, a trigger was breached, acts or is
-- cured, the clean-up call may be made. Of these the metric and the effect are the trigger's.
with standing as (
    select
        told.*,
        'told' as origin_code,
        '' as event_note,
        '' as evidence_file_name,
        '' as evidence_sha256
    from {{ ref('told_event') }} as told
    union all
    select
        4 as place,
        entered.event_code,
        entered.since_date,
        null as metric_code,
        null as effect_code,
        'entered' as origin_code,
        entered.event_note,
        entered.evidence_file_name,
        entered.evidence_sha256
    from {{ ref('event') }} as entered
)

select
    (
        row_number() over (
            order by standing.since_date, standing.place, standing.event_code, standing.metric_code
        )
    )::integer as line_number,
    standing.event_code,
    standing.origin_code,
    standing.since_date,
    standing.metric_code,
    standing.effect_code,
    standing.event_note,
    standing.evidence_file_name,
    standing.evidence_sha256
from standing
