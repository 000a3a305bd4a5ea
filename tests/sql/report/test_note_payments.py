"""TR-3-2: the notes' payments in the columns of a trustee report, worked out by hand."""

from decimal import Decimal

from reports.words import load_words
from tests.sql.small_month import Month


def test_tr_3_2_states_the_interest_left_unpaid_beside_what_was_due(static_second: Month) -> None:
    senior = static_second.row("report.tr_3_2", "note_code = 'A'")
    assert senior["closing_interest_unpaid"] == senior["interest_due"] - senior["interest_paid"] > 0
    assert senior["is_interest_deferred"]
    equity = static_second.row("report.tr_3_2", "note_code = 'equity'")
    assert (equity["closing_interest_unpaid"], equity["is_interest_deferred"]) == (0, False)


def test_tr_3_2_states_the_residual_apart_and_in_the_total(repaid: Month) -> None:
    """20.00 came in; 29 days of 0.01 % on 40.00 are the servicer's, and no note has a balance left."""
    equity = repaid.row("report.tr_3_2", "note_code = 'equity'")
    assert (equity["principal_paid"], equity["interest_paid"]) == (0, 0)
    assert equity["residual_paid"] == equity["total_paid"] == Decimal("19.88")


def test_tr_3_2_heads_its_columns_as_trustee_reports_do(july: Month) -> None:
    row = july.row("report.tr_3_2", "note_code = 'senior'")
    words = load_words()
    expected = {
        "notional_amount": "发行总额（面值）",
        "opening_balance": "本期兑付前本金总额",
        "opening_balance_per_100": "本期兑付前每百元面额本金值",
        "principal_paid": "本期兑付本金总额",
        "principal_paid_per_100": "本期每百元面额兑付本金金额",
        "interest_paid": "付息金额",
        "total_paid": "本期兑付总金额",
        "closing_balance": "本息兑付后剩余本金总额",
        "closing_balance_per_100": "本息兑付后每百元面额剩余本金值",
        "cumulative_principal_paid": "累计兑付本金总额",
    }
    assert set(expected) < set(row)
    assert {column: words.heading("tr_3_2", column, "zh") for column in expected} == expected
