"""The conventions on which systems differ, in words."""

from collections.abc import Iterator

from deals.terms.deal import Terms
from deals.terms.triggers import READS_DENOMINATOR
from deals.words.cash import FREQUENCY_WORDS
from deals.words.numbers import Sentence, listed_en, listed_zh, percent

LATE_INTEREST_WORDS = {
    "none": Sentence("未付利息不计息", "unpaid interest earns nothing"),
    "simple": Sentence("未付利息按单利计息", "unpaid interest earns simple interest"),
    "compounding": Sentence("未付利息计复利", "unpaid interest compounds"),
}
LOSS_WORDS = {
    "defaulted": Sentence("违约本金", "defaults"),
    "net_loss": Sentence("净损失（违约本金减回收款）", "net losses (defaults less recoveries)"),
}
ROUNDING_WORDS = {
    "half_up": Sentence("计提四舍五入至分", "accruals are rounded half up to the cent"),
    "down": Sentence("计提截位至分", "accruals are truncated to the cent"),
}


def say_conventions(terms: Terms) -> Iterator[Sentence]:
    """The choices on which systems differ."""
    yield from _say_frequency(terms)
    yield from _say_accruals(terms)
    denominator = _say_denominator(terms)
    yield Sentence(
        f"逾期超过{terms.default.days_past_due}天或核销的贷款为违约；累计违约率的分母为{denominator.zh}",
        f"a loan over {terms.default.days_past_due} days past due or written off has defaulted; the "
        f"cumulative default rate is of {denominator.en}",
    )
    yield from _say_ledgers(terms)


def say_structure_conventions(terms: Terms) -> Iterator[Sentence]:
    """Those of a structure without loans: its file says what defaulted."""
    yield from _say_frequency(terms)
    yield from _say_accruals(terms)
    if any(trigger.measured[0] in READS_DENOMINATOR for trigger in terms.triggers):
        denominator = _say_denominator(terms)
        yield Sentence(
            f"累计违约率的分母为{denominator.zh}",
            f"the cumulative default rate is of {denominator.en}",
        )
    yield from _say_ledgers(terms)


def _say_frequency(terms: Terms) -> Iterator[Sentence]:
    if terms.payment.frequency:
        often = FREQUENCY_WORDS[terms.payment.frequency]
        yield Sentence(
            f"{often.zh}兑付一次，其间回收款留待下一支付日",
            f"paid {often.en}; what is collected in between waits for the next payment date",
        )


def _say_accruals(terms: Terms) -> Iterator[Sentence]:
    yield ROUNDING_WORDS[terms.payment.rounding]
    yield LATE_INTEREST_WORDS[terms.payment.interest_on_unpaid_interest]


def _say_denominator(terms: Terms) -> Sentence:
    if terms.default.rate_denominator == "initial_pool":
        return Sentence("初始资产池余额", "the initial pool")
    return Sentence("初始资产池余额与累计购买金额之和", "the initial pool and all purchases")


def _say_ledgers(terms: Terms) -> Iterator[Sentence]:
    if terms.payment.deficiency_notes:
        names = [
            note
            for code in terms.payment.deficiency_notes
            for note in terms.notes
            if note.code == code
        ]
        lost = LOSS_WORDS[terms.payment.deficiency_basis]
        yield Sentence(
            f"{lost.zh}依次记入{listed_zh(note.name_zh for note in names)}的本金亏损账",
            f"{lost.en} go to the principal deficiency ledgers of "
            f"{listed_en(note.name_en for note in names)}",
        )
    for index, values in terms.indexes.items():
        said = "; ".join(f"{percent(rate)} from {day}" for day, rate in values)
        yield Sentence(f"指数 {index}：{said}", f"index {index}: {said}")
