-- One row per closed month and kind of loan that is held at its last balance, as `status` shows it.
select
    deal_id, strftime(as_of_date, '%Y-%m'), held_code, count(*), sum(held_balance)
from lake.pool.held_loan
group by all
order by all
