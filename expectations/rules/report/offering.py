"""What was registered and offered: REG and OFF, which the first month alone states."""

from expectations.rule import Rule
from expectations.rules.report.flows import expected_flows_foot
from expectations.rules.report.rounding import ROUNDING

_ISSUED = "(select sum(notional_amount) from report.off_5)"

_STATUSES = ("current", "overdue_1_30", "overdue_31_60", "overdue_61_90", "overdue_over_90")

OFFERING_RULES = (
    Rule(
        "reg_1_differs_from_tape",
        "report.reg_1",
        "stop",
        "outstanding_balance <> (select sum(closing_balance) from intake.loan_tape) "
        "or outstanding_balance <> (select sum(outstanding_balance) from report.reg_2) "
        "or loan_count <> (select sum(loan_count) from report.reg_2)",
        "表REG-1的余额等于首份数据文件的余额，并等于表REG-2之和",
        "the book of REG-1 is the first tape, and the sum of REG-2",
        shown=("outstanding_balance", "loan_count"),
    ),
    Rule(
        "reg_2_does_not_foot",
        "report.reg_2",
        "stop",
        f"outstanding_balance <> {' + '.join(f'{status}_balance' for status in _STATUSES)} "
        "+ unknown_status_balance",
        "表REG-2各还款状态余额之和等于未偿本金余额",
        "in REG-2, the balances by status sum to the balance outstanding",
        shown=("line_number", "outstanding_balance"),
    ),
    Rule(
        "reg_3_differs_from_reg_2",
        "report.reg_3 as line full join report.reg_2 as cohort "
        "on line.line_number = cohort.line_number",
        "stop",
        "line.loan_count <> cohort.loan_count "
        "or line.outstanding_balance <> cohort.outstanding_balance "
        "or (line.overdue_90_share is null) "
        "<> (cohort.unknown_status_balance <> 0 or cohort.outstanding_balance = 0) "
        "or coalesce(line.overdue_30_share < line.overdue_60_share "
        "or line.overdue_60_share < line.overdue_90_share, false)",
        "表REG-3各月份的笔数与余额等于表REG-2，拖欠占比依次不增",
        "REG-3 has the loans and balances of REG-2, and its overdue shares do not rise with the days",
        shown=("line.line_number", "line.loan_count", "line.outstanding_balance"),
    ),
    Rule(
        "reg_4_differs_from_reg_2",
        "report.reg_4",
        "stop",
        "outstanding_balance <> (select sum(outstanding_balance) from report.reg_2) "
        f"or outstanding_balance <> {' + '.join(f'{status}_balance' for status in _STATUSES)} "
        "+ unknown_status_balance "
        "or prepaid_principal_paid is distinct from (select case when count(prepaid_principal_paid) "
        "= count(*) then sum(prepaid_principal_paid) end from report.reg_2)",
        "表REG-4的余额与早偿本金等于表REG-2之和，各还款状态余额之和等于余额",
        "the book of REG-4 is the sum of REG-2, and its balances by status sum to it",
        shown=("outstanding_balance", "prepaid_principal_paid"),
    ),
    Rule(
        "reg_5_does_not_foot",
        "report.reg_5",
        "stop",
        "offered_count <> passed_count + failed_count or undecidable_count > failed_count",
        "表REG-5：符合笔数＋不符合笔数＝备选笔数",
        "in REG-5, the loans that meet a criterion and those that do not are those on offer",
        shown=("line_number", "offered_count", "passed_count", "failed_count"),
    ),
    expected_flows_foot("OFF-4"),
    Rule(
        "off_4_differs_from_pool",
        "deal.period cross join purchase.purchase as purchase",
        "stop",
        "is_first and purchase.initial_pool_balance <> (select coalesce(sum(opening_balance), 0) "
        "from report.off_4 where flow_code <> 'month')",
        "表OFF-4应收本金与未计入余额之和等于初始资产池余额",
        "the principal due in OFF-4 and what it leaves out are the balance of the initial pool",
        shown=("purchase.initial_pool_balance",),
    ),
    Rule(
        "off_5_does_not_foot",
        "deal.period left join (select count(*) as note_count, sum(notional_share) as notional_share, "
        f"{_ISSUED} as notional_amount from report.off_5) as line on true",
        "stop",
        "is_first and (line.note_count <> (select count(*) from report.tr_3_1) "
        "or line.notional_amount <> (select sum(notional_amount) from report.tr_3_1) "
        "or line.notional_share <> 1)",
        "表OFF-5各档金额之和等于表TR-3-1发行总额，占比合计为100%",
        "the notes of OFF-5 sum to the issue of TR-3-1, and their shares to 1",
        shown=("line.notional_amount", "line.notional_share"),
    ),
    Rule(
        "off_5_differs_from_notes",
        "report.off_5 as line left join waterfall.note_balance as note "
        "on note.note_code = line.note_code",
        "stop",
        "line.notional_amount <> note.opening_balance + note.issued_amount",
        "表OFF-5各档金额等于首期发行金额",
        "OFF-5 states of each note what the first month issues",
        shown=("line.note_code", "line.notional_amount", "note.issued_amount"),
    ),
    Rule(
        "off_8_does_not_foot",
        f"(select *, {_ISSUED} as issue_amount from report.off_8) as line",
        "stop",
        # A measure that is no note states neither.
        "(enhancement_amount is null) <> (enhancement_share is null) "
        "or (enhancement_amount is not null and abs(enhancement_amount "
        "- enhancement_share * issue_amount::decimal(28, 2)) > "
        f"{ROUNDING} * issue_amount::decimal(28, 2))",
        "表OFF-8：次级支持金额÷发行总额＝占比",
        "in OFF-8, the notes behind a note over the issue are its share",
        shown=("line_number", "enhancement_amount", "enhancement_share"),
    ),
    Rule(
        "off_8_differs_from_off_5",
        "report.off_5 as line",
        "stop",
        "enhancement_share > 0 and not exists (select 1 from report.off_8 as measure "
        "where measure.enhancement_share = line.enhancement_share)",
        "表OFF-5的次级支持均列于表OFF-8",
        "what supports a note in OFF-5 is a measure of OFF-8",
        shown=("note_code", "enhancement_share"),
    ),
)
