"""Warnings: rules on which nothing that is paid depends."""

from collections.abc import Sequence

from expectations.rule import Rule
from expectations.rules.tape.row import PRINCIPAL, row_rule, texts


def warning_rules(
    five_class_codes: Sequence[str],
    product_codes: Sequence[str],
    repayment_method_codes: Sequence[str],
) -> tuple[Rule, ...]:
    return (
        row_rule(
            "five_class_code_unknown",
            "warn",
            f"coalesce(five_class_code not in ({texts(five_class_codes)}), false)",
            "五级分类代码应为已知代码",
            f"the five-class code is one of {', '.join(five_class_codes)}",
        ),
        row_rule(
            "product_code_unknown",
            "warn",
            f"coalesce(product_code not in ({texts(product_codes)}), false)",
            "产品代码应为已知代码",
            f"the product code is one of {', '.join(product_codes)}",
        ),
        row_rule(
            "repayment_method_code_unknown",
            "warn",
            f"coalesce(repayment_method_code not in ({texts(repayment_method_codes)}), false)",
            "还款方式代码应为已知代码",
            f"the repayment method code is one of {', '.join(repayment_method_codes)}",
        ),
        row_rule(
            "days_past_due_above_maximum",
            "warn",
            "coalesce(days_past_due > max_days_past_due, false)",
            "逾期天数不应超过历史最长逾期天数",
            "days past due are not above their historical maximum",
        ),
        row_rule(
            "cell_rounded",
            "warn",
            "rounded_columns is not null",
            "金额小数不应超过两位、利率不应超过六位（已四舍五入）",
            "no cell has more decimals than are kept, 2 of money and 6 of a rate: it is rounded",
        ),
        row_rule(
            "total_paid_differs",
            "warn",
            f"coalesce(total_paid <> {PRINCIPAL} + interest_paid + fee_paid, false)",
            "还款总额应等于本金、利息及费用之和",
            "the total that the borrower paid is principal + interest + fee",
        ),
        row_rule(
            "recovery_below_zero",
            "warn",
            "coalesce(recovery_amount, 0) < 0",
            "回收金额不应为负",
            "recoveries are not below zero, as they are net of costs above the proceeds",
        ),
        row_rule(
            "overdue_without_balance",
            "warn",
            "closing_balance <= 0 and coalesce(days_past_due, 0) > 0 and write_off_amount = 0 "
            "and coalesce(status_code, '') <> 'written_off'",
            "无余额的贷款不应逾期",
            "a loan with nothing owed is not overdue, unless written off",
        ),
        row_rule(
            "closing_balance_below_zero",
            "warn",
            "closing_balance < 0",
            "期末余额不应为负",
            "the closing balance is not below zero",
        ),
        row_rule(
            "principal_above_opening",
            "warn",
            f"{PRINCIPAL} > opening_balance "
            "+ greatest(coalesce(adjustment_amount, 0) + coalesce(unexplained_amount, 0), 0)",
            "收回本金不应超过期初余额",
            "principal paid is not above the opening balance",
        ),
        row_rule(
            "write_off_with_balance",
            "warn",
            "write_off_amount > 0 and closing_balance > 0",
            "核销后不应有余额",
            "a write-off leaves no balance",
        ),
        row_rule(
            "contract_below_balance",
            "warn",
            "coalesce(contract_amount < closing_balance, false)",
            "合同金额不应低于余额",
            "the contract amount is not below the balance",
        ),
        row_rule(
            "remaining_months_negative",
            "warn",
            "coalesce(remaining_months, 0) < 0",
            "剩余期限不应为负",
            "remaining months are not negative",
        ),
        row_rule(
            "borrower_age_out_of_range",
            "warn",
            "coalesce(borrower_age not between 18 and 100, false)",
            "借款人年龄应在18至100岁之间",
            "the borrower is 18 to 100 years old",
        ),
    )
