"""The identities of pool, purchase, payments and report: kept by a sound month, broken by a fen."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from expectations.counts import measure, refuse_on_stop, write_listings
from expectations.rule import CheckError, Rule, Verdict
from expectations.rules import book, eligibility, pool, purchase, report, tape, waterfall
from expectations.rules.report.distributions import COMPARED_TABLES, INITIAL_TABLES
from expectations.rules.tape.delivery import total_rules
from tests.expectations.sound_month import TABLES, build_month, type_of
from tests.expectations.tape_sample import AS_OF_DATE

RULES = (
    *pool.RULES,
    *eligibility.RULES,
    *purchase.RULES,
    *book.RULES,
    *waterfall.RULES,
    *waterfall.WARNINGS,
    *report.RULES,
)

# Rule id: what breaks it in a month that was sound.
BREAKS: dict[str, str] = {
    "loan_repeated": "insert into pool.loan_month from pool.loan_month where loan_id = 'A'",
    "pool_loan_id_missing": "update pool.loan_month set loan_id = null where loan_id = 'A'",
    "loan_roll_forward": "update pool.loan_month set closing_balance = 900.01 where loan_id = 'A'",
    "loan_flow_below_zero": "update pool.loan_month set fee_paid = -0.01, is_unreported = true "
    "where loan_id = 'A'",
    "adjustment_differs_from_loans": "update pool.adjustment set adjustment_amount = 10.01",
    "adjusted_too_much": "update pool.adjusted_pool set adjusted_loan_count = 2",
    "held_loan_differs": "update pool.held_loan set loan_id = 'A'",
    "new_default_not_defaulted": "update pool.loan_month set is_defaulted = false",
    "pool_row_missing": "delete from pool.collection",
    "pool_roll_forward": "update pool.pool_balance set write_off_amount = 500.01",
    "pool_differs_from_loans": "update pool.pool_balance set principal_paid = 310.01",
    "pool_loan_count_differs": "update pool.pool_balance set loan_count = 1",
    "pool_below_zero": "update pool.pool_balance set closing_balance = -0.01",
    "unreported_share_too_high": "update pool.pool_balance set unreported_balance = 35.01",
    "collection_differs_from_loans": "update pool.loan_month set interest_paid = 20.01 "
    "where loan_id = 'A'",
    "collection_does_not_foot": "update pool.collection set collected_amount = 395.01",
    "collection_differs_from_pool": "update pool.collection set principal_paid = 310.01",
    "noticed_loan_not_owned": "update deal.repurchase_notice set loan_id = 'D'",
    "repurchase_differs_from_pool": "update pool.repurchase set balance_amount = 0.01",
    "interest_unpaid_not_carried": "update purchase.pool_loan set interest_unpaid = 0.01 "
    "where loan_id = 'A'",
    "repurchase_does_not_foot": "update pool.repurchase set interest_amount = 0.01",
    "repurchased_loan_in_pool": "update pool.repurchased_loan set loan_id = 'A', "
    "repurchase_date = as_of_date",
    "criterion_result_does_not_foot": "update eligibility.criterion_result set failed_count = 0",
    "purchased_loan_not_eligible": "update eligibility.loan_eligibility set is_eligible = false "
    "where loan_id = 'D'",
    "reg_1_differs_from_tape": "update report.reg_1 set loan_count = 6",
    "reg_3_differs_from_reg_2": "update report.reg_3 set overdue_60_share = 0.1 where line_number = 1",
    "reg_4_differs_from_reg_2": "update report.reg_4 set prepaid_principal_paid = null",
    "reg_2_does_not_foot": "update report.reg_2 set unknown_status_balance = 5.01 where line_number = 2",
    "reg_5_does_not_foot": "update report.reg_5 set passed_count = 3",
    "off_4_does_not_foot": "update report.off_4 set opening_balance = 100.01, closing_balance = 0.01 "
    "where line_number = 2",
    "off_4_differs_from_pool": "delete from report.off_4 where flow_code = 'unknown'",
    "off_5_does_not_foot": "update report.off_5 set notional_share = 0.8572 where note_code = 'senior'",
    "off_5_differs_from_notes": "update waterfall.note_balance set issued_amount = 0.01 "
    "where note_code = 'equity'",
    "off_8_does_not_foot": "update report.off_8 set enhancement_amount = null where line_number = 1",
    "off_8_differs_from_off_5": "update report.off_8 set enhancement_share = 0.142856 "
    "where line_number = 1",
    "purchased_loan_repeated": "update purchase.purchased_loan set loan_id = 'D'",
    "purchased_loan_already_owned": "update purchase.purchased_loan set loan_id = 'A' "
    "where loan_id = 'D'",
    "purchased_loan_not_positive": "update purchase.purchased_loan set balance_amount = 0 "
    "where loan_id = 'D'",
    "purchase_differs_from_loans": "update purchase.purchased_loan set price_amount = 99.99 "
    "where loan_id = 'E'",
    "purchase_round_differs_from_loans": "update purchase.purchased_loan set round_number = 1",
    "purchase_without_row": "delete from purchase.purchase_round where round_number = 2",
    "purchase_differs_from_rounds": "update purchase.purchase set purchase_count = 1",
    "purchase_rest_not_carried": "update purchase.purchase_round set available_amount = 172.01 "
    "where round_number = 2",
    "purchase_round_does_not_foot": "update purchase.purchase_round set budget_amount = 199.99 "
    "where round_number = 1",
    "purchase_passed_over_differs": "delete from purchase.passed_over",
    "pool_limit_broken": "update purchase.pool_limit set is_met_after = false",
    "purchase_above_available": "update purchase.purchase set available_amount = 299.99",
    "purchase_does_not_foot": "update purchase.purchase set eligible_balance = 299.99",
    "purchase_pool_differs": "update purchase.purchase set closing_pool_balance = 3000.01",
    "first_pool_above_stated": "update purchase.purchase set purchase_number = 0; "
    "update deal.term set initial_pool_amount = 299.99",
    "waiting_differs_from_collection": "insert into pool.waiting_collection values (0, 0.01, 0, 0, 0)",
    "purchase_payment_differs": "update waterfall.payment set paid_amount = 300.01 "
    "where kind_code = 'purchase'",
    "pool_overdue_differs": "update pool.pool_balance set overdue_balance = 2700.01",
    "new_default_differs_from_loans": "update pool.default_rate set new_default_balance = 500.01",
    "trigger_differs_from_default_rate": "update pool.trigger_metric set metric_rate = 0.040001",
    "phase_ignores_trigger": "update pool.trigger_test set is_acting = true",
    "loan_in_two_pools": "update closed.owned_elsewhere set loan_id = 'A' where loan_id = 'H'",
    "purchased_loan_owned_elsewhere": "update closed.owned_elsewhere set loan_id = 'D' "
    "where loan_id = 'H'",
    "book_differs_from_tape": "update intake.loan_tape set closing_balance = 500.01 "
    "where loan_id = 'J'",
    "book_differs_from_pools": "update purchase.pool_loan set outstanding_balance = 900.01 "
    "where loan_id = 'A'",
    "payment_below_zero": "update waterfall.payment set account_balance = -0.01",
    "payment_above_due": "update waterfall.payment set due_amount = 9.99 where payment_number = 1",
    "payment_shortfall_differs": "update waterfall.payment set shortfall_amount = 2.99 "
    "where payment_number = 5",
    "payment_without_account": "update waterfall.payment set to_account_code = 'other' "
    "where kind_code = 'deficiency'",
    "payment_balance_differs": "update waterfall.payment set account_balance = 371.01 "
    "where payment_number = 2",
    "ledger_missing": "delete from waterfall.note_balance",
    "note_roll_forward": "update waterfall.note_balance set closing_balance = 2988.01 "
    "where note_code = 'senior'",
    "note_interest_roll_forward": "update waterfall.note_balance set interest_accrued = 20.01 "
    "where note_code = 'senior'",
    "note_late_interest_roll_forward": "update waterfall.note_balance "
    "set late_interest_accrued = 0.01 where note_code = 'senior'",
    "note_interest_not_as_stated": "update deal.note set earned_denominator = 149 "
    "where note_code = 'senior'",
    "note_payment_differs": "update waterfall.note_balance set interest_paid = 20.01 "
    "where note_code = 'senior'",
    "note_below_zero": "update waterfall.note_balance set closing_balance = -0.01",
    "fee_roll_forward": "update waterfall.fee_balance set opening_unpaid = 1.01",
    "fee_payment_differs": "update waterfall.fee_balance set paid_amount = 9.99",
    "fee_below_zero": "update waterfall.fee_balance set closing_unpaid = -0.01",
    "deficiency_roll_forward": "update waterfall.deficiency_balance set opening_balance = 4.01",
    "deficiency_payment_differs": "update waterfall.deficiency_balance set made_good_amount = 2.01",
    "deficiency_below_zero": "update waterfall.deficiency_balance set closing_balance = -0.01",
    "deficiency_above_defaults": "update waterfall.deficiency_balance "
    "set defaulted_amount = 500.01",
    "support_roll_forward": "update waterfall.support_balance set opening_repaid = 1.01",
    "support_payment_differs": "update waterfall.support_balance set repaid_amount = 1.01",
    "support_beyond_limit": "update waterfall.support_balance set support_left_amount = 40.01",
    "account_roll_forward": "update waterfall.account_balance set opening_balance = 5.01 "
    "where line_number = 1",
    "sources_differ_from_uses": "delete from waterfall.payment where payment_number = 1",
    "account_payment_differs": "update waterfall.account_balance set outflow_amount = 344.01 "
    "where line_number = 1",
    "transfers_differ": "update waterfall.account_balance set transfer_in_amount = 2.01 "
    "where line_number = 2",
    "inflow_differs_from_collection": "update waterfall.account_balance set inflow_amount = 395.01",
    "account_below_zero": "update waterfall.account_balance set closing_balance = -0.01",
    "tr_3_1_shares_do_not_foot": "update report.tr_3_1 set notional_share = 0.8572 "
    "where note_code = 'senior'",
    "tr_3_2_does_not_foot": "update report.tr_3_2 set opening_balance = 3000.01 "
    "where note_code = 'senior'",
    "tr_3_2_per_100_differs": "update report.tr_3_2 set interest_paid_per_100 = 0.6667 "
    "where note_code = 'senior'",
    "tr_3_2_differs_from_notes": "delete from report.tr_3_2 where note_code = 'equity'",
    "tr_4_1_does_not_foot": "delete from report.tr_4_1 where status_code = 'total'",
    "tr_4_1_differs_from_pool": "update report.tr_4_1 set outstanding_balance = 2700.01 "
    "where status_code = 'total'",
    "tr_4_2_differs_from_loans": "delete from report.tr_4_2",
    "distribution_does_not_foot": "update report.tr_12_10 set previous_balance_share = 0.3999 "
    "where dimension_code = 'rate' and bucket_code = 'high'",
    "distribution_differs_from_pool": "delete from report.tr_13_1",
    "initial_distribution_does_not_foot": "update deal.period set is_first = true; "
    "update report.off_3_6 set outstanding_balance = 200.01 where bucket_code = 'low'",
    "new_purchase_does_not_foot": "update report.pp_3_3 set purchased_balance = 200.01 "
    "where bucket_code = 'low'",
    "tr_11_differs_from_pool": "delete from report.tr_11 where feature_code = 'loan_count'",
    "initial_statistics_differ_from_pool": "update deal.period set is_first = true; "
    "delete from report.off_1",
    "tr_4_3_differs_from_periods": "delete from report.tr_4_3 where cumulative_default_balance = 0",
    "tr_4_3_differs_from_rates": "update report.tr_4_3 set cumulative_default_rate = 0.040001 "
    "where collection_end_date = date '2017-07-31'",
    "tr_4_4_differs_from_collections": "update report.tr_4_4 set prepayment_rate = 0.058821",
    "rc_1_differs_from_accounts": "update report.rc_1 set trustee_amount = 60.01 "
    "where account_code = 'collection' and figure_code = 'closing'",
    "rc_1_does_not_foot": "update report.rc_1 set reconciliation_code = 'agrees' "
    "where custodian_amount is null",
    "account_not_reconciled": "update deal.term set is_reconciliation_needed = true; "
    "update report.rc_1 set reconciliation_code = 'unknown' where figure_code = 'inflow'",
    "tr_4_4_differs_from_dp_1": "update report.dp_1 set annual_prepayment_rate = 0.516947 "
    "where collection_end_date = date '2017-07-31'",
    "cohorts_differ_from_pool": "delete from report.cohort_month where cohort_month is null",
    "sp_1_differs_from_pool": "update report.sp_1 set outstanding_balance = 300.01 "
    "where cohort_month = '2017-07'",
    "sp_2_out_of_order": "update report.sp_2 set lowest_default_rate = 0.020001 "
    "where months_on_book = 1",
    "rr_1_does_not_foot": "update report.rr_1 set to_settled_share = 0.00002 "
    "where opening_status_code = 'current'",
    "dp_1_differs_from_pool": "update report.dp_1 set duration_gap_months = 11.24 "
    "where collection_end_date = date '2017-07-31'",
    "tr_5_differs_from_defaults": "update report.tr_5 set loan_count = 1 where loan_count = 0",
    "tr_6_does_not_foot": "update report.tr_6 set opening_balance = 500.01, closing_balance = 0.01 "
    "where line_number = 2",
    "tr_6_differs_from_pool": "delete from report.tr_6 where flow_code = 'unknown'",
    "tr_7_does_not_foot": "delete from report.tr_7 where line_code = 'recovery'",
    "tr_7_previous_does_not_foot": "update report.tr_7 set previous_amount = 11.01 "
    "where line_code = 'income_total'",
    "tr_7_differs_from_collection": "delete from report.tr_7",
    "tr_7_differs_from_accounts": "update report.tr_7 set current_amount = 15.01 "
    "where line_code = 'other_carried'",
    "tr_7_differs_from_adjustments": "delete from report.tr_7 "
    "where account_part_code = 'adjustment'",
    "hl_1_differs_from_held": "delete from report.hl_1",
    "tr_14_differs_from_pool": "delete from report.tr_14",
    "tr_8_differs_from_payments": "delete from report.tr_8 where line_number = 3",
    "tr_8_differs_from_tr_7": "update report.tr_8 set paid_amount = 344.01 "
    "where kind_code = 'total'",
    "tr_9_does_not_foot": "update report.tr_9 set inflow_amount = 397.01",
    "tr_9_differs_from_account": "delete from report.tr_9",
    "tr_15_1_differs_from_ledgers": "update report.tr_15_1 set current_value = -413.01 "
    "where item_code = 'assets_over_notes'",
    "tr_15_1_reserve_differs": "update report.tr_15_1 set current_value = 8.01 "
    "where item_code = 'reserve_actual'",
    "tr_15_2_differs_from_tests": "delete from report.tr_15_2",
    "forecast_missing": "delete from waterfall.forecast",
    "fc_1_does_not_foot": "update report.fc_1 set difference_amount = -10.01",
    "fc_1_lacks_forecast": "delete from report.fc_1",
    "tr_16_lacks_event": "delete from report.tr_16 where origin_code = 'entered'",
    "tr_10_differs_from_purchase": "update report.tr_10 set current_value = 300.01 "
    "where purchase_item_code = 'price'",
    "pp_5_differs_from_tests": "update report.pp_5 set early_end_code = 'ended'",
    "pp_1_does_not_foot": "update report.pp_1 set remaining_amount = 72.01",
    "pp_1_differs_from_purchase": "delete from report.pp_1 where round_number = 2",
    "pp_2_differs_from_purchase": "delete from report.pp_2",
    "pp_4_differs_from_limits": "delete from report.pp_4",
}

# What no identity of the month's own tables can tell.
FREE = {
    ("pool.loan_month", "default_balance"): "of a loan that is no new default",
    ("pool.pool_balance", "unreported_balance"): "below the limit",
    ("pool.pool_balance", "max_unreported_share"): "a term of the deal",
    ("pool.adjusted_pool", "max_adjusted_share"): "a term of the deal",
    ("pool.adjusted_pool", "opening_balance"): "only what the bound is of",
    ("report.hl_1", "held_balance"): "only shown",
    ("deal.term", "initial_pool_amount"): "of a deal that states none",
    ("purchase.purchase", "eligible_balance"): "above what was bought",
    ("purchase.purchase_round", "eligible_balance"): "above what was bought",
    ("purchase.purchase_round", "budget_amount"): "within the cash available",
    ("purchase.pool_limit", "threshold_value"): "a term of the deal",
    ("pool.pool_balance", "overdue_balance"): "between what is seriously overdue and the pool",
    ("waterfall.account_balance", "target_balance"): "only shown",
    ("waterfall.forecast", "forecast_amount"): "of a month that is not there yet",
}


@pytest.fixture(scope="module")
def month() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})  # Few rows: others would only be waited for.
    build_month(connection)
    return connection


@pytest.fixture
def sound_month(month: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The sound month, sound again after the test."""
    month.execute("begin")
    yield month
    month.execute("rollback")


def failed_rules(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule] = RULES) -> set[str]:
    counts = measure(connection, rules)
    assert not [count.error for count in counts.values() if count.error]
    return {rule_id for rule_id, count in counts.items() if count.failing_count}


def rules_on(table: str) -> list[Rule]:
    """The rules whose SQL names the table: the others cannot see a change of it."""
    return [rule for rule in RULES if table in f"{rule.relation} {rule.failing}"]


def test_a_sound_month_keeps_every_identity(sound_month: duckdb.DuckDBPyConnection) -> None:
    assert failed_rules(sound_month) == set()


def test_every_identity_is_broken_by_a_test() -> None:
    assert set(BREAKS) == {rule.id for rule in RULES}


def test_no_two_rules_of_any_stop_share_an_id() -> None:
    ids = [rule.id for rule in (*tape.row_rules(AS_OF_DATE), *total_rules(), *RULES)]
    assert len(ids) == len(set(ids))


def test_a_warranty_that_a_tape_leaves_open_is_warned_of(
    sound_month: duckdb.DuckDBPyConnection,
) -> None:
    sound_month.execute("insert into pool.warranty_breach values ('A', 'is_not_pledged', false)")
    count = measure(sound_month, pool.WARNINGS)["warranty_undecidable"]
    assert (count.failing_count, count.error) == (1, "")
    assert {rule.level for rule in pool.WARNINGS} == {"warn"}


def test_a_static_field_that_changed_is_warned_of(
    sound_month: duckdb.DuckDBPyConnection,
) -> None:
    assert measure(sound_month, pool.WARNINGS)["static_field_changed"].failing_count == 0
    sound_month.execute("insert into pool.changed_field values ('A', 'annual_rate', '0.1', '0.2')")
    assert measure(sound_month, pool.WARNINGS)["static_field_changed"].failing_count == 1


def test_a_report_after_the_third_working_day_before_the_payment_is_warned_of(
    sound_month: duckdb.DuckDBPyConnection,
) -> None:
    """Thursday 10 August less three working days is Monday 7 August."""
    rule = next(rule for rule in report.WARNINGS if rule.id == "report_too_late")
    assert rule.level == "warn"
    assert failed_rules(sound_month, [rule]) == set()
    sound_month.execute("update deal.period set report_date = '2017-08-08'")
    assert failed_rules(sound_month, [rule]) == {"report_too_late"}
    sound_month.execute("update deal.period set latest_report_date = null")
    assert failed_rules(sound_month, [rule]) == set()


def test_a_statement_that_differs_is_warned_of_with_account_and_amount_and_stops_where_asked(
    sound_month: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (rule,) = (rule for rule in report.WARNINGS if rule.id == "custodian_statement_differs")
    asked = [rule, *(one for one in report.RULES if one.id == "account_not_reconciled")]
    assert (rule.level, failed_rules(sound_month, asked)) == ("warn", set())
    # What nobody stated is unknown, and no row of the rule.
    assert measure(sound_month, [rule])[rule.id].row_count == 4
    sound_month.execute(
        "update report.rc_1 set custodian_amount = 400.99, custodian_difference_amount = -0.01, "
        "reconciliation_code = 'differs' where account_code = 'collection' and figure_code = 'inflow'"
    )
    assert failed_rules(sound_month, asked) == {rule.id}
    [shown] = measure(sound_month, [rule])[rule.id].keys
    assert "collection" in shown and "-0.01" in shown
    sound_month.execute("update deal.term set is_reconciliation_needed = true")
    assert failed_rules(sound_month, asked) == {rule.id, "account_not_reconciled"}
    # Of each account what came in has to be stated; what is paid out may be unknown yet.
    sound_month.execute(
        "update report.rc_1 set reconciliation_code = 'agrees' where figure_code = 'inflow'"
    )
    assert failed_rules(sound_month, asked) == set()


def test_the_bound_on_adjustments_is_not_passed_by_a_fen_and_names_the_loans(
    sound_month: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rules = [rule for rule in pool.RULES if rule.id == "adjusted_too_much"]
    assert measure(sound_month, rules)["adjusted_too_much"].failing_count == 0
    sound_month.execute("update pool.adjusted_pool set absolute_amount = 35.01")
    count = measure(sound_month, rules)["adjusted_too_much"]
    assert (count.failing_count, "first_adjusted_loans B" in count.example) == (1, True)
    verdict = Verdict(
        rules[0].id, "pool", "stop", 1, 1, Decimal(0), 0, "failed", "", "x", count.example
    )
    listings = write_listings(sound_month, rules, [verdict], tmp_path / "lists")
    [(path, count, is_cut)] = listings.values()
    assert (count, is_cut) == (1, False)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.read_text() == "loan_id,adjustment_code,adjustment_amount\nB,capitalised,10.00\n"
    with pytest.raises(CheckError, match=rf"\(list: {path}\); nothing is published") as caught:
        refuse_on_stop([verdict], "deal 2017-07", listings)
    assert "\n" not in str(caught.value)


def test_a_formula_in_a_list_is_a_text_to_a_spreadsheet(
    sound_month: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    query = "select unnest(['=1+1', '-A', '+1', '@x', 'B=1', '']) as loan_id, -1.5 as amount"
    rule = replace(pool.RULES[0], listing=query)
    verdict = Verdict(rule.id, "pool", "stop", 1, 1, Decimal(0), 0, "failed", "", "x", "")
    [(path, *_)] = write_listings(sound_month, [rule], [verdict], tmp_path).values()
    with path.open(encoding="utf-8") as file:
        found = [row["loan_id"] for row in csv.DictReader(file)]
    assert found == ["'=1+1", "'-A", "'+1", "'@x", "B=1", ""]
    assert path.read_text().count(",-1.5\n") == 6


def test_every_identity_stops_the_publish() -> None:
    assert {rule for rule in RULES if rule.level != "stop"} == set(waterfall.WARNINGS)


@pytest.mark.parametrize("rule_id", BREAKS)
def test_a_broken_identity_is_seen(sound_month: duckdb.DuckDBPyConnection, rule_id: str) -> None:
    sound_month.execute(BREAKS[rule_id])
    assert failed_rules(sound_month, [rule for rule in RULES if rule.id == rule_id]) == {rule_id}


@pytest.mark.parametrize(
    "table", [name for name, (_, rows) in TABLES.items() if rows and name != "report.tr_7"]
)
def test_a_fen_more_in_any_amount_is_seen(month: duckdb.DuckDBPyConnection, table: str) -> None:
    unseen, rules = [], rules_on(table)
    for column in TABLES[table][0].split(", "):
        if type_of(column) != "decimal(18,2)" or (table, column) in FREE:
            continue
        month.execute("begin")
        month.execute(
            f"update {table} set {column} = {column} + 0.01 "
            f"where rowid = (select min(rowid) from {table})"
        )
        if not failed_rules(month, rules):
            unseen.append(column)
        month.execute("rollback")
    assert unseen == []


@pytest.mark.parametrize("column", ["previous_amount", "current_amount"])
def test_a_fen_more_in_any_line_of_the_collections_is_seen(
    month: duckdb.DuckDBPyConnection, column: str
) -> None:
    rules = rules_on("report.tr_7")
    for (line_code,) in month.execute("select line_code from report.tr_7").fetchall():
        month.execute("begin")
        month.execute(
            f"update report.tr_7 set {column} = {column} + 0.01 where line_code = ?", [line_code]
        )
        assert failed_rules(month, rules), line_code
        month.execute("rollback")


def test_an_unknown_amount_breaks_its_identity(sound_month: duckdb.DuckDBPyConnection) -> None:
    sound_month.execute("update pool.loan_month set repurchase_amount = null where loan_id = 'A'")
    assert "loan_roll_forward" in failed_rules(sound_month)


def test_a_deal_that_buys_nothing_keeps_every_identity(
    sound_month: duckdb.DuckDBPyConnection,
) -> None:
    for statement in (
        "delete from purchase.purchased_loan",
        "delete from purchase.purchase",
        "delete from purchase.purchase_round",
        "delete from purchase.passed_over",
        "delete from purchase.pool_limit",
        "delete from report.pp_1",
        "delete from report.pp_2",
        "delete from report.pp_4",
        *(f"delete from report.{name}" for name in (*COMPARED_TABLES, *INITIAL_TABLES)),
        "delete from report.pp_5",
        "delete from report.tr_10",
        "update deal.term set has_continued_purchase = false",
        "delete from waterfall.payment where kind_code = 'purchase'",
        "update waterfall.payment set account_balance = account_balance + 300 "
        "where payment_number > 4 and account_code = 'collection'",
        "delete from report.tr_8 where line_number = 4",
        "update report.tr_8 set paid_amount = paid_amount "
        "+ case kind_code when 'total' then -300 else 300 end "
        "where kind_code in ('total', 'carried_forward')",
        "update waterfall.account_balance set outflow_amount = 44, closing_balance = 360 "
        "where line_number = 1",
        "update report.tr_9 set outflow_amount = 46, closing_balance = 360 "
        "where account_code = 'collection'",
        "update report.tr_15_1 set current_value = current_value + 300 "
        "where item_code in ('cash', 'assets_over_notes')",
    ):
        sound_month.execute(statement)
    assert failed_rules(sound_month) == set()


def test_a_loan_that_one_part_of_the_book_lacks_and_another_has_twice_is_seen(
    sound_month: duckdb.DuckDBPyConnection,
) -> None:
    """The sums stay: only the loans themselves can tell."""
    sound_month.execute("update closed.owned_elsewhere set loan_id = 'E' where loan_id = 'F'")
    assert {"loan_in_two_pools", "purchased_loan_owned_elsewhere"} <= failed_rules(sound_month)


def test_an_empty_pool_keeps_the_identities_of_the_pool(
    sound_month: duckdb.DuckDBPyConnection,
) -> None:
    sound_month.execute("delete from pool.loan_month")
    sound_month.execute("delete from deal.repurchase_notice")
    sound_month.execute("delete from pool.adjustment")
    sound_month.execute("delete from pool.held_loan")
    for table in ("pool.pool_balance", "pool.collection", "pool.adjusted_pool"):
        columns = [name for name in TABLES[table][0].split(", ") if type_of(name) != "date"]
        zeros = ", ".join(f"{column} = 0" for column in columns)
        sound_month.execute(f"update {table} set {zeros}")
    sound_month.execute("update pool.default_rate set new_default_balance = 0")
    assert failed_rules(sound_month).isdisjoint(rule.id for rule in pool.RULES)


def test_a_first_period_has_no_previous_collections_to_foot(
    sound_month: duckdb.DuckDBPyConnection,
) -> None:
    sound_month.execute("update report.tr_7 set previous_amount = null")
    sound_month.execute("delete from closed.adjustment_kind")
    assert failed_rules(sound_month) == set()


def test_the_total_of_the_pool_status_may_include_what_was_just_bought(
    sound_month: duckdb.DuckDBPyConnection,
) -> None:
    """At the closing the pool of the report is the initial pool, bought that day."""
    sound_month.execute(
        "update report.tr_4_1 set outstanding_balance = outstanding_balance + 300 "
        "where status_code in ('current', 'total')"
    )
    assert "tr_4_1_differs_from_pool" not in failed_rules(sound_month)
