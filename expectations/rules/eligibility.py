"""Identities of the eligibility: the results foot, and nothing is bought that did not pass."""

from expectations.rule import Rule

RULES = (
    Rule(
        "criterion_result_does_not_foot",
        "eligibility.criterion_result",
        "stop",
        "passed_count + failed_count <> offered_count or undecidable_count > failed_count "
        "or only_failed_count > failed_count or least(passed_count, undecidable_count) < 0",
        "每项标准：通过＋不通过＝可供购买笔数",
        "per criterion, passed + failed = loans on offer",
        shown=("criterion_code", "offered_count", "passed_count", "failed_count"),
    ),
    Rule(
        "purchased_loan_not_eligible",
        # Purchase 0 of a static deal takes the whole tape, on which nothing is judged.
        "purchase.purchased_loan as loan "
        "cross join (select count(*) > 0 as is_judged from eligibility.criterion_result) as offer",
        "stop",
        "is_judged and loan_id not in "
        "(select loan_id from eligibility.loan_eligibility where is_eligible)",
        "只购买合格贷款",
        "no loan is bought that is not eligible",
        shown=("loan_id", "purchase_number"),
    ),
)
