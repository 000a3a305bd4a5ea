"""A deal read back in words says every term, in both languages."""

import re
import tomllib
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest

from deals.load import DEALS_FOLDER, load_structure, load_terms
from deals.terms.eligibility import WARRANTABLE, Eligibility, RepurchasePrice
from deals.terms.payments import (
    CleanUpCall,
    CollectionKind,
    Combined,
    DayCount,
    Fee,
    FixedAmount,
    Floating,
    Phase,
    Quantity,
    Restriction,
    ShareOf,
    Step,
    StepKind,
    Support,
)
from deals.terms.purchase import DIMENSIONS
from deals.terms.rates import Quotient
from deals.terms.triggers import BreachedWhen, Metric, Trigger
from deals.words import describe_deal
from deals.words.cash import (
    COLLECTION_WORDS,
    DAY_COUNT_ZH,
    say_accounts,
    say_fees,
    say_notes,
    say_support,
)
from deals.words.formulas import QUANTITY_WORDS, say_amount
from deals.words.numbers import percent
from deals.words.pool import (
    DIMENSION_WORDS,
    ELIGIBILITY_WORDS,
    REPURCHASE_PRICE_WORDS,
    WARRANTY_WORDS,
)
from deals.words.steps import KIND_WORDS, PHASE_WORDS, say_step
from deals.words.triggers import BEYOND_WORDS, METRIC_WORDS, say_triggers
from reports.words import WORDS_FILE

TERMS = load_terms("huabei_2017_1")
STRUCTURE = load_structure(DEALS_FOLDER / "structures" / "two_accounts.toml")


def test_there_are_words_for_everything_that_terms_can_say():
    assert KIND_WORDS.keys() == set(get_args(StepKind))
    assert PHASE_WORDS.keys() == set(get_args(Phase))
    assert QUANTITY_WORDS.keys() == set(get_args(Quantity))
    assert METRIC_WORDS.keys() == set(get_args(Metric)) - {"event"}
    assert BEYOND_WORDS.keys() == set(get_args(BreachedWhen))
    assert COLLECTION_WORDS.keys() == set(get_args(CollectionKind))
    assert DIMENSION_WORDS.keys() == set(DIMENSIONS)
    assert WARRANTY_WORDS.keys() == set(WARRANTABLE)
    assert REPURCHASE_PRICE_WORDS.keys() == set(get_args(RepurchasePrice))
    assert ELIGIBILITY_WORDS.keys() >= {field.name for field in fields(Eligibility)}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("terms", [TERMS, STRUCTURE], ids=["deal", "structure"])
def test_every_step_of_every_phase_is_numbered_with_its_clause(terms, language):
    lines = list(describe_deal(terms, language, is_structure=terms is STRUCTURE))
    for phase, steps in terms.priority.items():
        start = lines.index(PHASE_WORDS[phase].in_language(language))
        numbered = lines[start + 1 : start + 1 + len(steps)]
        expected = [f"  {number}. [{step.clause}] " for number, step in enumerate(steps, start=1)]
        assert [
            line[: len(head)] for line, head in zip(numbered, expected, strict=True)
        ] == expected


def test_an_english_reading_has_no_chinese_and_the_other_way_round_names_only():
    english = "\n".join(describe_deal(TERMS, "en"))
    assert not re.search(r"[\u4e00-\u9fff]", english)
    chinese = "\n".join(describe_deal(TERMS, "zh"))
    assert not re.search(r"[A-Za-z]+ [a-z]+ [a-z]+", chinese)


def test_a_day_count_has_the_word_that_the_report_has():
    report = tomllib.loads(WORDS_FILE.read_text(encoding="utf-8"))["code"]["day_count_code"]
    assert set(DAY_COUNT_ZH) == set(get_args(DayCount))
    assert {
        code: report[code]["zh"] if code in report else code for code in DAY_COUNT_ZH
    } == DAY_COUNT_ZH


def test_notionals_rates_and_dates_are_read_back():
    text = "\n".join(describe_deal(TERMS, "en"))
    for words in (
        "5,310,000,000.00, 5.3% a year (ACT/365F)",
        "working day 8 of the month after (Chinese bank working days)",
        "3.2621% of the period's interest collections",
        "if the cumulative default rate is over 5%",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (FixedAmount(123456), "CNY 1,234.56"),
        (ShareOf("defaulted"), "the principal that defaulted in the period"),
        (ShareOf("note_balance", Decimal("0.01"), ("senior",)), "1% of the balance of Senior"),
        (
            Combined("least", (FixedAmount(100), ShareOf("deficiency"))),
            "the lesser of (CNY 1.00; the principal deficiency)",
        ),
        (
            Combined("minus", (ShareOf("pool_balance"), FixedAmount(100))),
            "(the pool at the start of the collection period less CNY 1.00, not below zero)",
        ),
    ],
)
def test_a_formula_is_read_as_a_noun(amount, expected):
    assert say_amount(STRUCTURE, amount).en == expected


def test_a_step_says_its_cap_its_accounts_and_who_makes_up_a_shortage():
    step = Step(
        "fee",
        ("trustee", "servicer"),
        "2",
        account="income",
        split="pro_rata",
        cap=FixedAmount(2_500_000),
        cover=("reserve", "principal"),
    )
    said = say_step(STRUCTURE, step)
    assert said.en == (
        "pay Trustee fee and Servicer fee, pro rata, at most CNY 25,000.00, from the Income account, "
        "a shortage made up from the Liquidity reserve, then the Principal account"
    )
    assert said.zh == (
        "支付受托费、服务费，按比例分配，以25,000.00元为限，自收入账户，不足部分依次由储备账户、本金账户补足"
    )


def test_a_quotient_is_read_back_as_it_is_written():
    tax = Fee(
        code="tax",
        name_zh="税",
        name_en="Tax",
        basis="interest_collections",
        rate=Quotient("3.36/103"),
    )
    (said,) = say_fees(replace(STRUCTURE, fees=(tax,)))
    assert said.en == "Tax: 3.36/103 of the period's interest collections"
    assert said.zh == "税：当期利息回收款的3.36/103"


def test_a_step_says_what_it_waits_for():
    step = Step(
        "principal",
        ("mezzanine",),
        "8",
        account="principal",
        once_repaid=("senior",),
        while_acting=("trap", "turbo"),
        unless_acting=("defaults",),
    )
    said = say_step(STRUCTURE, step)
    assert said.en == (
        "repay principal of Mezzanine, from the Principal account, only once Senior was repaid on an "
        "earlier payment date, only while trap or turbo acts, unless defaults acts"
    )
    assert said.zh == (
        "偿还次优先级的本金，自本金账户，仅在优先级于此前支付日清偿完毕后，仅在trap或turbo生效期间，defaults生效期间除外"
    )


def test_support_says_its_limits_and_what_it_pays_of_each_note():
    provider = Support(
        "担保人", "Guarantor", ("senior", "mezzanine"), 1_000_000,
        limit_per_date_fen=500_00,
        restrictions=(Restriction("mezzanine", ("interest",), date(2019, 9, 12)),),
    )  # fmt: skip
    said = list(say_support(replace(STRUCTURE, support=provider)))

    assert said[1].en == "at most CNY 500.00 on a payment date"
    assert said[1].zh == "每个支付日上限500.00元"
    assert said[2].en == "of Mezzanine it pays only interest, from 2019-09-12"
    assert said[2].zh == "对次优先级仅支付利息，自2019-09-12起"


def test_coupons_that_float_or_step_up_are_read_back():
    senior, mezzanine, _ = STRUCTURE.notes
    floating = Floating("LPR_1Y", Decimal("0.01"), Decimal("0.02"), Decimal("0.08"))
    notes = (
        replace(senior, floating=floating),
        replace(mezzanine, rate_steps=((date(2019, 9, 12), Decimal("0.075")),)),
    )
    first, second = say_notes(replace(STRUCTURE, notes=notes))
    assert "LPR_1Y + 1% a year, floor 2%, cap 8% (ACT/365F)" in first.en
    assert "6.5% a year (ACT/365F), 7.5% from 2019-09-12" in second.en


def test_a_floater_without_bounds_is_read_back_with_the_bound_of_zero():
    senior, *others = STRUCTURE.notes
    notes = (replace(senior, floating=Floating("ESTR", Decimal("0.01"))), *others)

    first, *_ = say_notes(replace(STRUCTURE, notes=notes))
    assert "ESTR + 1% a year, not below zero (ACT/365F)" in first.en
    assert "浮动利率：ESTR＋1%，不低于零，实际天数/365（固定）" in first.zh


@pytest.mark.parametrize(
    ("changes", "zh", "en"),
    [
        ({}, "累计违约率超过2%", "the cumulative default rate is over 2%"),
        ({"breached_when": "at_or_over"}, "达到或超过2%", "is at or over 2%"),
        ({"breached_when": "at_or_under"}, "等于或低于2%", "is at or under 2%"),
        (
            {"metric": "net_loss_rate", "average_months": 3},
            "3个月平均当期净损失率超过2%",
            "the net loss rate of the period, mean of 3 months, is over 2%",
        ),
    ],
)
def test_a_trigger_says_at_or_over_and_over_how_many_months(changes, zh, en):
    (first, *_) = STRUCTURE.triggers
    once = replace(first, thresholds=first.thresholds[:1], **changes)

    (said,) = say_triggers(replace(STRUCTURE, triggers=(once,)))
    assert zh in said.zh
    assert en in said.en


def test_a_call_says_whether_it_may_be_made_at_its_threshold():
    call = CleanUpCall(Decimal("0.1"), Decimal(1), replaces_priority=False)
    said_at = {
        "at_or_under": ("10%及以下", "at most 10%"),
        "under": ("10%以下（不含）", "under 10%"),
    }
    for when, (zh, en) in said_at.items():
        terms = replace(STRUCTURE, triggers=(), clean_up_call=replace(call, callable_when=when))
        (said,) = say_triggers(terms)
        assert (zh in said.zh, en in said.en) == (True, True)


def test_a_reserve_that_the_originator_pays_in_says_so():
    *_, reserve = STRUCTURE.accounts
    accounts = (*STRUCTURE.accounts[:-1], replace(reserve, funded_by="originator"))

    *_, said = say_accounts(replace(STRUCTURE, accounts=accounts))
    assert "paid in by the originator" in said.en
    assert "由发起机构支付" in said.zh


def test_fees_by_amount_tier_and_date_are_read_back():
    fees = (
        Fee(
            code="a",
            name_zh="费",
            name_en="A",
            amount_fen=100,
            frequency="annual",
            start_date=date(2018, 1, 1),
        ),
        Fee(
            code="b",
            name_zh="费",
            name_en="B",
            basis="pool_balance",
            tiers=((0, 500), (10_000, 900)),
        ),
        Fee(code="c", name_zh="费", name_en="C", schedule=((date(2018, 1, 1), 100),)),
    )
    said = [sentence.en for sentence in say_fees(replace(STRUCTURE, fees=fees))]
    assert said == [
        "A: CNY 1.00 every year from 2018-01-01",
        "B: on each payment date by tiers of the pool at the start of the collection period: "
        "0.00: 5.00; 100.00: 9.00",
        "C: by date: 2018-01-01 1.00",
    ]


def test_a_trigger_says_when_it_acts_and_whether_it_can_be_cured():
    trigger = Trigger(
        "event", "event", ((0, Decimal(0)),), "default", acts="next", event_code="eod", clause="T.9"
    )
    (said,) = say_triggers(replace(STRUCTURE, triggers=(trigger,)))
    assert said.en == (
        "[T.9] event: if the event “event of default” (eod) happens, it is an event of default from "
        "the next payment date, for good"
    )


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [("0.053", "5.3%"), ("1", "100%"), ("0.000054", "0.0054%"), ("0", "0%"), ("0.20", "20%")],
)
def test_a_share_is_read_as_a_percentage_without_rounding(fraction, expected):
    assert percent(Decimal(fraction)) == expected


def test_a_deal_of_a_shared_book_is_told_with_its_place_and_one_alone_is_not():
    words = "from the shared book huabei_2017, in place 1 of the allocation order"
    assert any(words in line for line in describe_deal(TERMS, "en"))
    alone = replace(TERMS, book=replace(TERMS.book, code=TERMS.deal_id))
    assert not any("shared book" in line for line in describe_deal(alone, "en"))
