-- One row per run with decisions on rows that were set aside.
select deal_id, as_of_date, list(decision_sha256 order by tape_sha256, row_number)
from lake.intake.row_decision
group by all
