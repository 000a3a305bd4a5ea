"""Rules on the money of a row."""

from typing import Literal

from expectations.rule import Level, Rule
from expectations.rules.tape.row import CASH, LEFT, row_rule


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
    return (
        row_rule(
            "owned_cash_missing",
            unknown_cash,
            f"{is_owned} and ({is_blank} or (coalesce(status_code, '') = 'repurchased' "
            "and repurchase_price_amount is null))",
            "池内贷款的各项现金不应为空",
            "of a loan that the deal owns no cash is left blank",
        ),
    )


def money_rules() -> tuple[Rule, ...]:
    return (
        row_rule(
            "money_missing",
            "quarantine",
            "opening_balance is null or closing_balance is null "
            "or scheduled_principal_paid is null or prepaid_principal_paid is null "
            "or overdue_principal_paid is null or write_off_amount is null",
            "期初、期末余额，本金及核销金额不应为空",
            "balances, principal lines and write-off are given",
        ),
        row_rule(
            "flow_negative",
            "quarantine",
            # A loan that was overpaid (opening below zero) is refunded by a negative principal.
            "((scheduled_principal_paid < 0 or prepaid_principal_paid < 0 "
            "or overdue_principal_paid < 0) and opening_balance >= 0) or write_off_amount < 0 "
            "or coalesce(interest_due, 0) < 0 or coalesce(interest_paid, 0) < 0 "
            "or coalesce(fee_paid, 0) < 0",
            "本金、应收及实收利息、费用及核销不应为负（退还多付款除外）",
            "principal (but for the refund of an overpayment), interest due and paid, fee and "
            "write-off are not negative",
        ),
        row_rule(
            "recovery_cost_above_contract",
            "quarantine",
            # Costs of a repossession may exceed its proceeds, but not what was lent.
            "coalesce(recovery_amount < -contract_amount, false)",
            "净回收金额为负时，其绝对值不应超过合同金额",
            "recovery costs are not above the contract amount",
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
        ),
        row_rule(
            "roll_forward_broken",
            "quarantine",
            # What is left of a repurchased loan the repurchase takes.
            f"coalesce(status_code, '') <> 'repurchased' and {LEFT} <> closing_balance",
            "期初余额＋调整－本金－核销＝期末余额",
            "opening + adjustment - principal - write-off = closing balance",
        ),
        row_rule(
            "annual_rate_out_of_range",
            "quarantine",
            "coalesce(annual_rate not between 0 and 1, false)",
            "年利率应在0与1之间",
            "the annual rate is a fraction from 0 to 1",
        ),
        row_rule(
            "dates_out_of_order",
            "quarantine",
            "coalesce(maturity_date < origination_date, false) "
            "or coalesce(origination_date > as_of_date, false)",
            "发放日不应晚于到期日或截止日",
            "origination is neither after maturity nor after the as-of date",
        ),
    )
