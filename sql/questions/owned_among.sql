-- One row per loan among those listed that the deal owned after the month.
select loan_id, outstanding_balance from lake.purchase.pool_loan
where deal_id = ? and strftime(as_of_date, '%Y-%m') = ?
and list_contains(?, loan_id)
