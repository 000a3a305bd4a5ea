"""Triggers and the clean-up call in words."""

from collections.abc import Iterator, Mapping

from deals.terms.deal import Terms
from deals.terms.events import EVENTS
from deals.terms.triggers import BreachedWhen, Trigger
from deals.words.numbers import Sentence, percent

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
    "debt_service_cover_ratio": Sentence("偿债覆盖倍数（DSCR）", "debt service cover (DSCR)"),
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
    "switch_steps": Sentence("切换指明该事件的分配步骤", "the steps that name it are switched"),
}


def say_triggers(terms: Terms, tells_codes: bool = True) -> Iterator[Sentence]:
    """Each trigger, and the clean-up call; without the codes for those who do not know the deal's file."""
    for trigger in terms.triggers:
        yield say_trigger(trigger, tells_codes)
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


def say_trigger(trigger: Trigger, tells_codes: bool = True) -> Sentence:
    """What is tested, what follows and from when, and whether it ends again."""
    tested, effect = say_test(trigger, tells_codes), EFFECT_WORDS[trigger.effect]
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
    code = Sentence(f"{trigger.code}：", f"{trigger.code}: ") if tells_codes else Sentence("", "")
    return Sentence(
        f"{place}{code.zh}{tested.zh}，则{effect.zh}，{when.zh}，{cure.zh}",
        f"{place}{code.en}if {tested.en}, {effect.en} {when.en}, {cure.en}",
    )


def say_event(trigger: Trigger) -> Sentence:
    """What is measured, or the event that is waited for, as a noun."""
    if trigger.metric == "event":
        return Sentence(*EVENTS.get(trigger.event_code, (trigger.event_code, trigger.event_code)))
    metric, mean = METRIC_WORDS[trigger.metric], _say_mean(trigger)
    return Sentence(f"{mean.zh}{metric.zh}", f"{metric.en}{mean.en}".rstrip(","))


def say_thresholds(trigger: Trigger) -> Sentence | None:
    """The bound, with the period from which each later one holds; None of an event."""
    if trigger.metric == "event":
        return None
    beyond = BEYOND_WORDS[trigger.breached_when]
    (_, first), *later = trigger.thresholds
    return Sentence(
        "；".join(
            [
                f"{beyond.zh}{percent(first)}",
                *(f"自第{period}期起{percent(value)}" for period, value in later),
            ]
        ),
        "; ".join(
            [
                f"{beyond.en} {percent(first)}",
                *(f"{percent(value)} from period {period}" for period, value in later),
            ]
        ),
    )


def say_test(trigger: Trigger, tells_codes: bool = False) -> Sentence:
    """What has to be seen at a cut-off for the trigger to be breached."""
    if trigger.metric == "event":
        zh, en = EVENTS.get(trigger.event_code, (trigger.event_code, trigger.event_code))
        code = trigger.event_code
        told = Sentence(f"（{code}）", f" ({code})") if tells_codes else Sentence("", "")
        return Sentence(f"发生事件“{zh}”{told.zh}", f"the event “{en}”{told.en} happens")
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
    if trigger.rolling == "sum":
        return Sentence(
            f"{months}个月合计（占首月期初资产池）",
            f", sum of {months} months over the pool at the start of the first,",
        )
    return Sentence(f"{months}个月平均", f", mean of {months} months,")
