"""The terms that the report states once: registration, securities, triggers, payments, enhancement."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deals.load import DEALS_FOLDER, list_deals, load_structure, load_terms
from deals.tables.offering import offering_tables
from deals.terms.deal import Terms
from deals.terms.payments import Step
from tests.deal_files import write_deal

PUBLISHED = {deal_id: load_terms(deal_id) for deal_id in list_deals()}
STRUCTURES = {
    path.stem: load_structure(path) for path in sorted((DEALS_FOLDER / "structures").glob("*.toml"))
}
ALL = [*PUBLISHED.values(), *STRUCTURES.values()]
LATIN = re.compile(r"[A-Za-z]+")
NAMES_IN_CHINESE = {"Ally", "A", "B", "ACT", "F"}
"""Latin letters that Chinese text has, too: names of a party and of notes, and day counts."""
HUABEI = load_terms("huabei_2017_1")
TWO_ACCOUNTS = STRUCTURES["two_accounts"]


def rows(terms: Terms, table: str) -> list[dict[str, Any]]:
    columns, values = offering_tables(terms)[table]
    return [dict(zip(columns, row, strict=True)) for row in values]


@pytest.mark.parametrize("terms", ALL, ids=lambda terms: terms.deal_id)
def test_every_step_of_every_phase_is_stated_in_order(terms: Terms) -> None:
    stated = [
        (row["phase_code"], row["step_number"], row["clause_name"])
        for row in rows(terms, "priority_step")
    ]
    assert stated == [
        (phase, number, step.clause)
        for phase, steps in terms.priority.items()
        for number, step in enumerate(steps, start=1)
    ]
    assert all(
        row["amount_rule_zh"] and row["amount_rule_en"] for row in rows(terms, "priority_step")
    )


@pytest.mark.parametrize("terms", ALL, ids=lambda terms: terms.deal_id)
def test_what_is_said_in_chinese_is_chinese(terms: Terms) -> None:
    for name, (columns, values) in offering_tables(terms).items():
        places = [place for place, column in enumerate(columns) if column.endswith("_zh")]
        texts = [row[place] for row in values for place in places if row[place]]
        found = {word for text in texts for word in LATIN.findall(text)}
        assert found - NAMES_IN_CHINESE == set(), name


@pytest.mark.parametrize("terms", ALL, ids=lambda terms: terms.deal_id)
def test_a_note_is_supported_by_what_was_issued_behind_it(terms: Terms) -> None:
    issued = [note.notional_fen for note in terms.notes]
    behind = [int(row["junior_amount"] * 100) for row in rows(terms, "security")]
    assert behind == [sum(issued[place + 1 :]) for place in range(len(issued))]


def test_notes_that_are_repaid_pro_rata_do_not_support_each_other() -> None:
    steps = tuple(
        step if step.kind != "principal" or len(step.targets) < 3 else _together(step)
        for step in TWO_ACCOUNTS.priority["allocation"]
    )
    terms = replace(TWO_ACCOUNTS, priority={**TWO_ACCOUNTS.priority, "allocation": steps})
    support = {row["note_code"]: row["junior_amount"] for row in rows(terms, "security")}
    assert set(support.values()) == {Decimal("0.00")}


def _together(step: Step) -> Step:
    return replace(step, split="pro_rata")


def test_the_huabei_notes_have_the_support_of_the_paper() -> None:
    issue = sum(note.notional_fen for note in HUABEI.notes)
    shares = {
        row["note_code"]: row["junior_amount"] * 100 / issue for row in rows(HUABEI, "security")
    }
    assert shares == {"senior": Decimal("0.115"), "mezzanine": Decimal("0.085"), "equity": 0}


def test_a_security_says_how_it_bears_interest_and_is_repaid() -> None:
    senior, _, equity = rows(HUABEI, "security")
    assert (senior["rate_type_code"], equity["rate_type_code"]) == ("fixed", "none")
    assert (senior["coupon_zh"], senior["coupon_en"]) == (
        "年利率5.3%，实际天数/365（固定）",
        "5.3% a year (ACT/365F)",
    )
    assert {row["repayment_code"] for row in rows(HUABEI, "security")} == {"after_purchases"}
    assert {row["repayment_code"] for row in rows(PUBLISHED["ally_2017_3"], "security")} == {
        "pass_through"
    }
    assert senior["accrual_start_date"] == date(2017, 7, 12)


def test_what_the_terms_do_not_tell_of_the_registration_is_null() -> None:
    (row,) = rows(HUABEI, "registration")
    assert (row["registered_amount"], row["issue_count"]) == (Decimal("30000000000.00"), 5)
    assert (row["asset_is_revolving_account"], row["has_continued_purchase"]) == (False, True)
    assert {
        row[name] for name in ("venue_name_zh", "registration_end_date", "issue_method_code")
    } == {None}
    (row,) = rows(PUBLISHED["ally_2017_3"], "registration")
    assert (row["registered_amount"], row["has_continued_purchase"]) == (None, False)


def test_the_registered_amount_is_divided_as_the_notes_are() -> None:
    (row,) = rows(HUABEI.scaled(1000), "registration")
    assert (row["registered_amount"], row["issue_count"]) == (Decimal("30000000.00"), 5)


def test_a_registration_that_is_stated_is_read(tmp_path: Path) -> None:
    edit = (
        "[payment]\n",
        '[registration]\nend_date = { value = 2019-07-01, source = "assumed: any" }\n'
        'venue_zh = "某交易所"\nvenue_en = "An exchange"\nissue_method = "tender"\n\n[payment]\n',
    )
    path = write_deal("ally_2017_3", tmp_path, edit)
    (row,) = rows(load_terms("ally_2017_3", path.parent), "registration")
    assert (row["registration_end_date"], row["venue_name_en"]) == (date(2019, 7, 1), "An exchange")
    assert row["issue_method_code"] == "tender"


def test_a_trigger_says_its_thresholds_and_from_which_period_each_holds() -> None:
    (row,) = rows(TWO_ACCOUNTS, "trigger_term")
    assert (row["threshold_zh"], row["threshold_en"]) == (
        "超过2%；自第7期起2.5%",
        "over 2%; 2.5% from period 7",
    )
    assert (row["event_zh"], row["is_curable"], row["acts_code"]) == ("累计违约率", True, "next")
    waits = next(
        row for row in rows(HUABEI, "trigger_term") if row["trigger_code"] == "servicer_dismissed"
    )
    assert (waits["threshold_zh"], waits["event_en"]) == (None, "dismissal of the servicer")


def test_a_step_says_who_is_paid_how_much_and_what_makes_up_for_a_shortage() -> None:
    steps = {
        (row["phase_code"], row["step_number"]): row for row in rows(TWO_ACCOUNTS, "priority_step")
    }
    fee = steps["allocation", 2]
    assert fee["amount_rule_en"] == (
        "CNY 40,000.00 on each payment date, at most CNY 25,000.00, "
        "a shortage made up from the Liquidity reserve, then the Principal account"
    )
    deficiency = steps["allocation", 6]
    assert (deficiency["payee_en"], deficiency["split_code"]) == ("Principal account", "sequential")
    assert steps["allocation", 7]["split_code"] is None
    buys = next(row for row in rows(HUABEI, "priority_step") if row["clause_name"] == "R.9")
    assert (buys["payee_zh"], buys["account_name_zh"]) == ("蚂蚁小额贷款公司", "收款账户")
    manager = next(row for row in rows(HUABEI, "priority_step") if row["clause_name"] == "R.2")
    assert manager["item_en"] == "Pay Programme manager's (trustee) fee"
    assert manager["payee_zh"] == "中国国际金融股份有限公司"
    tax = next(row for row in rows(HUABEI, "priority_step") if row["clause_name"] == "R.1")
    assert (tax["payee_zh"], tax["amount_rule_zh"]) == (None, "当期利息回收款的3.2621%")


def test_what_supports_the_notes_beside_each_other_is_stated() -> None:
    kinds = {
        terms.deal_id: [row["enhancement_code"] for row in rows(terms, "enhancement_measure")]
        for terms in ALL
    }
    assert kinds["huabei_2017_1"] == ["excess_spread", "outside_support", "outside_support"]
    assert kinds["ally_2017_3"] == ["excess_spread"]
    assert kinds["two_accounts"] == ["excess_spread", "reserve"]


def test_the_continued_purchase_is_stated_in_figures_and_only_of_a_deal_that_buys() -> None:
    (row,) = rows(HUABEI, "purchase_term")
    assert (row["first_purchase_date"], row["last_purchase_date"]) == (
        date(2017, 8, 10),
        date(2018, 4, 12),
    )
    assert (row["funding_code"], row["limit_count"], row["ending_trigger_count"]) == (
        "all_remaining",
        11,
        6,
    )
    assert rows(PUBLISHED["ally_2017_3"], "purchase_term") == []
