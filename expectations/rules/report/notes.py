"""The notes of the report: TR-3."""

from expectations.rule import Rule
from expectations.rules.report.rounding import ROUNDING, SUM_ROUNDING

NOTE_RULES = (
    Rule(
        "tr_3_1_shares_do_not_foot",
        "(select sum(notional_share) as notional_share from report.tr_3_1)",
        "stop",
        f"abs(notional_share - 1) > {SUM_ROUNDING}",
        "表TR-3-1各档占比合计为100%",
        "the shares of the notes in TR-3-1 sum to 1",
        shown=("notional_share",),
    ),
    Rule(
        "tr_3_2_does_not_foot",
        "report.tr_3_2",
        "stop",
        "opening_balance - principal_paid - write_off_amount <> closing_balance "
        "or interest_due - interest_paid <> closing_interest_unpaid "
        "or is_interest_deferred <> (closing_interest_unpaid > 0) "
        "or principal_paid + interest_paid + residual_paid <> total_paid",
        "表TR-3-2：兑付前本金－兑付本金－核销＝兑付后本金，应付－付息＝未付利息，本金＋利息＋超额收益＝总金额",
        "in TR-3-2, before - paid - written off = after, interest due - paid = unpaid, and principal + "
        "interest + residual = total paid",
        shown=("note_code", "opening_balance", "principal_paid", "closing_balance", "total_paid"),
    ),
    Rule(
        "tr_3_2_per_100_differs",
        "report.tr_3_2",
        "stop",
        " or ".join(
            # DuckDB multiplies decimals of 18 digits in 64 bits; a programme's notional needs more.
            f"abs({per_100} * notional_amount::decimal(28, 2) - 100 * {amount}) "
            f"> {ROUNDING} * notional_amount::decimal(28, 2)"
            for per_100, amount in (
                ("opening_balance_per_100", "opening_balance"),
                ("principal_paid_per_100", "principal_paid"),
                ("interest_paid_per_100", "interest_paid"),
                ("closing_balance_per_100", "closing_balance"),
            )
        ),
        "表TR-3-2每百元金额等于金额÷（面值÷100）",
        "in TR-3-2, each amount per 100 = amount / (notional / 100)",
        shown=("note_code", "closing_balance_per_100", "closing_balance", "notional_amount"),
    ),
    Rule(
        "tr_3_2_differs_from_notes",
        "waterfall.note_balance as note left join report.tr_3_2 as line "
        "on line.note_code = note.note_code",
        "stop",
        "line.principal_paid <> note.principal_paid "
        "or line.write_off_amount <> note.write_off_amount "
        "or line.interest_paid <> note.interest_paid + note.late_interest_paid "
        "or line.residual_paid <> (select coalesce(sum(paid_amount), 0) from waterfall.payment "
        "where kind_code = 'residual' and target_code = note.note_code) "
        "or line.closing_balance <> note.closing_balance",
        "表TR-3-2与证券余额一致",
        "TR-3-2 says what the note balances say",
        shown=("note.note_code", "line.closing_balance", "note.closing_balance"),
    ),
)
