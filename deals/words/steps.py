"""The priority of payments as a numbered list in words."""

from collections.abc import Iterator, Mapping

from deals.terms.deal import Terms
from deals.terms.payments import Phase, Step
from deals.words.formulas import names_of, say_amount
from deals.words.numbers import Sentence, listed_en, listed_zh
from deals.words.triggers import say_test

PHASE_WORDS: Mapping[Phase, Sentence] = {
    "revolving": Sentence("循环购买期分配顺序", "Priority of payments in the revolving period"),
    "allocation": Sentence(
        "摊还（分配）期分配顺序", "Priority of payments in the allocation period"
    ),
    "accelerated": Sentence("加速清偿后分配顺序", "Priority of payments after acceleration"),
    "default": Sentence("违约后分配顺序", "Priority of payments after an event of default"),
    "clean_up": Sentence("清仓回购后分配顺序", "Priority of payments on a clean-up call"),
}
KIND_WORDS: Mapping[str, Sentence] = {
    "fee": Sentence("支付{zh}", "pay {en}"),
    "interest": Sentence("支付{zh}的利息", "pay interest on {en}"),
    "principal": Sentence("偿还{zh}的本金", "repay principal of {en}"),
    "reserve": Sentence("补足{zh}至目标金额", "fill {en} to its target"),
    "release": Sentence("将超过目标金额的部分转入{zh}", "release what is above the target to {en}"),
    "transfer": Sentence("转入{zh}", "transfer to {en}"),
    "deficiency": Sentence("弥补{zh}的本金亏损", "make good the principal deficiency of {en}"),
    "support_repayment": Sentence("偿还差额支付款", "repay the shortfall provider"),
    "purchase": Sentence("购买新的合格资产", "buy new eligible loans"),
    "write_off": Sentence("核减{zh}的本金（不涉及现金）", "write off principal of {en} (no cash)"),
    "residual": Sentence("剩余资金支付给{zh}", "pay what is left to {en}"),
}

SPLIT_WORDS = {
    "pro_rata": Sentence("按比例分配", "pro rata"),
    "sequential": Sentence("依次分配", "one after the other"),
}


def say_priority(terms: Terms, phase: Phase) -> Iterator[Sentence]:
    """The steps of a phase, numbered, each with its clause."""
    for number, step in enumerate(terms.priority[phase], start=1):
        said = say_step(terms, step)
        yield Sentence(
            f"{number}. [{step.clause}] {said.zh}", f"{number}. [{step.clause}] {said.en}"
        )


def say_step(terms: Terms, step: Step) -> Sentence:
    """One step: who is paid, from where, how much at most, and who makes up what is short."""
    names = names_of(terms, step.targets)
    zh, en = (
        KIND_WORDS[step.kind].zh.format(zh=listed_zh(name.zh for name in names)),
        KIND_WORDS[step.kind].en.format(en=listed_en(name.en for name in names) if names else ""),
    )
    parts = [Sentence(zh, en), *_conditions(terms, step)]
    return Sentence("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def _conditions(terms: Terms, step: Step) -> Iterator[Sentence]:
    if len(step.targets) > 1:
        yield SPLIT_WORDS[step.split]
    yield from say_bounds(terms, step)
    yield from _places(terms, step)
    yield from say_when(terms, step)


def say_bounds(terms: Terms, step: Step) -> Iterator[Sentence]:
    """How much at most is paid, and what has to stay behind."""
    if step.cap is not None:
        cap = say_amount(terms, step.cap)
        yield Sentence(f"以{cap.zh}为限", f"at most {cap.en}")
    if step.down_to is not None:
        floor = say_amount(terms, step.down_to)
        yield Sentence(f"直至余额降至{floor.zh}", f"down to a balance of {floor.en}")
    if step.is_to_target:
        yield Sentence("直至计划余额", "down to the scheduled balance")
    if step.keep is not None:
        kept = say_amount(terms, step.keep)
        yield Sentence(f"账户中保留{kept.zh}", f"keeping {kept.en} in the account")


def say_when(terms: Terms, step: Step, tells_codes: bool = True) -> Iterator[Sentence]:
    """The conditions without which the step is not due; triggers by their codes, or by what they test."""
    if step.once_repaid:
        names = names_of(terms, step.once_repaid)
        yield Sentence(
            f"仅在{listed_zh(name.zh for name in names)}于此前支付日清偿完毕后",
            f"only once {listed_en(name.en for name in names)} was repaid on an earlier payment date",
        )
    if step.while_acting:
        zh, en = _name_triggers(terms, step.while_acting, tells_codes)
        yield Sentence(f"仅在{zh}生效期间", f"only while {en} acts")
    if step.unless_acting:
        zh, en = _name_triggers(terms, step.unless_acting, tells_codes)
        yield Sentence(f"{zh}生效期间除外", f"unless {en} acts")


def _name_triggers(terms: Terms, codes: tuple[str, ...], tells_codes: bool) -> tuple[str, str]:
    if tells_codes:
        return "或".join(codes), " or ".join(codes)
    named = [say_test(trigger) for trigger in terms.triggers if trigger.code in codes]
    return "或".join(f"“{name.zh}”" for name in named), " or ".join(
        f"“{name.en}”" for name in named
    )


def _places(terms: Terms, step: Step) -> Iterator[Sentence]:
    """The accounts, where the deal has more than one."""
    if len(terms.accounts) > 1:
        (account,) = names_of(terms, (step.account,))
        yield Sentence(f"自{account.zh}", f"from the {account.en}")
    if step.to:
        (to,) = names_of(terms, (step.to,))
        yield Sentence(f"转入{to.zh}", f"into the {to.en}")
    yield from say_cover(terms, step)


def say_cover(terms: Terms, step: Step) -> Iterator[Sentence]:
    """Which other accounts make up what is short."""
    if step.cover:
        covers = names_of(terms, step.cover)
        yield Sentence(
            f"不足部分依次由{listed_zh(item.zh for item in covers)}补足",
            f"a shortage made up from {', then '.join(f'the {item.en}' for item in covers)}",
        )
