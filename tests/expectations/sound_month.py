"""A month in which every identity holds: three loans, one purchase, two notes, one fee.

Columns ending in a count or a date are typed as such, other amounts are money; `null` stays null.
"""

import duckdb

from expectations.rules.report.distributions import (
    COMPARED_TABLES,
    INITIAL_TABLES,
    PERIOD_TABLES,
    TWO_DIMENSIONS,
)

TABLES: dict[str, tuple[str, list[str]]] = {
    "intake.loan_tape": (
        "loan_id, closing_balance",
        [
            "'A', 900",
            "'B', 1800",
            "'C', 0",
            "'D', 200",
            "'E', 100",
            "'F', 50",
            "'H', 60",
            "'I', 0",
            "'J', 500",
            "'K', -5",
        ],
    ),
    "pool.loan_month": (
        "loan_id, opening_balance, adjustment_amount, scheduled_principal_paid, "
        "prepaid_principal_paid, overdue_principal_paid, write_off_amount, repurchase_amount, "
        "closing_balance, interest_paid, fee_paid, recovery_amount, is_unreported, is_defaulted, "
        "is_new_default, default_balance, interest_unpaid",
        [
            "'A', 1000, 0, 100, 0, 0, 0, 0, 900, 20, 0, 0, false, false, false, 0, 0",
            "'B', 2000, 10, 0, 200, 10, 0, 0, 1800, 10, 5, 0, false, false, false, 0, 0",
            "'C', 500, 0, 0, 0, 0, 500, 0, 0, 0, 0, 50, false, true, true, 500, 0",
            "'H', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, true, false, false, 0, 0",
        ],
    ),
    "pool.pool_balance": (
        "as_of_date, opening_balance, adjustment_amount, principal_paid, write_off_amount, "
        "repurchase_amount, closing_balance, loan_count, unreported_balance, max_unreported_share, "
        "overdue_balance, serious_overdue_balance",
        ["'2017-07-31', 3500, 10, 310, 500, 0, 2700, 2, 35, 0.01, 1800, 0"],
    ),
    "pool.adjustment": (
        "loan_id, adjustment_code, adjustment_amount",
        ["'B', 'capitalised', 10"],
    ),
    "pool.adjusted_pool": (
        "adjusted_loan_count, absolute_amount, opening_balance, max_adjusted_loan_count, "
        "max_adjusted_share",
        ["1, 35, 3500, 1, 0.01"],
    ),
    "closed.adjustment_kind": ("adjustment_code, adjustment_amount", ["'capitalised', 4"]),
    "pool.held_loan": ("loan_id, held_balance", ["'H', 0"]),
    "intake.status_difference": (
        "previous_status_code, status_code, recomputed_status_code, loan_count",
        [],
    ),
    "pool.changed_field": ("loan_id, field_name, previous_text, current_text", []),
    "pool.default_rate": (
        "as_of_date, new_default_balance, cumulative_default_count, cumulative_default_balance, "
        "cumulative_default_rate",
        ["'2017-07-31', 500, 1, 500, 0.04"],
    ),
    "history.default_rate": ("as_of_date, cumulative_default_balance", ["'2017-06-30', 0"]),
    "history.pool_balance": (
        "as_of_date, opening_balance, serious_overdue_balance",
        ["'2017-06-30', 0, 0"],
    ),
    "history.pool_month": ("as_of_date, notes_opening_balance", ["'2017-06-30', 0"]),
    "history.collection": ("as_of_date, scheduled_principal_paid, prepaid_principal_paid", []),
    "pool.trigger_metric": ("metric_code, metric_rate", ["'cumulative_default_rate', 0.04"]),
    "pool.trigger_test": (
        "trigger_code, metric_code, metric_rate, is_breached, is_acting, effect_code",
        ["'default_rate', 'cumulative_default_rate', 0.04, false, false, 'end_revolving'"],
    ),
    "pool.phase": (
        "phase_code, is_clean_up_called, clean_up_amount",
        ["'revolving', false, 0"],
    ),
    "pool.collection": (
        "as_of_date, scheduled_principal_paid, prepaid_principal_paid, overdue_principal_paid, "
        "principal_paid, interest_paid, fee_paid, recovery_amount, repurchase_price_amount, "
        "collected_amount",
        ["'2017-07-31', 100, 200, 10, 310, 30, 5, 50, 0, 395"],
    ),
    # A noticed loan that owes nothing any more, and one that was taken back a month before.
    "deal.repurchase_notice": ("loan_id, list_file_name", ["'C', 'loans.csv'"]),
    "pool.repurchase": ("loan_id, balance_amount, interest_amount, price_amount", ["'C', 0, 0, 0"]),
    "pool.warranty_breach": (
        "loan_id, criterion_code, is_disproved",
        ["'C', 'is_not_pledged', true"],
    ),
    "pool.repurchased_loan": (
        "loan_id, as_of_date, repurchase_date",
        ["'Z', '2017-07-31', '2017-06-30'"],
    ),
    "eligibility.loan_eligibility": (
        "loan_id, is_eligible",
        ["'D', true", "'E', true", "'F', false"],
    ),
    "eligibility.criterion_result": (
        "criterion_code, offered_count, passed_count, failed_count, undecidable_count, "
        "only_failed_count",
        ["'is_seasoned', 3, 2, 1, 0, 1"],
    ),
    "purchase.purchased_loan": (
        "loan_id, draw_number, purchase_number, round_number, balance_amount, price_amount",
        ["'D', 1, 1, 1, 200, 200", "'E', 2, 1, 2, 100, 100"],
    ),
    "purchase.purchase_round": (
        "purchase_number, round_number, available_amount, budget_amount, eligible_loan_count, "
        "eligible_balance, purchased_loan_count, purchased_balance, price_amount, remaining_amount, "
        "supply_shortfall_amount, idle_days, idle_day_amount",
        [
            "1, 1, 372, 250, 2, 300, 1, 200, 200, 172, 0, 5, 860",
            "1, 2, 172, 172, 1, 100, 1, 100, 100, 72, 72, 20, 1440",
        ],
    ),
    "purchase.passed_over": (
        "round_number, stopped_by_code, candidate_count",
        ["1, 'cash', 1"],
    ),
    "purchase.pool_limit": (
        "limit_code, limit_number, threshold_value, before_value, after_value, is_met_before, "
        "is_met_after, is_kept",
        ["'region', 1, 0.3, 0.2, 0.25, true, true, true"],
    ),
    "purchase.purchase": (
        "purchase_number, purchase_count, available_amount, eligible_loan_count, eligible_balance, "
        "purchased_loan_count, purchased_balance, price_amount, remaining_amount, "
        "supply_shortfall_amount, idle_days, idle_day_amount, cumulative_idle_day_amount, "
        "closing_pool_balance, initial_pool_balance, is_at_opening",
        ["1, 2, 372, 2, 300, 2, 300, 300, 72, 72, 20, 2300, 2300, 3000, 300, false"],
    ),
    "purchase.pool_loan": (
        "deal_id, loan_id, outstanding_balance, interest_unpaid",
        [
            "'deal', 'A', 900, 0",
            "'deal', 'B', 1800, 0",
            "'deal', 'C', 0, 0",
            "'deal', 'D', 200, 0",
            "'deal', 'E', 100, 0",
        ],
    ),
    # G is not on the tape; H and I are what a later deal owned a month ago.
    "closed.owned_elsewhere": (
        "owner_code, loan_id, outstanding_balance",
        ["'earlier', 'F', 50", "'earlier', 'G', 30", "'later', 'H', 70", "'later', 'I', 10"],
    ),
    "purchase.book_tie_out": (
        "owner_code, is_on_tape, as_of_date, owner_as_of_date, loan_count, outstanding_balance",
        [
            "'deal', true, '2017-07-31', '2017-07-31', 4, 3000",
            "'earlier', true, '2017-07-31', '2017-07-31', 1, 50",
            "'earlier', false, '2017-07-31', '2017-07-31', 1, 30",
            "'later', true, '2017-07-31', '2017-06-30', 1, 60",
            "'originator', true, '2017-07-31', null, 1, 500",
        ],
    ),
    "waterfall.payment": (
        "payment_number, payment_date, kind_code, target_code, account_code, to_account_code, "
        "due_amount, paid_amount, shortfall_amount, supported_amount, account_balance",
        [
            f"{number}, date '2017-08-10', {payment}"
            for number, payment in enumerate(
                (
                    "'fee', 'servicing', 'collection', '', 10, 10, 0, 0, 390",
                    "'interest', 'senior', 'collection', '', 21, 21, 0, 2, 371",
                    "'cover', 'collection', 'reserve', 'collection', 4, 4, 0, 0, 6",
                    "'purchase', '', 'collection', '', 372, 300, 72, 0, 75",
                    "'principal', 'senior', 'collection', '', 15, 12, 3, 0, 63",
                    "'write_off', 'equity', '', '', 7, 7, 0, 0, 0",
                    "'support_repayment', '', 'collection', '', 9, 1, 8, 0, 62",
                    "'deficiency', 'equity', 'collection', 'reserve', 5, 2, 3, 0, 60",
                ),
                start=1,
            )
        ],
    ),
    "waterfall.note_balance": (
        "note_code, opening_balance, issued_amount, principal_paid, write_off_amount, "
        "closing_balance, opening_interest_unpaid, interest_accrued, interest_paid, "
        "closing_interest_unpaid, opening_late_interest_unpaid, late_interest_accrued, "
        "late_interest_paid, closing_late_interest_unpaid",
        [
            "'senior', 3000, 0, 12, 0, 2988, 0, 20, 20, 0, 1, 0, 1, 0",
            "'equity', 500, 0, 0, 7, 493, 0, 0, 0, 0, 0, 0, 0, 0",
        ],
    ),
    "deal.note": (
        "note_code, annual_rate, earned_numerator, earned_denominator",
        ["'senior', 0.08, 1, 150", "'equity', 0, 0, 1"],
    ),
    "waterfall.fee_balance": (
        "fee_code, opening_unpaid, accrued_amount, paid_amount, closing_unpaid",
        ["'servicing', 1, 9, 10, 0"],
    ),
    "waterfall.account_balance": (
        "line_number, account_code, opening_balance, inflow_amount, originator_amount, "
        "support_amount, transfer_in_amount, transfer_out_amount, outflow_amount, "
        "closing_balance, target_balance",
        [
            "1, 'collection', 5, 395, 0, 2, 4, 2, 344, 60, null",
            "2, 'reserve', 10, 0, 0, 0, 2, 4, 0, 8, 12",
        ],
    ),
    "waterfall.deficiency_balance": (
        "note_code, opening_balance, defaulted_amount, made_good_amount, write_off_amount, "
        "closing_balance",
        ["'equity', 4, 8, 2, 5, 5"],
    ),
    "waterfall.support_balance": (
        "opening_drawn, drawn_amount, closing_drawn, opening_repaid, repaid_amount, "
        "closing_repaid, support_limit_amount, support_left_amount",
        ["8, 2, 10, 1, 1, 2, 50, 40"],
    ),
    "report.tr_3_1": (
        "note_code, notional_amount, notional_share",
        ["'senior', 3000, 0.857143", "'equity', 500, 0.142857"],
    ),
    "report.tr_3_2": (
        "note_code, notional_amount, opening_balance, opening_balance_per_100, principal_paid, "
        "principal_paid_per_100, write_off_amount, interest_due, interest_paid, "
        "interest_paid_per_100, closing_interest_unpaid, is_interest_deferred, residual_paid, "
        "total_paid, closing_balance, closing_balance_per_100",
        [
            "'senior', 3000, 3000, 100, 12, 0.4, 0, 21, 21, 0.7, 0, false, 0, 33, 2988, 99.6",
            "'equity', 500, 500, 100, 0, 0, 7, 0, 0, 0, 0, false, 0, 0, 493, 98.6",
        ],
    ),
    "report.tr_4_1": (
        "status_code, loan_count, loan_count_share, outstanding_balance, balance_share",
        [
            "'current', 1, 0.5, 900, 0.333333",
            "'overdue_1_30', 1, 0.5, 1800, 0.666667",
            "'total', 2, 1, 2700, 1",
            "'settled', 1, null, 0, null",
        ],
    ),
    "report.tr_4_2": ("new_default_count, new_default_balance", ["1, 500"]),
    "report.tr_4_3": (
        "collection_end_date, cumulative_default_balance, cumulative_default_rate, "
        "serious_overdue_balance",
        ["'2017-06-30', 0, 0, 0", "'2017-07-31', 500, 0.04, 0"],
    ),
    "report.tr_4_4": (
        "collection_end_date, opening_balance, scheduled_principal_paid, prepaid_principal_paid, "
        "prepayment_rate, annual_prepayment_rate",
        ["'2017-07-31', 3500, 100, 200, 0.058824, 0.516946"],
    ),
    "report.cohort_month": (
        "cohort_code, cohort_month, opening_balance, adjustment_amount, principal_paid, "
        "write_off_amount, repurchase_amount, closing_balance, loan_count",
        [
            "'entry', '2017-06', 3500, 10, 310, 500, 0, 2700, 2",
            "'entry', '2017-07', 0, 0, 0, 0, 0, 0, 0",
            "'origination', '2017-03', 1000, 0, 100, 0, 0, 900, 1",
            "'origination', null, 2500, 10, 210, 500, 0, 1800, 1",
        ],
    ),
    "report.sp_1": (
        "cohort_code, cohort_month, outstanding_balance",
        [
            "'entry', '2017-06', 2700",
            "'entry', '2017-07', 300",
            "'origination', '2017-03', 1200",
            "'origination', null, 1800",
        ],
    ),
    "report.sp_2": (
        "months_on_book, cohort_count, cohort_default_rate, lowest_default_rate, highest_default_rate",
        ["1, 2, 0.02, 0.01, 0.03", "2, 1, 0.03, 0.03, 0.03"],
    ),
    "report.rr_1": (
        "opening_status_code, opening_balance, to_current_share, to_overdue_1_30_share, "
        "to_overdue_31_60_share, to_overdue_61_90_share, to_overdue_over_90_share, to_unknown_share, "
        "to_settled_share, to_written_off_share, to_repurchased_share",
        [
            "'current', 1000, 1, 0, 0, 0, 0, 0, 0, 0, 0",
            "'overdue_1_30', 2500, 0, 0.333333, 0, 0.333333, 0, 0, 0, 0.333333, 0",
        ],
    ),
    "report.dp_1": (
        "collection_end_date, opening_balance, notes_opening_balance, pool_remaining_months, "
        "notes_remaining_months, duration_gap_months, period_number, prepayment_rate, annual_prepayment_rate",
        [
            "'2017-06-30', 0, 0, 5.5, 17, 11.5, 0, null, null",
            "'2017-07-31', 3500, 3500, 5, 16.25, 11.25, 1, 0.058824, 0.516946",
        ],
    ),
    "report.tr_5": (
        "disposal_code, loan_count, default_balance, outstanding_balance, recovered_amount",
        ["'written_off', 1, 500, 0, 50", "'cured', 0, 0, 0, 0", "'total', 1, 500, 0, 50"],
    ),
    "report.tr_6": (
        "line_number, flow_code, opening_balance, principal_due, interest_due, "
        "principal_and_interest_due, closing_balance",
        [
            "1, 'month', 1200, 700, 12, 712, 500",
            "2, 'month', 500, 500, 5, 505, 0",
            "3, 'total', 1200, 1200, 17, 1217, 0",
            "4, 'unknown', 1800, null, null, null, null",
        ],
    ),
    "report.tr_7": (
        "account_part_code, line_code, previous_amount, current_amount",
        [
            "'income', 'interest_normal', 10, 18",
            "'income', 'interest_prepaid', 1, 10",
            "'income', 'interest_overdue', 0, 2",
            "'income', 'interest_defaulted', 0, 0",
            "'income', 'interest_total', 11, 30",
            "'income', 'recovery', 0, 50",
            "'income', 'fee_collected', 0, 5",
            "'income', 'income_carried', 0, 0",
            "'income', 'investment_income', 0, 0",
            "'income', 'income_total', 11, 85",
            "'principal', 'principal_scheduled', 90, 100",
            "'principal', 'principal_prepaid', 9, 200",
            "'principal', 'principal_overdue', 0, 10",
            "'principal', 'principal_defaulted', 0, 0",
            "'principal', 'principal_collected_total', 99, 310",
            "'principal', 'principal_repurchased', 0, 0",
            "'principal', 'clean_up', 0, 0",
            "'principal', 'paid_in', 0, 0",
            "'principal', 'principal_carried', 0, 0",
            "'principal', 'principal_total', 99, 310",
            "'total', 'other_carried', 1, 15",
            "'total', 'support', 0, 2",
            "'total', 'available_total', 111, 412",
            "'total', 'collections_total', 110, 395",
            "'adjustment', 'adjustment_capitalised', 4, 10",
        ],
    ),
    "report.tr_14": (
        "cause_code, loan_count, repurchase_amount, interest_amount, price_amount",
        ["'total', 0, 0, 0, 0"],
    ),
    "report.tr_8": (
        "line_number, kind_code, due_amount, paid_amount, shortfall_amount, supported_amount",
        [
            "1, 'fee', 10, 10, 0, 0",
            "2, 'interest', 21, 21, 0, 2",
            "3, 'cover', 4, 4, 0, 0",
            "4, 'purchase', 372, 300, null, 0",
            "5, 'principal', 15, 12, 3, 0",
            "6, 'write_off', 7, 7, 0, 0",
            "7, 'support_repayment', 9, 1, 8, 0",
            "8, 'deficiency', 5, 2, 3, 0",
            "9, 'total', null, 344, null, 2",
            "10, 'carried_forward', null, 68, null, null",
        ],
    ),
    "report.hl_1": ("loan_id, held_balance", ["'H', 0"]),
    "report.tr_9": (
        "account_code, opening_balance, inflow_amount, outflow_amount, closing_balance",
        ["'collection', 5, 401, 346, 60", "'reserve', 10, 2, 4, 8"],
    ),
    "report.rc_1": (
        "account_code, figure_code, trustee_amount, custodian_amount, reconciliation_code, "
        "servicer_difference_amount, custodian_difference_amount, servicer_amount, other_amount",
        [
            "'collection', 'inflow', 401, 401, 'agrees', 0, 0, 300, 101",
            "'collection', 'opening', 5, 5, 'agrees', null, 0, null, null",
            "'collection', 'outflow', 346, null, 'unknown', null, null, null, null",
            "'collection', 'closing', 60, null, 'unknown', null, null, null, null",
            "'reserve', 'opening', 10, 10, 'agrees', null, 0, null, null",
            "'reserve', 'inflow', 2, 2, 'agrees', null, 0, null, 2",
            "'reserve', 'outflow', 4, null, 'unknown', null, null, null, null",
            "'reserve', 'closing', 8, null, 'unknown', null, null, null, null",
        ],
    ),
    "report.tr_15_1": (
        "block_code, item_code, current_value",
        [
            "'overcollateralisation', 'pool', 3000",
            "'overcollateralisation', 'cash', 68",
            "'overcollateralisation', 'notes', 3481",
            "'overcollateralisation', 'assets_over_notes', -413",
            "'reserve', 'reserve_required', 12",
            "'reserve', 'reserve_actual', 8",
        ],
    ),
    "report.tr_15_2": (
        "trigger_code, metric_rate, is_breached, is_acting",
        ["'default_rate', 0.04, false, false"],
    ),
    "deal.term": (
        "has_forecast, has_continued_purchase, late_interest_code, rounding_code, "
        "initial_pool_amount, is_reconciliation_needed",
        ["true, true, 'simple', 'half_up', null, false"],
    ),
    "deal.period": (
        "as_of_date, is_first, is_legal_final, period_number, payment_date, has_payment, report_date, "
        "latest_report_date",
        ["'2017-07-31', true, false, 1, '2017-08-10', true, '2017-08-07', '2017-08-07'"],
    ),
    "report.reg_1": ("loan_count, outstanding_balance", ["7, 3605"]),
    "report.reg_2": (
        "line_number, loan_count, outstanding_balance, current_balance, overdue_1_30_balance, "
        "overdue_31_60_balance, overdue_61_90_balance, overdue_over_90_balance, unknown_status_balance, "
        "prepaid_principal_paid",
        ["1, 5, 3000, 1100, 1900, 0, 0, 0, 0, 20", "2, 2, 605, 100, 0, 0, 0, 500, 5, 10"],
    ),
    "report.reg_3": (
        "line_number, loan_count, outstanding_balance, overdue_30_share, overdue_60_share, overdue_90_share",
        ["1, 5, 3000, 0, 0, 0", "2, 2, 605, null, null, null"],
    ),
    "report.reg_4": (
        "outstanding_balance, prepaid_principal_paid, current_balance, overdue_1_30_balance, "
        "overdue_31_60_balance, overdue_61_90_balance, overdue_over_90_balance, unknown_status_balance",
        ["3605, 30, 1200, 1900, 0, 0, 500, 5"],
    ),
    "report.reg_5": (
        "line_number, offered_count, passed_count, failed_count, undecidable_count",
        ["1, 3, 2, 1, 0"],
    ),
    "report.off_4": (
        "line_number, flow_code, opening_balance, principal_due, interest_due, "
        "principal_and_interest_due, closing_balance",
        [
            "1, 'month', 250, 150, 12, 162, 100",
            "2, 'month', 100, 100, 5, 105, 0",
            "3, 'total', 250, 250, 17, 267, 0",
            "4, 'unknown', 50, null, null, null, null",
        ],
    ),
    "report.off_5": (
        "note_code, notional_amount, notional_share, enhancement_share",
        ["'senior', 3000, 0.8571, 0.142857", "'equity', 500, 0.1429, 0"],
    ),
    "report.off_8": (
        "line_number, enhancement_amount, enhancement_share",
        ["1, 500, 0.142857", "2, null, null"],
    ),
    "pool.waiting_collection": (
        "principal_paid, interest_paid, fee_paid, recovery_amount, repurchase_price_amount",
        [],
    ),
    "closed.waiting_collection": (
        "principal_paid, interest_paid, fee_paid, recovery_amount, repurchase_price_amount, "
        "new_default_balance",
        [],
    ),
    "waterfall.forecast": (
        "target_date, measure_code, note_code, forecast_amount",
        ["'2017-08-31', 'principal', '', 290"],
    ),
    "closed.forecast": (
        "as_of_date, target_date, measure_code, note_code, forecast_amount",
        [
            "'2017-06-30', '2017-07-31', 'principal', '', 300",
            "'2017-04-30', '2017-07-31', 'principal', '', 280",
            "'2017-01-31', '2017-07-31', 'principal', '', 250",
        ],
    ),
    "report.fc_1": (
        "line_number, as_of_date, measure_code, note_code, forecast_date, forecast_amount, "
        "actual_amount, difference_amount, three_months_forecast_amount, six_months_forecast_amount",
        ["1, '2017-07-31', 'principal', '', '2017-06-30', 300, 310, -10, 280, 250"],
    ),
    "pool.event": ("event_code", ["'server_dismiss'"]),
    "report.tr_16": (
        "event_code, origin_code",
        ["'phase_allocation', 'told'", "'server_dismiss', 'entered'"],
    ),
    "report.tr_10": (
        "purchase_item_code, current_value",
        ["'price', 300", "'purchased_to_date', 800"],
    ),
    "report.pp_5": (
        "trigger_code, metric_rate, early_end_code",
        ["'default_rate', 0.04, 'goes_on'"],
    ),
    "report.pp_1": (
        "purchase_number, round_number, available_amount, purchased_loan_count, purchased_balance, "
        "price_amount, remaining_amount",
        ["1, 1, 372, 1, 200, 200, 172", "1, 2, 172, 1, 100, 100, 72"],
    ),
    "report.pp_2": (
        "purchased_balance, price_amount, idle_amount, cumulative_idle_day_amount, "
        "cumulative_purchased_balance",
        ["300, 300, 72, 2300, 800"],
    ),
    "report.pp_4": (
        "line_number, before_value, after_value, is_met_before, is_met_after",
        ["1, 0.2, 0.25, true, true"],
    ),
}

# A distribution of each kind: the pool of tr_4_1 beside the last report's, the initial pool, and both beside
# a purchase.
_PERIOD = (
    "bucket_code, previous_loan_count, previous_balance, previous_balance_share, loan_count, "
    "outstanding_balance, balance_share"
)
_INITIAL = "bucket_code, loan_count, outstanding_balance, balance_share"
_COMPARED = (
    "bucket_code, initial_loan_count, initial_balance, initial_balance_share, purchased_loan_count, "
    "purchased_balance, purchased_balance_share, loan_count, outstanding_balance, balance_share"
)
_LINES = {
    _PERIOD: ["'low', 1, 1500, 0.6, 1, 900, 0.3333", "'high', 1, 1000, 0.4, 1, 1800, 0.6667",
              "'total', 2, 2500, 1, 2, 2700, 1"],
    _INITIAL: ["'low', 2, 200, 0.6667", "'high', 0, 100, 0.3333", "'total', 2, 300, 1"],
    _COMPARED: ["'low', 2, 300, 1, 1, 200, 0.6667, 1, 900, 0.3333",
                "'high', 0, 0, 0, 1, 100, 0.3333, 1, 1800, 0.6667",
                "'total', 2, 300, 1, 2, 300, 1, 2, 2700, 1"],
}  # fmt: skip
for _names, _columns in (
    (PERIOD_TABLES, _PERIOD),
    (INITIAL_TABLES, _INITIAL),
    (COMPARED_TABLES, _COMPARED),
):
    for _name in _names:
        if _name in (*TWO_DIMENSIONS, *COMPARED_TABLES):
            _rows = [f"'{one}', {line}" for one in ("age", "rate") for line in _LINES[_columns]]
            TABLES[f"report.{_name}"] = (f"dimension_code, {_columns}", _rows)
        else:
            TABLES[f"report.{_name}"] = (_columns, _LINES[_columns])
TABLES |= {
    "report.tr_11": (
        "feature_code, current_value",
        ["'loan_count', 2", "'outstanding_balance', 2700"],
    ),
    "report.off_1": ("feature_code", ["'loan_count'"]),
    "report.pool_feature": (
        "scope_code, feature_code, feature_value",
        ["'initial', 'outstanding_balance', 300", "'initial', 'loan_count', 2"],
    ),
}

_TYPES = (
    ("_id", "varchar"),
    ("cohort_month", "varchar"),
    ("months_on_book", "integer"),
    ("_date", "date"),
    ("_code", "varchar"),
    ("_numerator", "decimal(38, 0)"),
    ("_denominator", "decimal(38, 0)"),
    ("_en", "varchar"),
    ("_name", "varchar"),
    ("_text", "varchar"),
    ("_count", "bigint"),
    ("_number", "integer"),
    ("_share", "decimal(9,6)"),
    ("_per_100", "decimal(18,6)"),
    ("_rate", "decimal(18,6)"),
    ("_date", "date"),
)


def type_of(column: str) -> str:
    """The SQL type that a column's name promises."""
    if column.startswith(("is_", "has_")):
        return "boolean"
    return next((kind for ending, kind in _TYPES if column.endswith(ending)), "decimal(18,2)")


def build_month(connection: duckdb.DuckDBPyConnection) -> None:
    """Make every table of the sound month in `connection`, in place of earlier ones."""
    for table, (columns, rows) in TABLES.items():
        connection.execute(f"create schema if not exists {table.split('.')[0]}")
        typed = ", ".join(f"{name} {type_of(name)}" for name in columns.split(", "))
        connection.execute(f"create or replace table {table} ({typed})")
        if rows:
            connection.execute(f"insert into {table} values ({'), ('.join(rows)})")
