-- One row per run with a custodian's statement.
select deal_id, as_of_date, any_value(statement_sha256) from lake.waterfall.custodian_statement
where statement_sha256 is not null group by all
