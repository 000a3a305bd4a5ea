-- One row per run: its book, its place there, and the runs of the other deals that it saw, by place.
select
    deal_id, as_of_date, any_value(book_code),
    any_value(allocation_order) filter (where owner_code = deal_id),
    list(owner_run_id order by allocation_order) filter (where owner_code <> deal_id)
from lake.purchase.book_tie_out
where is_on_tape and owner_run_id is not null
group by all
