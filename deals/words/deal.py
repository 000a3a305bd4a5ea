"""A deal in words, section by section."""

from collections.abc import Callable, Iterator

from deals.terms.deal import Terms
from deals.terms.sections import PaymentRule
from deals.words import cash, conventions, pool, triggers
from deals.words.numbers import Language, Sentence, money, percent
from deals.words.steps import PHASE_WORDS, say_priority

ROLE_WORDS = {
    "originator": Sentence("原始权益人（发起机构）", "originator"),
    "servicer": Sentence("资产（贷款）服务机构", "servicer"),
    "programme_manager": Sentence("计划管理人", "programme manager"),
    "trustee": Sentence("受托机构", "trustee"),
    "promotion_agency": Sentence("推广机构", "promotion agency"),
    "custodian": Sentence("托管（资金保管）机构", "custodian"),
    "shortfall_provider": Sentence("差额支付承诺人", "shortfall provider"),
    "subordinated_holder": Sentence("次级持有人", "holder of the equity"),
}


def describe_deal(terms: Terms, language: Language, is_structure: bool = False) -> Iterator[str]:
    """The terms as lines of text: a title, then each section with its statements under it.

    A structure has neither parties nor a rule of its own for payment dates.
    """
    yield f"{terms.name_zh if language == 'zh' else terms.name_en} ({terms.deal_id})"
    for title, say in STRUCTURE_SECTIONS if is_structure else SECTIONS:
        statements = [sentence.in_language(language) for sentence in say(terms)]
        if statements:
            yield from ("", title.in_language(language))
            yield from (f"  - {statement}" for statement in statements)
    for phase in terms.priority:
        yield from ("", PHASE_WORDS[phase].in_language(language))
        yield from (f"  {step.in_language(language)}" for step in say_priority(terms, phase))


def _say_parties(terms: Terms) -> Iterator[Sentence]:
    for party in terms.parties:
        role = ROLE_WORDS.get(party.role_code, Sentence(party.role_code, party.role_code))
        yield Sentence(f"{role.zh}：{party.name_zh}", f"{role.en}: {party.name_en}")


def _say_dates(terms: Terms) -> Iterator[Sentence]:
    yield from _say_term(terms)
    if terms.report.needs_approval:
        yield Sentence("报告经批准前为草稿", "its report is a draft until it is approved")
    if below := terms.report.suppress_below:
        yield Sentence(
            f"报告的分布表不列示不足{below}户的项目",
            f"its report's distributions leave out groups of fewer than {below} borrowers",
        )
    if terms.report.needs_reconciliation:
        yield Sentence(
            "托管对账单载明各账户流入且无差异，报告方可发布",
            "its report is published where the custodian's statement has the inflow of each account and "
            "nothing differs",
        )
    paid = _say_rule(terms.payment.rule)
    calendar = {"cn_bank": Sentence("中国银行工作日", "Chinese bank working days")}.get(
        terms.payment.calendar, Sentence("周一至周五", "Monday to Friday")
    )
    lead = terms.payment.report_lead_working_days
    yield Sentence(
        f"支付日：{paid.zh}（{calendar.zh}）；报告日不晚于支付日前{lead}个工作日",
        f"paid on {paid.en} ({calendar.en}); reported {lead} working days before",
    )


def _say_term(terms: Terms) -> Iterator[Sentence]:
    cut_off, closing, final = (
        terms.dates.initial_cut_off_date,
        terms.dates.closing_date,
        terms.dates.legal_final_date,
    )
    yield Sentence(
        f"初始封包日{cut_off}，成立日{closing}，法定到期日{final}",
        f"initial cut-off {cut_off}, closing {closing}, legal final maturity {final}",
    )
    revolving, term = terms.structure.revolving_months, terms.structure.expected_term_months
    yield Sentence(
        f"循环购买期{revolving}个月，" + ("无预期期限" if term is None else f"预期期限{term}个月"),
        f"revolving for {revolving} months, "
        + ("no expected maturity" if term is None else f"expected maturity after {term}"),
    )
    pool = terms.structure.initial_pool_fen
    if pool is not None:
        yield Sentence(
            f"初始资产池余额{money(pool)}元，以发行收入支付",
            f"initial pool {terms.currency} {money(pool)}, paid for with what the notes raise",
        )


def _say_rule(rule: PaymentRule) -> Sentence:
    if rule.kind == "nth_working_day":
        return Sentence(f"次月第{rule.n}个工作日", f"working day {rule.n} of the month after")
    if rule.kind == "working_days_after":
        return Sentence(
            f"收款期间结束后第{rule.n}个工作日",
            f"{rule.n} working days after the collection period",
        )
    rolls = {
        "following": Sentence("顺延", "the next working day"),
        "modified_following": Sentence(
            "顺延，跨月则提前", "the next working day of the month, or the last before"
        ),
        "preceding": Sentence("提前", "the working day before"),
    }
    roll = rolls.get(rule.roll or "", Sentence("不调整", "that day even on a holiday"))
    return Sentence(
        f"次月{rule.day}日（遇假日{roll.zh}）", f"day {rule.day} of the month after, or {roll.en}"
    )


def _say_forecast(terms: Terms) -> Iterator[Sentence]:
    """The base case of the forecast that each close makes; nothing where there is none."""
    one = terms.forecast
    if one is None:
        return
    yield Sentence(
        f"年早偿率{percent(one.cpr)}，年违约率{percent(one.cdr)}",
        f"CPR {percent(one.cpr)}, CDR {percent(one.cdr)}",
    )
    yield Sentence(
        f"每月{percent(one.delinquency)}拖欠{one.delinquency_months}个月，其中{percent(one.roll)}转为违约",
        f"{percent(one.delinquency)} a month misses its payment, and {one.delinquency_months} "
        f"month(s) later pays it, but for {percent(one.roll)} of it that defaults",
    )
    yield Sentence(
        f"违约后{one.recovery_lag}个月回收{percent(one.recovery)}",
        f"{percent(one.recovery)} recovered {one.recovery_lag} months after the default",
    )


SECTIONS: tuple[tuple[Sentence, Callable[[Terms], Iterator[Sentence]]], ...] = (
    (Sentence("参与机构", "Parties"), _say_parties),
    (Sentence("日期", "Dates"), _say_dates),
    (Sentence("证券", "Notes"), cash.say_notes),
    (Sentence("税费", "Taxes and fees"), cash.say_fees),
    (Sentence("账户", "Accounts"), cash.say_accounts),
    (Sentence("合格标准", "Eligibility criteria"), pool.say_eligibility),
    (Sentence("资产保证", "Warranties of the originator"), pool.say_warranty),
    (Sentence("购买", "Purchase"), pool.say_purchase),
    (Sentence("资产池限制", "Limits of the pool"), pool.say_limits),
    (Sentence("触发事件", "Triggers"), triggers.say_triggers),
    (Sentence("外部增信", "Outside support"), cash.say_support),
    (Sentence("计算惯例", "Conventions"), conventions.say_conventions),
    (Sentence("月度预测假设", "Assumptions of the monthly forecast"), _say_forecast),
)
STRUCTURE_SECTIONS = (
    (SECTIONS[1][0], _say_term),
    *SECTIONS[2:-2],
    (SECTIONS[-2][0], conventions.say_structure_conventions),
    SECTIONS[-1],
)
