"""What the offering states of the payments, the triggers and the enhancement, in words column by column."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deals.terms.deal import Terms
from deals.terms.payments import Phase, Step
from deals.terms.sections import Party
from deals.words.cash import say_accounts, say_fee, say_support
from deals.words.formulas import names_of, say_amount
from deals.words.numbers import Sentence, listed_en, listed_zh, money
from deals.words.steps import KIND_WORDS, say_bounds, say_cover, say_when

NOTHING = Sentence("", "")
DUE_WORDS = {
    "interest": Sentence("当期应计利息及此前未付利息", "interest of the period and what is unpaid"),
    "principal": Sentence("未偿本金", "the balance outstanding"),
    "release": Sentence("超过目标金额的部分", "what is above the target"),
    "transfer": Sentence("账户内资金", "the cash in the account"),
    "deficiency": Sentence("本金亏损账余额", "the principal deficiency"),
    "support_repayment": Sentence("未偿还的差额支付款", "the support not yet repaid"),
    "purchase": Sentence("剩余资金", "the cash left"),
    "residual": Sentence("剩余资金", "what is left"),
}
SPREAD_KINDS = ("purchase", "principal", "reserve", "deficiency", "transfer")
"""Steps by which interest above fees and coupons supports the notes."""


@dataclass(frozen=True)
class StepWords:
    """A step of a phase: number from 1, what is paid, to whom, how much, from where, and when at all."""

    phase: Phase
    number: int
    step: Step
    payment: Sentence
    payee: Sentence
    account: Sentence
    amount: Sentence
    condition: Sentence


def describe_priority(terms: Terms) -> Iterator[StepWords]:
    """Every step of every phase, in order."""
    for phase, steps in terms.priority.items():
        for number, step in enumerate(steps, start=1):
            payment = KIND_WORDS[step.kind]
            names = _join(names_of(terms, step.targets))
            english = payment.en.format(en=names.en)
            yield StepWords(
                phase=phase,
                number=number,
                step=step,
                payment=Sentence(payment.zh.format(zh=names.zh), english[0].upper() + english[1:]),
                payee=_say_payee(terms, step),
                account=names_of(terms, (step.account,))[0],
                amount=_say_amount_due(terms, step),
                condition=_join(say_when(terms, step, tells_codes=False), "，", ", "),
            )


def _say_payee(terms: Terms, step: Step) -> Sentence:
    """Who is paid: the notes or the account, else the party whose part the step's kind or fee names."""
    if step.kind == "support_repayment" and terms.support is not None:
        return Sentence(terms.support.provider_zh, terms.support.provider_en)
    if step.kind in ("purchase", "fee"):
        roles = ("originator",) if step.kind == "purchase" else step.targets
        parties = [party for role in roles for party in _find_parties(terms, role)]
        return _join([Sentence(party.name_zh, party.name_en) for party in parties])
    return _join(names_of(terms, (step.to,) if step.to else step.targets))


def _find_parties(terms: Terms, role: str) -> list[Party]:
    """The parties of a role; of a plan, which has no trustee, its manager."""
    found = [party for party in terms.parties if party.role_code == role]
    return found or (_find_parties(terms, "programme_manager") if role == "trustee" else [])


def _say_amount_due(terms: Terms, step: Step) -> Sentence:
    """What is due, then its bounds and what makes up for a shortage."""
    due = list(_say_due(terms, step))
    return _join([*due, *say_bounds(terms, step), *say_cover(terms, step)], "，", ", ")


def _say_due(terms: Terms, step: Step) -> Iterator[Sentence]:
    if step.kind == "fee":
        fees = {fee.code: fee for fee in terms.fees}
        yield _join([say_fee(terms, fees[code]) for code in step.targets], "；", "; ")
    elif step.kind == "reserve":
        target = say_amount(terms, terms.reserve_targets[step.target])
        yield Sentence(f"补足至{target.zh}", f"up to {target.en}")
    elif step.kind in DUE_WORDS:
        yield DUE_WORDS[step.kind]
    if step.kind == "purchase" and terms.purchase and terms.purchase.max_amount_fen is not None:
        most = money(terms.purchase.max_amount_fen)
        yield Sentence(f"每次不超过{most}元", f"at most {terms.currency} {most} a purchase")


def describe_enhancement(terms: Terms) -> Iterator[tuple[str, Sentence]]:
    """Measure and statement: what the terms say beside the subordination of the notes."""
    pool, issue = terms.structure.initial_pool_fen, sum(note.notional_fen for note in terms.notes)
    if pool is not None and pool > issue:
        yield (
            "overcollateralisation",
            Sentence(
                f"初始资产池余额{money(pool)}元，高于证券发行总额{money(issue)}元",
                f"the initial pool is {terms.currency} {money(pool)}, and the notes {money(issue)}",
            ),
        )
    yield from (("excess_spread", said) for said in _say_spread(terms))
    reserves = [account.code for account in terms.accounts if account.target is not None]
    said = zip(terms.accounts, say_accounts(terms), strict=True)
    yield from (("reserve", sentence) for account, sentence in said if account.code in reserves)
    if terms.support is not None:
        yield from (("outside_support", sentence) for sentence in say_support(terms))


def _say_spread(terms: Terms) -> Iterator[Sentence]:
    """What the interest above fees and coupons does, where a step uses it."""
    receivers = {account.code for account in terms.accounts if "interest" in account.receives}
    used: list[str] = []
    for phase in ("revolving", "allocation"):
        steps = terms.priority.get(phase, ())
        first = next((n for n, step in enumerate(steps) if step.kind == "interest"), len(steps))
        used += [step.kind for step in steps[first:] if step.account in receivers]
    uses = [SPREAD_WORDS[kind] for kind in SPREAD_KINDS if kind in used]
    if uses:
        yield Sentence(
            f"利息回收款支付税费及证券利息后的余额用于{listed_zh(use.zh for use in uses)}",
            "interest collected above fees and the notes' interest is used to "
            f"{listed_en(use.en for use in uses)}",
        )


SPREAD_WORDS = {
    "purchase": Sentence("购买新的合格资产", "buy new eligible loans"),
    "principal": Sentence("偿还证券本金", "repay principal of the notes"),
    "reserve": Sentence("补足储备账户", "fill the reserves"),
    "deficiency": Sentence("弥补本金亏损", "make good principal deficiencies"),
    "transfer": Sentence("转入其他账户", "fill other accounts"),
}


def _join(
    sentences: Iterator[Sentence] | Sequence[Sentence], mark_zh: str = "", mark_en: str = ""
) -> Sentence:
    """Several as one, listed where no mark is given; nothing of none."""
    said = list(sentences)
    if not said:
        return NOTHING
    zh, en = [one.zh for one in said], [one.en for one in said]
    if not mark_zh:
        return Sentence(listed_zh(zh), listed_en(en))
    return Sentence(mark_zh.join(zh), mark_en.join(en))
