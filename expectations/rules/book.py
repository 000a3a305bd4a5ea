"""Identities of the originator's book: what each deal owns of it and what is left, no loan twice."""

from expectations.rule import Rule

_OWNED = """(
    select 'this deal' as owner_code, loan_id from purchase.pool_loan
    union all
    select owner_code, loan_id from closed.owned_elsewhere
)"""
# A loan that owes nothing is nobody's part of the book; an overpaid one owes nothing.
_BOOK_AND_TAPE = """(
    select * from (
        select
            coalesce(sum(loan_count), 0) as owned_loan_count,
            coalesce(sum(outstanding_balance), 0) as owned_balance
        from purchase.book_tie_out where is_on_tape
    ) cross join (
        select
            count(*) as tape_loan_count, coalesce(sum(closing_balance), 0) as tape_balance
        from intake.loan_tape where closing_balance > 0
    )
)"""
# Pools as they stand at this cut-off: this deal's, and those of the deals that come before it.
_PARTS_AND_POOLS = """(
    select
        owner_code, parts.loan_count, parts.balance,
        coalesce(pool.loan_count, 0) as pool_loan_count, coalesce(pool.balance, 0) as pool_balance
    from (
        select owner_code, sum(loan_count) as loan_count, sum(outstanding_balance) as balance
        from purchase.book_tie_out
        where owner_as_of_date = as_of_date group by owner_code
    ) as parts
    left join (
        select owner_code, count(*) as loan_count, sum(outstanding_balance) as balance
        from (
            select deal_id as owner_code, outstanding_balance from purchase.pool_loan
            union all
            select owner_code, outstanding_balance from closed.owned_elsewhere
        ) where outstanding_balance > 0 group by owner_code
    ) as pool using (owner_code)
)"""

RULES = (
    Rule(
        "loan_in_two_pools",
        _OWNED,
        "stop",
        "",
        "每笔贷款至多属于一个资产池",
        "a loan is in the pool of one deal of the book at most",
        unique=("loan_id",),
        shown=("loan_id", "owner_code"),
    ),
    Rule(
        "purchased_loan_owned_elsewhere",
        "purchase.purchased_loan",
        "stop",
        "loan_id in (select loan_id from closed.owned_elsewhere)",
        "不应购买其他专项计划已持有的贷款",
        "no loan is bought that another deal of the book owns",
        shown=("loan_id", "purchase_number"),
    ),
    Rule(
        "book_differs_from_tape",
        _BOOK_AND_TAPE,
        "stop",
        "owned_loan_count <> tape_loan_count or owned_balance <> tape_balance",
        "各资产池与发起机构自持贷款之和等于资产包文件合计",
        "the pools and the originator's own loans sum to the tape",
        shown=("owned_loan_count", "owned_balance", "tape_loan_count", "tape_balance"),
    ),
    Rule(
        "book_differs_from_pools",
        _PARTS_AND_POOLS,
        "stop",
        "loan_count <> pool_loan_count or balance <> pool_balance",
        "各资产池在账簿中的笔数与余额等于该池自身的笔数与余额",
        "the part of each deal closed at this cut-off is the pool that it published",
        shown=("owner_code", "loan_count", "balance", "pool_loan_count", "pool_balance"),
    ),
)
