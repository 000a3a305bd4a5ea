-- One row per commit of a month or a restatement, as the catalog tells it: no file of rows is read.
select
    snapshot_id, strftime(snapshot_time at time zone 'UTC', '%Y-%m-%d %H:%M'), commit_message
from lake.snapshots()
where commit_message is not null
order by snapshot_id
