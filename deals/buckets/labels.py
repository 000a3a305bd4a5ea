"""What a bucket is called in both languages, from its edges and unit alone."""

from collections.abc import Mapping
from decimal import Decimal

from deals.buckets.bucket_set import WHOLE, Bucket, Unit, plain
from deals.words.numbers import Sentence, percent

UNIT_WORDS: Mapping[Unit, tuple[str, str, str]] = {
    "months": ("个月", " month", " months"),
    "days": ("天", " day", " days"),
    "times": ("次", " time", " times"),
    "years": ("岁", " year", " years"),
    "points": ("分", " point", " points"),
    "ratio": ("倍", " x", " x"),
    "rate": ("", "", ""),
}
"""Chinese, English of one, English of more; a rate has its sign with the number."""


def name_bucket(bucket: Bucket, unit: Unit, currency: str) -> Sentence:
    """`(500, 1000]元`, `0天`, `不足18岁`, `20000元以上`; a bucket of one value by that value alone."""
    zh, one, more = UNIT_WORDS[unit] if unit != "money" else _currency_words(currency)
    low, high = (_number(edge, unit) for edge in (bucket.lower, bucket.upper))
    if bucket.is_below:
        return Sentence(f"不足{high}{zh}", f"under {high}{more}")
    if bucket.upper is None:
        return Sentence(f"{low}{zh}以上", f"over {low}{more}")
    if bucket.is_point or _is_one_step(bucket, unit):
        return Sentence(f"{high}{zh}", f"{high}{one if bucket.upper == 1 else more}")
    bounds = f"{'[' if bucket.has_lower else '('}{low}, {high}]"
    return Sentence(f"{bounds}{zh}", f"{bounds}{more}")


def _is_one_step(bucket: Bucket, unit: Unit) -> bool:
    """Whether a whole number over the lower edge can only be the upper one."""
    assert bucket.lower is not None and bucket.upper is not None
    return unit in WHOLE and not bucket.has_lower and bucket.upper - bucket.lower == 1


def _number(edge: Decimal | None, unit: Unit) -> str:
    if edge is None:
        return ""
    return percent(edge) if unit == "rate" else plain(edge)


def _currency_words(currency: str) -> tuple[str, str, str]:
    if currency == "CNY":
        return "元", " yuan", " yuan"
    from babel.numbers import get_currency_name

    return get_currency_name(currency, locale="zh_CN"), f" {currency}", f" {currency}"
