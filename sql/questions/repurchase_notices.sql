-- One row per run with a repurchase notice.
select deal_id, as_of_date, any_value(notice_sha256) from lake.pool.repurchase
where notice_sha256 is not null group by all
