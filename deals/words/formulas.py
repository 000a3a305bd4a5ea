"""Formulas of the terms in words."""

from collections.abc import Mapping

from deals.terms.deal import Terms
from deals.terms.payments import Amount, Combined, FixedAmount, ShareOf
from deals.words.numbers import Sentence, listed_en, listed_zh, money, percent

QUANTITY_WORDS: Mapping[str, Sentence] = {
    "interest_collections": Sentence("当期利息回收款", "the period's interest collections"),
    "cumulative_interest_collections": Sentence(
        "累计利息回收款", "the interest collected since closing"
    ),
    "principal_collections": Sentence("当期本金回收款", "the period's principal collections"),
    "collections": Sentence("当期全部回收款", "all the period's collections"),
    "recoveries": Sentence("当期违约回收款", "the period's recoveries"),
    "cumulative_recoveries": Sentence("累计违约回收款", "the recoveries since closing"),
    "cumulative_defaulted": Sentence("累计违约本金", "the principal that defaulted since closing"),
    "net_loss": Sentence("当期净损失", "the net loss of the period"),
    "cumulative_net_loss": Sentence("累计净损失", "the net loss since closing"),
    "defaulted": Sentence("当期新增违约本金", "the principal that defaulted in the period"),
    "pool_balance": Sentence(
        "收款期间期初资产池余额", "the pool at the start of the collection period"
    ),
    "closing_pool_balance": Sentence("封包日资产池余额", "the pool at the cut-off"),
    "initial_pool_balance": Sentence("初始资产池余额", "the initial pool"),
    "note_balance": Sentence("未偿本金", "the balance"),
    "opening_note_balance": Sentence("兑付前未偿本金", "the balance before the payment date"),
    "issued_note_balance": Sentence("发行本金", "the notional"),
    "interest_accrued": Sentence("当期应计利息", "the period's interest"),
    "interest_unpaid": Sentence("应付未付利息", "the interest due"),
    "fee_unpaid": Sentence("应付未付费用", "the fees due"),
    "account_balance": Sentence("账户余额", "the account balance"),
    "deficiency": Sentence("本金亏损账余额", "the principal deficiency"),
    "support_outstanding": Sentence("未偿还的差额支付款", "the support not yet repaid"),
}


def say_amount(terms: Terms, amount: Amount) -> Sentence:
    """What the formula comes to, as a noun."""
    if isinstance(amount, FixedAmount):
        return Sentence(f"{money(amount.fen)}元", f"{terms.currency} {money(amount.fen)}")
    if isinstance(amount, ShareOf):
        return say_share(terms, amount)
    parts = [say_amount(terms, part) for part in amount.parts]
    return _combine(amount, parts)


def say_share(terms: Terms, amount: ShareOf) -> Sentence:
    quantity = QUANTITY_WORDS[amount.of]
    zh, en = quantity.zh, quantity.en
    if amount.codes:
        names = names_of(terms, amount.codes)
        zh, en = (
            f"{listed_zh(name.zh for name in names)}的{zh}",
            f"{en} of {listed_en(name.en for name in names)}",
        )
    if amount.share == 1:
        return Sentence(zh, en)
    return Sentence(f"{zh}的{percent(amount.share)}", f"{percent(amount.share)} of {en}")


def _combine(amount: Combined, parts: list[Sentence]) -> Sentence:
    zh, en = [part.zh for part in parts], [part.en for part in parts]
    if amount.operation == "sum":
        return Sentence(f"（{'＋'.join(zh)}）", f"({' plus '.join(en)})")
    if amount.operation == "minus":
        return Sentence(f"（{'－'.join(zh)}，不低于零）", f"({' less '.join(en)}, not below zero)")
    which = {"least": ("孰低", "the lesser"), "greatest": ("孰高", "the greater")}
    word_zh, word_en = which[amount.operation]
    return Sentence(f"（{'与'.join(zh)}{word_zh}）", f"{word_en} of ({'; '.join(en)})")


def names_of(terms: Terms, codes: tuple[str, ...]) -> list[Sentence]:
    """The names of notes, fees or accounts by their codes; a name that is missing is its code."""
    named = {
        item.code: Sentence(item.name_zh or item.code, item.name_en or item.code)
        for item in (*terms.notes, *terms.fees, *terms.accounts)
    }
    return [named.get(code, Sentence(code, code)) for code in codes]
