"""What loans may be bought, at what price, and what the pool must look like, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from decimal import Decimal

from deals.terms.deal import Terms
from deals.terms.purchase import Condition, Dimension, Limit, PurchaseDate
from deals.words.numbers import (
    SayCode,
    Sentence,
    listed_en,
    listed_zh,
    money,
    percent,
    plain_code,
)

ELIGIBILITY_WORDS: Mapping[str, Sentence] = {
    "product_codes": Sentence("产品为{value}", "the product is {value}"),
    "excluded_product_codes": Sentence("产品不为{value}", "the product is not {value}"),
    "five_class_codes": Sentence("五级分类为{value}", "the five-class rating is {value}"),
    "status_codes": Sentence("还款状态为{value}", "the payment status is {value}"),
    "region_codes": Sentence("地区为{value}", "the region is {value}"),
    "excluded_region_codes": Sentence("地区不为{value}", "the region is not {value}"),
    "excluded_occupation_codes": Sentence("职业不为{value}", "the occupation is not {value}"),
    "repayment_method_codes": Sentence("还款方式为{value}", "the repayment method is {value}"),
    "term_months": Sentence("合同期限（月）为{value}", "the contract term is {value} months"),
    "max_days_past_due": Sentence(
        "封包日逾期不超过{value}天", "not more than {value} days past due at the cut-off"
    ),
    "max_historical_days_past_due": Sentence(
        "历史最长逾期不超过{value}天", "never more than {value} days past due"
    ),
    "max_past_due_count": Sentence("历史逾期不超过{value}次", "past due at most {value} times"),
    "min_balance_fen": Sentence("未偿本金不低于{value}元", "a balance of {value} or more"),
    "max_balance_fen": Sentence("未偿本金不高于{value}元", "a balance of {value} or less"),
    "min_annual_rate": Sentence("年利率不低于{value}", "an annual rate of {value} or more"),
    "max_annual_rate": Sentence("年利率不高于{value}", "an annual rate of {value} or less"),
    "min_borrower_age": Sentence("借款人年满{value}岁", "a borrower of {value} years or more"),
    "max_borrower_age": Sentence("借款人不超过{value}岁", "a borrower of {value} years or less"),
    "max_age_at_maturity": Sentence(
        "贷款到期时借款人不超过{value}岁", "a borrower of {value} years or less at maturity"
    ),
    "max_borrower_balance_fen": Sentence(
        "同一借款人在资产池中的余额不超过{value}元", "a borrower owes the pool {value} or less"
    ),
    "min_remaining_months": Sentence("剩余期限不少于{value}个月", "{value} months or more to run"),
    "max_remaining_months": Sentence("剩余期限不超过{value}个月", "{value} months or less to run"),
    "min_seasoning_months": Sentence("账龄不少于{value}个月", "seasoned {value} months or more"),
    "max_seasoning_months": Sentence("账龄不超过{value}个月", "seasoned {value} months or less"),
    "min_credit_score": Sentence("信用评分不低于{value}", "a credit score of {value} or more"),
    "must_mature_within_deal": Sentence(
        "不晚于专项计划预期到期日到期", "matures by the deal's expected maturity"
    ),
    "allows_renegotiated": Sentence("未经展期或重组", "not renegotiated"),
    "allows_disputed": Sentence("不存在争议", "not disputed"),
    "allows_pledged": Sentence("未设定质押等权利负担", "not pledged"),
    "allows_repurchased": Sentence("未曾被原始权益人赎回", "never repurchased by the originator"),
}
"""Each term of `Eligibility`; a flag that allows something is worded as what is then not allowed."""

WARRANTY_WORDS: Mapping[str, Sentence] = {
    "is_currency_allowed": Sentence("币种为专项计划币种", "in the currency of the deal"),
    "is_product_allowed": Sentence("产品符合合格标准", "of an eligible product"),
    "is_repayment_method_allowed": Sentence("还款方式符合合格标准", "repaid by an eligible method"),
    "is_term_allowed": Sentence("合同期限符合合格标准", "of an eligible contract term"),
    "is_seasoned": Sentence("账龄符合合格标准", "of an eligible age since origination"),
    "is_not_pledged": Sentence("未设定质押等权利负担", "not pledged"),
}
"""Each criterion that the originator may warrant."""

REPURCHASE_PRICE_WORDS: Mapping[str, Sentence] = {
    "balance": Sentence("按封包日未偿本金", "at its balance at the cut-off"),
    "balance_and_interest": Sentence(
        "按封包日未偿本金及应付未付利息",
        "at its balance at the cut-off and the interest unpaid by then",
    ),
}

DIMENSION_WORDS: Mapping[str, Sentence] = {
    "region_code": Sentence("地区", "region"),
    "product_code": Sentence("产品", "product"),
    "star_grade_code": Sentence("星级", "star grade"),
    "repayment_method_code": Sentence("还款方式", "repayment method"),
    "borrower_age": Sentence("借款人年龄", "age of the borrower"),
    "term_months": Sentence("合同期限（月）", "contract term in months"),
    "remaining_months": Sentence("剩余期限（月）", "months to run"),
    "seasoning_months": Sentence("账龄（月）", "months of seasoning"),
    "credit_score": Sentence("信用评分", "credit score"),
    "annual_rate": Sentence("年利率", "annual rate"),
    "outstanding_balance": Sentence("未偿本金", "balance"),
}


def say_eligibility(terms: Terms, say_code: SayCode = plain_code) -> Iterator[Sentence]:
    """One sentence a criterion that bounds anything, in the order of the terms."""
    limits = terms.eligibility
    if limits is None:
        return
    for field in fields(limits):
        value = getattr(limits, field.name)
        words = ELIGIBILITY_WORDS[field.name]
        if isinstance(value, bool):
            if value != field.name.startswith("allows_"):
                yield words
        elif value is not None and value != ():
            zh, en = _value(field.name, value, say_code)
            yield Sentence(words.zh.format(value=zh), words.en.format(value=en))


def say_warranty(terms: Terms) -> Iterator[Sentence]:
    """What the originator warrants, and what follows where it proves untrue."""
    if terms.warranty is None:
        return
    for code in terms.warranty.criteria:
        words = WARRANTY_WORDS[code]
        yield Sentence(f"购买时{words.zh}", f"{words.en} when it was bought")
    price = REPURCHASE_PRICE_WORDS[terms.warranty.price]
    yield Sentence(
        f"经证明购买时不合格的贷款由原始权益人{price.zh}赎回",
        f"a loan that proves ineligible at its purchase is repurchased {price.en}",
    )


def _value(name: str, value: object, say_code: SayCode) -> tuple[str, str]:
    """A limit in Chinese and in English."""
    if isinstance(value, tuple):
        column = name.removeprefix("excluded_").removesuffix("s")
        items = [say_code(column, str(item)) for item in value]
        return "、".join(item.zh for item in items), " or ".join(item.en for item in items)
    if name.endswith("_fen"):
        text = money(int(str(value)))
    else:
        text = percent(value) if isinstance(value, Decimal) else str(value)
    return text, text


def say_purchase(terms: Terms, tells_codes: bool = True) -> Iterator[Sentence]:
    purchase = terms.purchase
    if purchase is None:
        yield Sentence("成立后不购买资产", "no loans are bought after closing")
        return
    price = {
        "par": Sentence("价格为封包日未偿本金", "the price is the balance at the cut-off"),
        "discount": Sentence(
            f"价格为封包日未偿本金的{percent(purchase.price_share)}",
            f"the price is {percent(purchase.price_share)} of the balance at the cut-off",
        ),
        "present_value": Sentence(
            f"价格为剩余应收款按年{percent(purchase.discount_rate)}折现的现值",
            "the price is the present value of what is still to be paid, at "
            f"{percent(purchase.discount_rate)} a year",
        ),
    }
    funding = {
        "principal": Sentence("以本金回收款购买", "paid from principal collections"),
        "principal_and_interest": Sentence(
            "以本金及利息回收款购买", "paid from principal and interest collections"
        ),
        "all_remaining": Sentence(
            "以分配后全部剩余资金购买（含超额利差）",
            "paid from all the cash left, excess spread included",
        ),
    }
    yield price[purchase.price]
    yield funding[purchase.funding]
    if purchase.max_amount_fen is not None:
        most = money(purchase.max_amount_fen)
        yield Sentence(f"每次购买不超过{most}元", f"at most {terms.currency} {most} a purchase")
    dates = [_say_date(rule) for rule in purchase.dates]
    yield Sentence(
        f"购买日：{listed_zh(day.zh for day in dates)}",
        f"bought on {listed_en(day.en for day in dates)}",
    )
    yield Sentence(
        "按随机数顺序整笔抽取，同时满足资金与全部限制；未用资金结转下次",
        "whole loans drawn at random within the cash and every limit; what is unspent is carried over",
    )
    if terms.book.code != terms.deal_id:
        place, code = terms.book.order, terms.book.code
        told = Sentence(code, f" {code}") if tells_codes else Sentence("", "")
        yield Sentence(
            f"资产取自共用资产账簿{told.zh}，分配顺序第{place}；其他专项计划持有的贷款不予提供",
            f"from the shared book{told.en}, in place {place} of the allocation order; "
            "no loan that another deal owns is offered",
        )


def _say_date(rule: PurchaseDate) -> Sentence:
    if rule.kind == "nth_working_day":
        return Sentence(f"支付月第{rule.n}个工作日", f"working day {rule.n} of the payment month")
    if rule.kind == "day_of_month":
        return Sentence(
            f"支付月{rule.day}日（遇假日顺延）",
            f"day {rule.day} of the payment month, or the next working day",
        )
    if not rule.n:
        return Sentence("支付日", "the payment date")
    return Sentence(f"支付日后第{rule.n}个工作日", f"{rule.n} working days after the payment date")


def say_limits(terms: Terms, say_code: SayCode = plain_code) -> Iterator[Sentence]:
    """One sentence a limit: what is measured, and the most or least that it may be."""
    for limit in terms.limits:
        bound = percent(limit.threshold) if _is_fraction(limit) else f"{limit.threshold:f}"
        subject = _say_subject(limit, say_code)
        zh, en = ("不低于", "at least") if limit.is_floor else ("不超过", "at most")
        yield Sentence(
            f"{limit.name_zh}：{subject.zh}{zh}{bound}",
            f"{limit.name_en}: {subject.en} {en} {bound}",
        )


def _is_fraction(limit: Limit) -> bool:
    return limit.kind not in ("average_remaining_months", "average_score")


def _say_subject(limit: Limit, say_code: SayCode) -> Sentence:
    if limit.kind == "largest_borrower":
        return Sentence("单一借款人余额占比", "the share of any one borrower")
    if limit.kind == "top_borrowers":
        count = limit.borrower_count
        return Sentence(f"前{count}名借款人余额占比", f"the share of the {count} largest borrowers")
    if limit.kind == "share_by":
        names = [DIMENSION_WORDS[item.code] for item in limit.dimensions]
        which = _say_bands(limit.dimensions)
        only = [
            [say_code(item.code, part) for item, part in zip(limit.dimensions, value, strict=True)]
            for value in limit.values
        ]
        chosen_zh = (
            f"（{listed_zh('/'.join(part.zh for part in one) for one in only)}）" if only else ""
        )
        chosen_en = (
            f" ({listed_en('/'.join(part.en for part in one) for one in only)})" if only else ""
        )
        return Sentence(
            f"每一{'×'.join(name.zh for name in names)}{which}{chosen_zh}的余额占比",
            f"the share of each {' by '.join(name.en for name in names)}{which}{chosen_en}",
        )
    if limit.kind == "share_where":
        said = [_say_condition(condition, say_code) for condition in limit.conditions]
        return Sentence(
            f"{'且'.join(item.zh for item in said)}的贷款余额占比",
            f"the share of loans with {listed_en(item.en for item in said)}",
        )
    averages = {
        "average_rate": Sentence("加权平均年利率", "the weighted average rate"),
        "average_remaining_months": Sentence(
            "加权平均剩余期限（月）", "the weighted average months to run"
        ),
        "average_score": Sentence("加权平均信用评分", "the weighted average credit score"),
    }
    return averages[limit.kind]


def _say_bands(dimensions: tuple[Dimension, ...]) -> str:
    bands = [", ".join(item.bands()) for item in dimensions if item.edges]
    return f" [{'; '.join(bands)}]" if bands else ""


def _say_condition(condition: Condition, say_code: SayCode) -> Sentence:
    name = DIMENSION_WORDS[condition.dimension]
    zh, en = [name.zh], [name.en]
    if condition.below is not None:
        zh, en = [*zh, f"低于{condition.below:f}"], [*en, f"below {condition.below:f}"]
    if condition.above is not None:
        zh, en = [*zh, f"高于{condition.above:f}"], [*en, f"above {condition.above:f}"]
    if condition.values:
        codes = [say_code(condition.dimension, value) for value in condition.values]
        zh = [*zh, f"为{listed_zh(code.zh for code in codes)}"]
        en = [*en, " or ".join(code.en for code in codes)]
    return Sentence("".join(zh), " ".join(en))
