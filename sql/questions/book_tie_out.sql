-- One row per owner of the book's loans at the cut-off, those on the tape first.
select owner_code, is_on_tape, loan_count, outstanding_balance
from lake.purchase.book_tie_out
where deal_id = ? and strftime(as_of_date, '%Y-%m') = ?
order by is_on_tape desc, allocation_order nulls last
