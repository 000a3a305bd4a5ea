"""Notes, fees, accounts, support, triggers, the call and the conventions in words."""

from collections.abc import Iterator, Mapping

from deals.terms.deal import Terms
from deals.terms.events import EVENTS
from deals.terms.payments import COLLECTION_KINDS, CollectionKind, Fee, Floating, Note, ShareOf
from deals.terms.triggers import READS_DENOMINATOR, BreachedWhen, Trigger
from deals.words.formulas import QUANTITY_WORDS, say_amount, say_share
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
FREQUENCY_WORDS = {
    "payment_date": Sentence("每个支付日", "on each payment date"),
    "once": Sentence("一次性", "once"),
    "monthly": Sentence("每月", "every month"),
    "quarterly": Sentence("每季度", "every quarter"),
    "semi_annual": Sentence("每半年", "every half-year"),
    "annual": Sentence("每年", "every year"),
}
METRIC_WORDS = {
    "cumulative_default_rate": Sentence("累计违约率", "cumulative default rate"),
    "cumulative_default_rate_initial": Sentence(
        "累计违约率（占初始资产池）", "cumulative default rate of the initial pool"
    ),
    "cumulative_net_loss_rate": Sentence("累计净损失率", "cumulative net loss rate"),
    "cumulative_net_loss_rate_initial": Sentence(
        "累计净损失率（占初始资产池）", "cumulative net loss rate of the initial pool"
    ),
    "default_rate": Sentence("当期违约率", "default rate of the period"),
    "net_loss_rate": Sentence("当期净损失率", "net loss rate of the period"),
    "interest_cover_ratio": Sentence("利息覆盖倍数", "interest cover"),
    "overdue_rate": Sentence("逾期率", "overdue rate"),
    "overdue_rate_3m": Sentence("三个月平均逾期率", "overdue rate, mean of three months"),
    "serious_overdue_rate": Sentence("严重逾期率", "serious overdue rate"),
    "serious_overdue_rate_3m": Sentence(
        "三个月平均严重逾期率", "serious overdue rate, mean of three months"
    ),
    "payment_rate": Sentence("月还款率", "monthly payment rate"),
    "excess_spread_rate": Sentence("年化超额利差", "excess spread a year"),
    "idle_cash_ratio": Sentence("闲置资金占资产池比例", "idle cash over the pool"),
    "pool_to_notes_ratio": Sentence(
        "资产池及现金与次级以外证券本金之比", "pool and cash over the notes above the equity"
    ),
    "interest_unpaid_ratio": Sentence(
        "不可递延利息的未付比例", "unpaid interest that may not be deferred"
    ),
}
BEYOND_WORDS: Mapping[BreachedWhen, Sentence] = {
    "over": Sentence("超过", "over"),
    "at_or_over": Sentence("达到或超过", "at or over"),
    "under": Sentence("低于", "under"),
    "at_or_under": Sentence("等于或低于", "at or under"),
}
EFFECT_WORDS = {
    "end_revolving": Sentence("循环购买期提前结束", "the revolving period ends"),
    "accelerate": Sentence("进入加速清偿", "payments are accelerated"),
    "default": Sentence("构成违约事件", "it is an event of default"),
}
LATE_INTEREST_WORDS = {
    "none": Sentence("未付利息不计息", "unpaid interest earns nothing"),
    "simple": Sentence("未付利息按单利计息", "unpaid interest earns simple interest"),
    "compounding": Sentence("未付利息计复利", "unpaid interest compounds"),
}
ROUNDING_WORDS = {
    "half_up": Sentence("计提四舍五入至分", "accruals are rounded half up to the cent"),
    "down": Sentence("计提截位至分", "accruals are truncated to the cent"),
}


def say_notes(terms: Terms) -> Iterator[Sentence]:
    for note in terms.notes:
        coupon = _say_coupon(note)
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


def _say_coupon(note: Note) -> Sentence:
    if not note.bears_interest:
        return Sentence("无票面利率", "no coupon")
    floating = note.floating
    if floating is not None:
        margin, bounds, days = percent(floating.margin), _say_bounds(floating), note.day_count
        return Sentence(
            f"浮动利率：{floating.index}＋{margin}{bounds.zh}（{days}）",
            f"{floating.index} + {margin} a year{bounds.en} ({days})",
        )
    zh = f"年利率{percent(note.annual_rate)}（{note.day_count}）"
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
        said = _say_fee(terms, fee)
        yield Sentence(f"{fee.name_zh}：{said.zh}", f"{fee.name_en}: {said.en}")


def _say_fee(terms: Terms, fee: Fee) -> Sentence:
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
        f"{share.zh}（年费率，{fee.day_count}）", f"{share.en} a year ({fee.day_count})"
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


def say_triggers(terms: Terms) -> Iterator[Sentence]:
    for trigger in terms.triggers:
        tested, effect = _say_test(trigger), EFFECT_WORDS[trigger.effect]
        when = (
            Sentence("当个支付日生效", "from this payment date")
            if trigger.acts == "this"
            else Sentence("下一支付日生效", "from the next payment date")
        )
        cure = (
            Sentence("可恢复", "until cured")
            if trigger.is_curable
            else Sentence("不可恢复", "for good")
        )
        place = f"[{trigger.clause}] " if trigger.clause else ""
        yield Sentence(
            f"{place}{trigger.code}：{tested.zh}，则{effect.zh}，{when.zh}，{cure.zh}",
            f"{place}{trigger.code}: if {tested.en}, {effect.en} {when.en}, {cure.en}",
        )
    call = terms.clean_up_call
    if call is not None:
        low = (
            Sentence("及以下", "at most")
            if call.callable_when == "at_or_under"
            else Sentence("以下（不含）", "under")
        )
        yield Sentence(
            f"清仓回购：资产池余额降至初始资产池的{percent(call.threshold)}{low.zh}时可行使，"
            f"价格为余额的{percent(call.price_share)}，"
            f"{'替代当期分配顺序' if call.replaces_priority else '按当期分配顺序分配'}",
            f"clean-up call once the pool is {low.en} {percent(call.threshold)} of the initial pool, at "
            f"{percent(call.price_share)} of its balance; its cash is paid by "
            f"{'its own priority' if call.replaces_priority else 'the priority of the phase'}",
        )


def _say_test(trigger: Trigger) -> Sentence:
    if trigger.metric == "event":
        zh, en = EVENTS.get(trigger.event_code, (trigger.event_code, trigger.event_code))
        code = trigger.event_code
        return Sentence(f"发生事件“{zh}”（{code}）", f"the event “{en}” ({code}) happens")
    metric = METRIC_WORDS[trigger.metric]
    mean, beyond = _say_mean(trigger), BEYOND_WORDS[trigger.breached_when]
    first, *later = trigger.thresholds
    zh, en = (
        f"{mean.zh}{metric.zh}{beyond.zh}{percent(first[1])}",
        f"the {metric.en}{mean.en} is {beyond.en} {percent(first[1])}",
    )
    for period, threshold in later:
        zh, en = (
            f"{zh}（自第{period}期起{percent(threshold)}）",
            f"{en} ({percent(threshold)} from period {period})",
        )
    return Sentence(zh, en)


def _say_mean(trigger: Trigger) -> Sentence:
    months = trigger.average_months
    if months == 1:
        return Sentence("", "")
    return Sentence(f"{months}个月平均", f", mean of {months} months,")


def say_conventions(terms: Terms) -> Iterator[Sentence]:
    """The choices on which systems differ."""
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
    yield from _say_accruals(terms)
    if any(trigger.measured[0] in READS_DENOMINATOR for trigger in terms.triggers):
        denominator = _say_denominator(terms)
        yield Sentence(
            f"累计违约率的分母为{denominator.zh}",
            f"the cumulative default rate is of {denominator.en}",
        )
    yield from _say_ledgers(terms)


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
        yield Sentence(
            f"违约本金依次记入{listed_zh(note.name_zh for note in names)}的本金亏损账",
            f"defaults go to the principal deficiency ledgers of {listed_en(note.name_en for note in names)}",
        )
    for index, values in terms.indexes.items():
        said = "; ".join(f"{percent(rate)} from {day}" for day, rate in values)
        yield Sentence(f"指数 {index}：{said}", f"index {index}: {said}")
