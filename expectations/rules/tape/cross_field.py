"""Rules on the cells of a row against each other: money that adds up, dates in order, a status that fits."""

from typing import Literal

from expectations.rule import Level, Rule
from expectations.rules.tape.row import ALL_PAID, CASH, LEFT, PRINCIPAL, of_family, row_rule


def cash_rules(
    unknown_cash: Level, owned: Literal["carried", "whole_tape"], needs_interest_due: bool
) -> tuple[Rule, ...]:
    """The rule on cash that the tape leaves blank of a loan that the deal owns: unknown is not zero.

    unknown_cash: "stop" refuses the tape, "quarantine" sets the row aside and the loan is held.
    owned: whether last month's pool says what the deal owns, or the first tape of a static deal.
    needs_interest_due: whether a figure of the deal is made of it.
    """
    is_owned = (
        "opening_balance > 0"
        if owned == "whole_tape"
        else "coalesce(loan_id in (select loan_id from closed.pool_loan), false)"
    )
    columns = [*CASH, *(["interest_due"] if needs_interest_due else [])]
    is_blank = " or ".join(f"{column} is null" for column in columns)
    return of_family(
        "cross_field",
        (
            row_rule(
                "owned_cash_missing",
                unknown_cash,
                f"{is_owned} and ({is_blank} or (coalesce(status_code, '') = 'repurchased' "
                "and repurchase_price_amount is null))",
                "池内贷款的各项现金不应为空",
                "of a loan that the deal owns no cash is left blank",
                "users report: interest_paid blank for many owned loans, counted as 0: 16,985.30 lost",
            ),
        ),
    )


ANY_PRINCIPAL_BELOW_ZERO = (
    "(scheduled_principal_paid < 0 or prepaid_principal_paid < 0 or overdue_principal_paid < 0)"
)


def money_rules() -> tuple[Rule, ...]:
    """On balances and flows: those first that set the row aside."""
    return of_family(
        "cross_field",
        (
            row_rule(
                "flow_negative",
                "quarantine",
                # A loan that was overpaid (opening below zero) is refunded by a negative principal, and a
                # payment that was reversed is owed again: never more than was lent.
                f"({ANY_PRINCIPAL_BELOW_ZERO} and opening_balance >= 0 "
                "and closing_balance > coalesce(contract_amount, opening_balance)) "
                "or least(coalesce(interest_paid, 0), coalesce(fee_paid, 0)) "
                "< -coalesce(contract_amount, 0) "
                "or write_off_amount < 0 or coalesce(interest_due, 0) < 0",
                "应收利息及核销不应为负；为负的本金、利息及费用为还款冲回，其后余额及冲回额不应超过合同金额",
                "interest due and write-off are not negative, and principal, interest and fee only as a "
                "reversed payment or a refund, which leave no more owed than was lent",
                "Ally: loan 20256022 closed a month at -6,003.82 and was refunded in the next",
            ),
            row_rule(
                "payment_reversed",
                "warn",
                f"({ANY_PRINCIPAL_BELOW_ZERO} and opening_balance >= 0) "
                "or coalesce(interest_paid, 0) < 0 or coalesce(fee_paid, 0) < 0",
                "还款冲回（为负的本金、利息或费用）从归集款中扣除，应予核对",
                "no payment is reversed; what went back is taken off the collections",
                "Ally: 250 balances that go up, of fees capitalised and payments reversed",
            ),
            row_rule(
                "recovery_cost_above_contract",
                "quarantine",
                # Costs of a repossession may exceed its proceeds, but not what was lent.
                "coalesce(recovery_amount < -contract_amount, false)",
                "净回收金额为负时，其绝对值不应超过合同金额",
                "recovery costs are not above the contract amount",
                "Ally: 98 recoveries below zero, none beyond -300.00",
            ),
            row_rule(
                "repurchase_inconsistent",
                "quarantine",
                "case when coalesce(status_code, '') = 'repurchased' "
                "then coalesce(repurchase_price_amount < 0, false) or closing_balance <> 0 "
                f"or {LEFT} <= 0 else coalesce(repurchase_price_amount, 0) <> 0 end",
                "赎回的贷款应有未偿余额可供赎回且赎回后余额为零；未赎回的贷款不应有赎回价款",
                "a repurchase takes all that is left of a balance, and only a repurchased loan has a "
                "price of repurchase",
                "users report: a repurchase of 13,732.28 read as a write-off, its cash missing",
            ),
            row_rule(
                "roll_forward_broken",
                "quarantine",
                # What is left of a repurchased loan the repurchase takes.
                f"coalesce(status_code, '') <> 'repurchased' and {LEFT} <> closing_balance",
                "期初余额＋调整－本金－核销＝期末余额",
                "opening + adjustment - principal - write-off = closing balance",
                "Ally: 441 of 196,048 pairs of months do not roll by more than 1.00",
            ),
            row_rule(
                "balance_move_unexplained",
                "warn",
                "coalesce(abs(unexplained_amount) > 1, false)",
                "余额变动应由各项流量解释（允许1.00以内）",
                "what moved of the balance is explained by the flows, within 1.00",
                "Ally: 242 balances that went up by no flow that the file states (0.12%)",
                share="0.005",
            ),
            row_rule(
                "total_paid_differs",
                "warn",
                f"coalesce(total_paid <> {PRINCIPAL} + interest_paid + fee_paid, false)",
                "还款总额应等于本金、利息及费用之和",
                "the total that the borrower paid is principal + interest + fee",
                "users report: interest 50.00 where total less principal is 75.00",
            ),
            row_rule(
                "principal_above_opening",
                "warn",
                f"{PRINCIPAL} > opening_balance "
                "+ greatest(coalesce(adjustment_amount, 0) + coalesce(unexplained_amount, 0), 0)",
                "收回本金不应超过期初余额",
                "principal paid is not above the opening balance",
                "Ally: 27 loans paid more than they owed at payoff",
            ),
            row_rule(
                "payment_after_end",
                "warn",
                "opening_balance <= 0 and closing_balance <= 0 "
                "and scheduled_principal_paid + prepaid_principal_paid + overdue_principal_paid > 0",
                "余额已为零的贷款不应再有本金回收",
                "no principal is paid of a loan that owed nothing",
                "Ally: 108 loans reported after a zero balance, 4 of them with a payment",
            ),
            row_rule(
                "interest_above_due",
                "warn",
                "coalesce(interest_paid > interest_due and days_past_due = 0 and max_days_past_due = 0, "
                "false)",
                "未曾逾期贷款的实收利息不应高于应收利息",
                "of a loan that was never late no more interest is paid than is due",
                "users report: a file whose total was taken for interest, 75.00 of 50.00",
                share="0.005",
            ),
            row_rule(
                "interest_due_above_rate",
                "warn",
                "coalesce(interest_due > opening_balance * annual_rate / 12 * 1.5 + 1 "
                "and opening_balance > 0, false)",
                "应收利息不应明显高于期初余额按年利率计一个月的利息（1.5倍＋1.00以内）",
                "interest due is no more than 1.5 times a month of the rate on the opening balance, and 1.00",
                "users report: rates in per cent and fractions mixed, which the interest gives away",
                share="0.005",
            ),
            row_rule(
                "fee_above_contract",
                "warn",
                "coalesce(fee_paid > contract_amount, false)",
                "费用不应高于合同金额",
                "the fee paid in a month is not above the contract amount",
                "SuperLender: fees of 13.6% and 24% of a loan, nothing beyond",
            ),
            row_rule(
                "recovery_above_contract",
                "warn",
                "coalesce(recovery_amount > contract_amount, false)",
                "回收金额不应高于合同金额",
                "the recovery of a month is not above the contract amount",
                "Ally: proceeds are 44% of the balance charged off",
            ),
            row_rule(
                "contract_below_balance",
                "warn",
                "coalesce(contract_amount < closing_balance, false)",
                "合同金额不应低于余额",
                "the contract amount is not below the balance",
                "Taiwan cards: balance above limit in 798 to 2,115 of 30,000 a month",
            ),
            row_rule(
                "adjustment_code_alone",
                "warn",
                "adjustment_code is not null and coalesce(adjustment_amount, 0) = 0",
                "有调整类型代码的贷款应有调整金额",
                "a kind of adjustment comes with its amount",
                "CMBS UBS 2017-C1: codes repeated for up to 55 months beside empty amounts",
            ),
        ),
    )


def date_rules() -> tuple[Rule, ...]:
    """On dates and terms."""
    return of_family(
        "cross_field",
        (
            row_rule(
                "dates_out_of_order",
                "quarantine",
                "coalesce(maturity_date < origination_date, false) "
                "or coalesce(origination_date > as_of_date, false)",
                "发放日不应晚于到期日或截止日",
                "origination is neither after maturity nor after the as-of date",
                "SuperLender: created exactly one hour before approved in 23,782 of 24,090",
            ),
            row_rule(
                "term_contradicts_dates",
                "warn",
                "coalesce(abs(datediff('month', origination_date, maturity_date) - term_months) > 1, false)",
                "贷款期限应与发放日及到期日一致（相差不超过1个月）",
                "the term is the months from origination to maturity, within one",
                "Ally 2017-3: 16 of 3,411 loans of July 2017, after modifications",
                share="0.01",
            ),
            row_rule(
                "remaining_contradicts_maturity",
                "warn",
                "coalesce(closing_balance > 0 and maturity_date >= as_of_date "
                "and abs(datediff('month', as_of_date, maturity_date) - remaining_months) > 1, false)",
                "剩余期限应与到期日一致（相差不超过1个月）",
                "remaining months are those from the cut-off to maturity, within one",
                "Ally 2017-3: 41 of 3,513 loans of May 2017, of which payments were extended",
                share="0.02",
            ),
            row_rule(
                "remaining_above_term",
                "warn",
                "coalesce(remaining_months > term_months, false)",
                "剩余期限不应超过贷款期限",
                "remaining months are not above the term",
                "CMBS UBS 2017-C1: the maturity of 19 of 58 loans moved, the term did not",
            ),
            row_rule(
                "matured_but_current",
                "warn",
                "coalesce(closing_balance > 0 and status_code = 'current' "
                "and maturity_date < as_of_date - interval 31 day, false)",
                "到期一个月后仍有余额的贷款不应为正常",
                "a loan that still owes a month after its maturity is not current",
                "Ally: payment extensions move the due date and not the count of arrears",
            ),
            row_rule(
                "late_before_lent",
                "warn",
                "coalesce(days_past_due > datediff('day', origination_date, as_of_date), false)",
                "逾期天数不应超过自发放日起的天数",
                "a loan is not past due for longer than it has been lent",
                "card status: 30 or more days late in month 0 in 0.03% of the accounts",
            ),
            row_rule(
                "borrower_was_a_minor",
                "warn",
                "coalesce(borrower_age - datediff('month', origination_date, as_of_date) // 12 < 17, false)",
                "借款人在发放日应已成年（允许1岁误差）",
                "the borrower was of age when the loan was made, within a year",
                "PPDai: the youngest borrowers are 18",
                share="0.005",
            ),
            row_rule(
                "bullet_repaid_by_schedule",
                "warn",
                "coalesce(repayment_method_code = 'bullet' and scheduled_principal_paid > 0 "
                "and maturity_date > as_of_date, false)",
                "到期一次还本的贷款到期前不应有计划本金",
                "a bullet loan has no scheduled principal before its maturity",
                "Taiwan cards: a product whose signs and flows differ needs rules of its own",
            ),
        ),
    )


def status_rules() -> tuple[Rule, ...]:
    """On status, class and arrears."""
    is_written_off = "coalesce(status_code, '') = 'written_off'"
    return of_family(
        "cross_field",
        (
            row_rule(
                "status_contradicts_days",
                "quarantine",
                "coalesce((status_code = 'current' and days_past_due > 0) "
                "or (status_code in ('overdue', 'defaulted') and days_past_due <= 0), false)",
                "贷款状态应与逾期天数一致",
                "a current loan has no days past due, an overdue or defaulted one has some",
                "card status: status 0 is called 1-29 days late and can only mean current",
            ),
            row_rule(
                "status_code_missing",
                "warn",
                "coalesce(closing_balance > 0, false) and status_code is null",
                "有余额的贷款应有贷款状态",
                "a loan that owes has a status",
                "Ally 2017-3: status and days past due of May 2017 are empty from June on",
            ),
            row_rule(
                "days_past_due_above_maximum",
                "warn",
                "coalesce(days_past_due > max_days_past_due, false)",
                "逾期天数不应超过历史最长逾期天数",
                "days past due are not above their historical maximum",
                "PPDai: the history of a borrower is kept beside the state of the loan",
            ),
            row_rule(
                "overdue_without_balance",
                "warn",
                "closing_balance <= 0 and coalesce(days_past_due, 0) > 0 and write_off_amount = 0 "
                "and coalesce(status_code, '') <> 'written_off'",
                "无余额的贷款不应逾期",
                "a loan with nothing owed is not overdue, unless written off",
                "Taiwan cards: 1,689 clients (5.6%) late with a bill of zero or less",
            ),
            row_rule(
                "write_off_with_balance",
                "warn",
                "write_off_amount > 0 and closing_balance > 0",
                "核销后不应有余额",
                "a write-off leaves no balance",
                "users report: 4,000.00 charged off of 11,502.90, the rest still owed",
            ),
            row_rule(
                "written_off_with_balance",
                "warn",
                f"{is_written_off} and closing_balance > 0",
                "已核销的贷款不应有余额",
                "a loan that is written off owes nothing",
                "Ally: a loan with a balance again after its zero balance",
            ),
            row_rule(
                "settled_with_balance",
                "warn",
                "coalesce(status_code, '') = 'settled' and closing_balance > 0",
                "已结清的贷款不应有余额",
                "a loan that is settled owes nothing",
                "card status: C, paid off, is final but for 1 exception in 419,324",
            ),
            row_rule(
                "open_without_balance",
                "warn",
                "coalesce(status_code, '') in ('current', 'overdue') and closing_balance <= 0",
                "无余额的贷款不应为正常或逾期",
                "a loan that owes nothing is neither current nor overdue",
                "Ally: 196 charge-offs that nothing but a zero balance tells",
            ),
            row_rule(
                "write_off_without_status",
                "warn",
                "write_off_amount > 0 and coalesce(status_code not in ('written_off', 'defaulted'), false)",
                "核销的贷款应为已核销或违约",
                "a loan of which something is written off is written off or defaulted",
                "Ally: chargedoffPrincipalAmount empty in every row kept",
            ),
            row_rule(
                "recovery_of_a_performing_loan",
                "warn",
                "coalesce(recovery_amount > 0 and status_code in ('current', 'overdue'), false)",
                "正常或逾期未违约的贷款不应有回收",
                "nothing is recovered of a loan that performs",
                "Ally: all proceeds are of 98 of the 196 loans charged off",
            ),
            row_rule(
                "class_too_good",
                "warn",
                "coalesce(days_past_due > 90 and five_class_code in ('normal', 'special_mention'), false)",
                "逾期90天以上的贷款五级分类至少应为次级",
                "a loan more than 90 days past due is substandard at best",
                "card status: 154 of 1,611 accounts leave 150+ days and written off for better",
            ),
            row_rule(
                "late_but_never_late",
                "warn",
                "coalesce(days_past_due > 0 and past_due_count = 0, false) "
                "or coalesce(max_days_past_due > 0 and past_due_count = 0, false)",
                "有逾期的贷款累计逾期次数应大于零",
                "a loan that is or was late has been late at least once",
                "PPDai: counts of instalments late beside those on time (1,769,230)",
            ),
            row_rule(
                "late_without_anything_due",
                "warn",
                "coalesce(status_code = 'current' and closing_balance > 0 and interest_due > 0 "
                f"and days_past_due = 0 and opening_balance > 0 and {ALL_PAID} = 0 "
                "and maturity_date <= as_of_date, false)",
                "已到期且本期未还款的贷款不应为正常",
                "a loan that is due and paid nothing in the month is not current",
                "Ally: 9.1% of loans pay nothing in a month, 20% in the spring of 2020",
            ),
        ),
    )
