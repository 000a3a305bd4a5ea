"""The deals of the house, as their files say and the loader reads them."""

import hashlib
import pickle
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deals import DEALS_FOLDER, TermsError, check_terms, list_deals, load_terms
from deals.dates.calendar import is_working_day, nth_working_day, period_of
from deals.load import load_deal
from deals.terms.sections import PaymentRule

SMALL_DEALS = DEALS_FOLDER.parent / "tests" / "sql" / "deals"
HUABEI = [f"huabei_2017_{number}" for number in range(1, 6)]
YUAN = 100


def test_the_house_has_five_huabei_programmes_and_one_auto_deal() -> None:
    assert list_deals() == ["ally_2017_3", *HUABEI]


@pytest.mark.parametrize("deal_id", ["ally_2017_3", *HUABEI])
def test_every_deal_of_the_house_is_free_of_problems(deal_id: str) -> None:
    assert check_terms(DEALS_FOLDER / f"{deal_id}.toml") == []
    assert load_terms(deal_id).deal_id == deal_id


@pytest.mark.parametrize("deal_id", HUABEI)
def test_a_huabei_programme_has_the_tranches_of_the_paper(deal_id: str) -> None:
    result = {note.code: note.notional_fen for note in load_terms(deal_id).notes}
    assert result == {
        "senior": 5_310_000_000 * YUAN,
        "mezzanine": 180_000_000 * YUAN,
        "equity": 510_000_000 * YUAN,
    }


def test_the_five_programmes_issue_thirty_billion_yuan() -> None:
    notes = [note for deal_id in HUABEI for note in load_terms(deal_id).notes]
    assert sum(note.notional_fen for note in notes) == 30_000_000_000 * YUAN


def test_the_five_programmes_close_one_after_the_other_with_seeds_of_their_own() -> None:
    deals = [load_terms(deal_id) for deal_id in HUABEI]
    closings = [deal.dates.closing_date for deal in deals]
    assert closings == sorted(set(closings)) and {day.year for day in closings} == {2017}
    assert len({deal.purchase.draw_seed for deal in deals if deal.purchase}) == 5
    assert len({deal.notes[0].annual_rate for deal in deals}) == 5


@pytest.mark.parametrize("deal_id", HUABEI)
def test_a_huabei_programme_is_established_on_the_eighth_working_day(deal_id: str) -> None:
    closing = load_terms(deal_id).dates.closing_date
    assert closing == nth_working_day(closing.year, closing.month, 8, "cn_bank")


@pytest.mark.parametrize("deal_id", HUABEI)
def test_a_huabei_programme_may_run_two_years_past_its_expected_maturity(deal_id: str) -> None:
    terms = load_terms(deal_id)
    expected_maturity = period_of(
        terms, terms.dates.closing_date.strftime("%Y-%m")
    ).expected_maturity_date
    legal_final = terms.dates.legal_final_date
    assert (legal_final.year - expected_maturity.year, legal_final.month) == (
        2,
        expected_maturity.month,
    )
    assert is_working_day(legal_final, "cn_bank")


@pytest.mark.parametrize("deal_id", HUABEI)
def test_tax_is_paid_first_in_both_phases(deal_id: str) -> None:
    terms = load_terms(deal_id)
    assert {steps[0].target for steps in terms.priority.values()} == {"vat"}
    vat = terms.fees[0]
    assert (vat.code, vat.basis, vat.rate, vat.day_count) == (
        "vat",
        "interest_collections",
        Decimal("0.032621"),
        "",
    )


def test_the_revolving_phase_repays_no_note_and_allocation_repays_them_by_seniority() -> None:
    priority = load_terms("huabei_2017_1").priority
    assert [step.kind for step in priority["revolving"]][-3:] == [
        "interest",
        "interest",
        "purchase",
    ]
    repaid = [step.target for step in priority["allocation"] if step.kind == "principal"]
    assert repaid == ["senior", "mezzanine", "equity"]
    assert priority["allocation"][-1].kind == "residual"


def test_the_auto_deal_is_static_and_its_notes_sum_to_the_pool_at_the_cut_off() -> None:
    terms = load_terms("ally_2017_3")
    assert sum(note.notional_fen for note in terms.notes) == 6_554_161_166
    assert (terms.currency, terms.structure.initial_pool) == ("USD", "whole_tape")
    assert terms.tape_formats == ("sec_abs_ee_auto",)
    assert list(terms.priority) == ["allocation"]
    assert (terms.eligibility, terms.support, terms.triggers) == (None, None, ())
    assert (terms.purchase, terms.limits) == (None, ())
    assert terms.payment.rule == PaymentRule("day_of_month", day=15, roll="following")


def test_the_auto_deal_says_that_it_is_illustrative_wherever_it_is_named() -> None:
    terms = load_terms("ally_2017_3")
    assert "illustrative" in terms.name_en
    assert all("illustrative" in note.name_en for note in terms.notes)


def test_terms_carry_the_hash_of_their_file() -> None:
    # Those of a deal that chooses sets of buckets are in test_bucket_sets.
    content = (SMALL_DEALS / "small_static.toml").read_bytes()
    assert load_terms("small_static", SMALL_DEALS).sha256 == hashlib.sha256(content).hexdigest()


def test_every_figure_of_every_deal_has_a_source() -> None:
    sourced = re.compile(
        r"\{ value = [^,]+, source = \"(paper|assumed|guideline|filing): [^\"]+\" \}"
    )
    bare = re.compile(r"= -?\d")
    for deal_id in list_deals():
        text = load_deal(deal_id).text
        assert bare.search(sourced.sub("", text)) is None
        assert len(sourced.findall(text)) > 10


def test_terms_are_frozen_hashable_and_can_be_sent_to_another_process() -> None:
    terms = load_terms("huabei_2017_1")
    with pytest.raises(FrozenInstanceError):
        terms.scale = 2  # pyright: ignore[reportAttributeAccessIssue]
    assert hash(terms) == hash(load_terms("huabei_2017_1"))
    assert pickle.loads(pickle.dumps(terms)) == terms


def test_an_unknown_deal_is_refused_with_the_known_ones() -> None:
    with pytest.raises(TermsError) as caught:
        load_terms("huabei_2018_1")
    message = str(caught.value)
    assert "'huabei_2018_1' is unknown" in message and "\n" not in message
    assert all(deal_id in message for deal_id in list_deals())


@pytest.mark.parametrize("deal_id", ["../deals/huabei_2017_1", "", "huabei_2017_1.toml"])
def test_a_path_is_no_deal(deal_id: str) -> None:
    with pytest.raises(TermsError, match="is unknown"):
        load_terms(deal_id)


def test_a_folder_without_deals_knows_none(tmp_path: Path) -> None:
    assert list_deals(tmp_path) == []
    with pytest.raises(TermsError, match=r"one of \(none\)"):
        load_terms("huabei_2017_1", tmp_path)


def test_a_bad_file_is_refused_with_its_first_problem_and_the_number_of_others(
    edited_deal: Callable[..., Path],
) -> None:
    path = edited_deal(('currency = "CNY"', 'currency = "yuan"'), ("draw_seed", "seed"))
    with pytest.raises(TermsError) as caught:
        load_terms("huabei_2017_1", path.parent)
    message = str(caught.value)
    assert message.startswith("huabei_2017_1.toml line 8: currency = 'yuan', expected an ISO 4217")
    assert message.endswith("(2 more: `tapehouse check` lists all)")


def test_a_scaled_deal_has_smaller_notes_and_the_same_limits() -> None:
    terms = load_terms("huabei_2017_1")
    result = terms.scaled(100)
    assert [note.notional_fen for note in result.notes] == [
        53_100_000 * YUAN,
        1_800_000 * YUAN,
        5_100_000 * YUAN,
    ]
    assert (result.scale, terms.scale) == (100, 1)
    assert (result.eligibility, result.sha256) == (terms.eligibility, terms.sha256)
    assert result.scaled(10).scale == 1000
    assert terms.scaled(1) == terms


def test_a_scaled_support_limit_is_rounded_half_up(edited_deal: Callable[..., Path]) -> None:
    limit = 'limit = { value = 1000.05, source = "assumed: a test" }'
    covers = 'covers = ["senior", "mezzanine"]'
    path = edited_deal((covers, f"{covers}\n{limit}"))
    support = load_terms("huabei_2017_1", path.parent).scaled(10).support
    assert support is not None and support.limit_fen == 10_001


@given(st.integers(min_value=1, max_value=10**9))
def test_scaling_moves_each_notional_by_at_most_half_a_fen(scale: int) -> None:
    terms = load_terms("ally_2017_3")
    for before, after in zip(terms.notes, terms.scaled(scale).notes, strict=True):
        assert -scale <= 2 * (before.notional_fen - after.notional_fen * scale) < scale
        assert after.notional_fen >= 0


@pytest.mark.parametrize("scale", [0, -1])
def test_a_scale_below_one_is_refused(scale: int) -> None:
    with pytest.raises(TermsError, match=f"scale is {scale}, expected a whole number of 1 or more"):
        load_terms("huabei_2017_1").scaled(scale)


def test_loading_a_deal_does_not_wait_for_the_calendar_of_holidays() -> None:
    program = (
        "import sys; from deals import load_terms; load_terms('huabei_2017_1'); "
        "print('chinese_calendar' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=DEALS_FOLDER.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "False\n"


def test_dates_and_rates_are_read_exactly() -> None:
    terms = load_terms("huabei_2017_1")
    values = tomllib.loads(load_deal("huabei_2017_1").text, parse_float=Decimal)
    assert terms.dates.initial_cut_off_date == date(2017, 6, 30)
    assert terms.notes[0].annual_rate == values["notes"][0]["annual_rate"]["value"]
    assert isinstance(terms.notes[0].annual_rate, Decimal)
