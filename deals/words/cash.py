"""Notes, fees, accounts and support in words."""

from collections.abc import Iterator, Mapping

from deals.terms.deal import Terms
from deals.terms.payments import (
    COLLECTION_KINDS,
    CollectionKind,
    DayCount,
    Fee,
    Floating,
    Note,
    ShareOf,
)
from deals.words.formulas import QUANTITY_WORDS, names_of, say_amount, say_share
from deals.words.numbers import Sentence, listed_en, listed_zh, money, percent

CLASS_WORDS = {
    "senior": Sentence("优先级", "senior"),
    "mezzanine": Sentence("次优先级", "mezzanine"),
    "equity": Sentence("次级", "equity"),
}
COLLECTION_WORDS: Mapping[CollectionKind, Sentence] = {
    "principal": Sentence("本金", "principal"),
    "prepayment": Sentence("早偿本金", "prepayments"),
    "interest": Sentence("利息", "interest"),
    "fee": Sentence("费用", "fees"),
    "recovery": Sentence("违约回收", "recoveries"),
    "repurchase": Sentence("不合格资产赎回款", "repurchase prices"),
    "clean_up": Sentence("清仓回购价款", "the clean-up price"),
}
DEBT_WORDS = {
    "interest": Sentence("利息", "interest"),
    "principal": Sentence("到期本金", "principal from expected maturity"),
}
FREQUENCY_WORDS = {
    "payment_date": Sentence("每个支付日", "on each payment date"),
    "once": Sentence("一次性", "once"),
    "monthly": Sentence("每月", "every month"),
    "quarterly": Sentence("每季度", "every quarter"),
    "semi_annual": Sentence("每半年", "every half-year"),
    "annual": Sentence("每年", "every year"),
}
DAY_COUNT_ZH: Mapping[DayCount, str] = {
    "ACT/365F": "实际天数/365（固定）",
    "ACT/360": "实际天数/360",
    "ACT/ACT": "实际天数/实际天数",
    "ACT/365A": "实际天数/365（期内含2月29日为366）",
    "ACT/365L": "实际天数/期末年度天数",
    "NL/365": "实际天数（不计2月29日）/365",
    "30/360": "30/360",
    "30/360 US": "30/360（美国）",
    "30E/360": "30/360（欧洲）",
    "30E+/360": "30/360（欧洲，31日顺延）",
    "30E/360 ISDA": "30/360（欧洲，月末按30日）",
}
"""An English reader knows a day count by its code."""


def say_notes(terms: Terms) -> Iterator[Sentence]:
    for note in terms.notes:
        coupon = say_coupon(note)
        kind = CLASS_WORDS[note.tranche_class]
        zh = f"{note.name_zh}（{kind.zh}）：{money(note.notional_fen)}元，{coupon.zh}"
        en = f"{note.name_en} ({kind.en}): {terms.currency} {money(note.notional_fen)}, {coupon.en}"
        if note.is_interest_deferrable:
            zh, en = f"{zh}，利息可递延", f"{en}, interest may be deferred"
        if note.target_balances:
            planned = [f"{day} {money(fen)}" for day, fen in note.target_balances]
            zh, en = (
                f"{zh}，计划余额：{'；'.join(planned)}",
                f"{en}, scheduled balances: {'; '.join(planned)}",
            )
        yield Sentence(zh, en)


def say_coupon(note: Note) -> Sentence:
    """The rate of the note, fixed or floating, and its day count."""
    if not note.bears_interest:
        return Sentence("无票面利率", "no coupon")
    floating = note.floating
    if floating is not None:
        margin, bounds, days = percent(floating.margin), _say_bounds(floating), note.day_count
        return Sentence(
            f"浮动利率：{floating.index}＋{margin}{bounds.zh}，{DAY_COUNT_ZH[days]}",
            f"{floating.index} + {margin} a year{bounds.en} ({days})",
        )
    zh = f"年利率{percent(note.annual_rate)}，{DAY_COUNT_ZH[note.day_count]}"
    en = f"{percent(note.annual_rate)} a year ({note.day_count})"
    for day, rate in note.rate_steps:
        zh, en = f"{zh}，自{day}起{percent(rate)}", f"{en}, {percent(rate)} from {day}"
    return Sentence(zh, en)


def _say_bounds(floating: Floating) -> Sentence:
    zh, en = "，不低于零", ", not below zero"
    if floating.floor is not None:
        zh, en = f"，下限{percent(floating.floor)}", f", floor {percent(floating.floor)}"
    if floating.cap is not None:
        zh, en = f"{zh}，上限{percent(floating.cap)}", f"{en}, cap {percent(floating.cap)}"
    return Sentence(zh, en)


def say_fees(terms: Terms) -> Iterator[Sentence]:
    for fee in terms.fees:
        said = say_fee(terms, fee)
        yield Sentence(f"{fee.name_zh}：{said.zh}", f"{fee.name_en}: {said.en}")


def say_fee(terms: Terms, fee: Fee) -> Sentence:
    """What falls due, and when."""
    when = FREQUENCY_WORDS[fee.frequency]
    since = f"（自{fee.start_date}起）" if fee.start_date else ""
    since_en = f" from {fee.start_date}" if fee.start_date else ""
    if fee.schedule:
        planned = [f"{day} {money(fen)}" for day, fen in fee.schedule]
        return Sentence(f"按日期：{'；'.join(planned)}", f"by date: {'; '.join(planned)}")
    if fee.amount_fen:
        return Sentence(
            f"{when.zh}{since}{money(fee.amount_fen)}元",
            f"{terms.currency} {money(fee.amount_fen)} {when.en}{since_en}",
        )
    if fee.tiers and fee.basis:
        basis = QUANTITY_WORDS[fee.basis]
        tiers = [f"{money(bound)}: {money(fen)}" for bound, fen in fee.tiers]
        return Sentence(
            f"{when.zh}{since}按{basis.zh}分档：{'；'.join(tiers)}",
            f"{when.en}{since_en} by tiers of {basis.en}: {'; '.join(tiers)}",
        )
    assert fee.basis
    share = say_share(terms, ShareOf(fee.basis, fee.rate, fee.codes))
    if not fee.day_count:
        return share
    return Sentence(
        f"{share.zh}，年费率，{DAY_COUNT_ZH[fee.day_count]}", f"{share.en} a year ({fee.day_count})"
    )


def say_accounts(terms: Terms) -> Iterator[Sentence]:
    for account in terms.accounts:
        zh, en = account.name_zh, account.name_en
        if account.receives:
            words = [COLLECTION_WORDS[kind] for kind in account.receives]
            is_all = set(account.receives) == set(COLLECTION_KINDS)
            received_zh = "全部回收款" if is_all else listed_zh(word.zh for word in words)
            received_en = "all collections" if is_all else listed_en(word.en for word in words)
            zh, en = f"{zh}：收取{received_zh}", f"{en}: receives {received_en}"
        if account.initial is not None:
            initial = say_amount(terms, account.initial)
            zh, en = f"{zh}；成立时存入{initial.zh}", f"{en}; funded at closing with {initial.en}"
            if account.funded_by == "originator":
                zh, en = f"{zh}（由发起机构支付）", f"{en}, paid in by the originator"
        if account.target is not None:
            target = say_amount(terms, account.target)
            zh, en = f"{zh}；目标金额为{target.zh}", f"{en}; target {target.en}"
        if account.keeps_cash:
            zh, en = f"{zh}；资金可留存", f"{en}; its cash may stay in it"
        yield Sentence(zh, en)


def say_support(terms: Terms) -> Iterator[Sentence]:
    support = terms.support
    if support is None:
        yield Sentence("无外部增信", "no outside support")
        return
    names = [note for note in terms.notes if note.code in support.covers]
    zh = f"{support.provider_zh}对{listed_zh(note.name_zh for note in names)}的利息及到期本金承担差额支付义务"
    en = (
        f"{support.provider_en} pays interest on {listed_en(note.name_en for note in names)}, and from "
        "expected maturity their principal, where the cash does not"
    )
    limit = "无上限" if support.limit_fen is None else f"上限{money(support.limit_fen)}元"
    limit_en = (
        "without limit"
        if support.limit_fen is None
        else f"up to {terms.currency} {money(support.limit_fen)}"
    )
    kinds = {
        "capped": Sentence("存续期累计", "over the deal's life"),
        "revolving": Sentence("偿还后可再次提取", "drawn again once repaid"),
        "one_time": Sentence("仅限一个支付日", "on one payment date only"),
    }
    yield Sentence(
        f"{zh}，{limit}（{kinds[support.kind].zh}）", f"{en}; {limit_en}, {kinds[support.kind].en}"
    )
    if support.limit_per_date_fen is not None:
        most = money(support.limit_per_date_fen)
        yield Sentence(
            f"每个支付日上限{most}元", f"at most {terms.currency} {most} on a payment date"
        )
    for restriction in support.restrictions:
        (name,) = names_of(terms, (restriction.note,))
        debts = [DEBT_WORDS[debt] for debt in restriction.pays]
        zh = f"对{name.zh}仅支付{listed_zh(debt.zh for debt in debts)}"
        en = f"of {name.en} it pays only {listed_en(debt.en for debt in debts)}"
        if restriction.start:
            zh, en = f"{zh}，自{restriction.start}起", f"{en}, from {restriction.start}"
        yield Sentence(zh, en)
    places = [
        f"{phase} {step.clause}"
        for phase, steps in terms.priority.items()
        for step in steps
        if step.kind == "support_repayment"
    ]
    yield (
        Sentence(f"差额支付款的偿还：{'；'.join(places)}", f"it is repaid at: {'; '.join(places)}")
        if places
        else Sentence("差额支付款不予偿还", "it is not repaid")
    )
