"""Deals, pools and cash drawn at random: every kind of term, in lists that few contracts would have."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, get_args

from deals.check.steps import CODE_SECTIONS
from deals.terms.deal import Terms
from deals.terms.payments import (
    COLLECTION_KINDS,
    Account,
    Amount,
    CleanUpCall,
    Combined,
    Fee,
    FixedAmount,
    Floating,
    Frequency,
    Note,
    Phase,
    Quantity,
    ShareOf,
    Step,
    Support,
)
from deals.terms.purchase import Purchase
from deals.terms.rates import Quotient, Rate
from deals.terms.triggers import BreachedWhen, Metric, Trigger
from tests.waterfall.small_deal import note, small_terms

DAY_COUNTS = ("ACT/365F", "ACT/360", "ACT/ACT", "30/360")
FIRST_DAY = date(2017, 12, 1)


@dataclass(frozen=True)
class Codes:
    """What the formulas and steps of one deal may name, and how large its amounts are."""

    size: int
    notes: tuple[str, ...]
    scheduled: tuple[str, ...]
    fees: tuple[str, ...]
    accounts: tuple[str, ...]
    reserves: tuple[str, ...]
    deficiency_notes: tuple[str, ...]

    def of(self, section: str) -> tuple[str, ...]:
        return getattr(self, section)


def random_terms(random: Random) -> Terms:
    """One to three notes and the equity, up to four fees, one to three accounts, every phase."""
    size = 10 ** random.randint(2, 13)
    rated = ("A", "M", "B")[: random.randint(1, 3)]
    notes = (*(_note(random, code, size) for code in rated), note("S", random.randint(1, size)))
    fee_codes = ("tax", "servicer", "trustee", "audit")[: random.randint(0, 4)]
    accounts = ("collection", "income", "reserve")[: random.randint(1, 3)]
    all_notes = (*rated, "S")
    codes = Codes(
        size=size,
        notes=all_notes,
        scheduled=tuple(item.code for item in notes if item.target_balances),
        fees=fee_codes,
        accounts=accounts,
        reserves=tuple(code for code in accounts[1:] if random.random() < 0.7),
        deficiency_notes=tuple(reversed(_some(random, all_notes, least=0))),
    )
    return small_terms(
        closing_date=FIRST_DAY,
        notes=notes,
        fees=tuple(_fee(random, code, codes) for code in fee_codes),
        accounts=_accounts(random, codes),
        triggers=tuple(
            _trigger(random, f"trigger_{place}") for place in range(random.randint(0, 3))
        ),
        support=_support(random, rated, size),
        purchase=Purchase(
            "par",
            random.choice(("principal", "principal_and_interest", "all_remaining")),
            draw_seed=1,
            max_amount_fen=random.choice((None, random.randint(1, size))),
        ),
        priority={phase: _steps(random, codes, phase) for phase in get_args(Phase)},
        interest_on_unpaid_interest=random.choice(("none", "simple", "compounding")),
        rate_denominator=random.choice(("initial_pool", "initial_pool_and_purchases")),
        rounding=random.choice(("half_up", "down")),
        deficiency_notes=codes.deficiency_notes,
        indexes={"shibor": _dated(random, lambda: _exact(random, -20_000, 80_000), 3, FIRST_DAY)},
        clean_up_call=_clean_up_call(random),
    )


def _rate(random: Random, least: int = 0, most: int = 360_000) -> Decimal:
    return Decimal(random.randint(least, most)).scaleb(-6)


def _exact(random: Random, least: int = 0, most: int = 360_000) -> Rate:
    """A rate in six decimals, or by a quotient that decimals would round."""
    if random.random() < 0.6:
        return _rate(random, least, most)
    parts = random.choice((3, 7, 103, 999_983))
    numerator = random.randint(-(-least * parts // 10**6), most * parts // 10**6)
    return Quotient(f"{numerator}/{parts}")


def _some(random: Random, codes: Sequence[str], least: int = 1) -> tuple[str, ...]:
    return tuple(random.sample(codes, random.randint(min(least, len(codes)), len(codes))))


def _dated(random: Random, value: Any, most: int, first: date | None = None) -> tuple[Any, ...]:
    """Up to `most` values, each from its date on, in order; one from `first` on where it is given."""
    days = {
        FIRST_DAY + timedelta(days=random.randint(1, 150)) for _ in range(random.randint(0, most))
    }
    days |= {first} if first else set()
    return tuple((day, value()) for day in sorted(days))


def _note(random: Random, code: str, size: int) -> Note:
    notional = random.randint(1, size)
    floating = None
    if random.random() < 0.3:
        floor, cap = sorted((_exact(random, 0, 60_000), _exact(random, 0, 60_000)))
        floating = Floating(
            "shibor",
            _exact(random, -10_000, 20_000),
            random.choice((floor, None)),
            random.choice((cap, None)),
        )
    has_schedule = random.random() < 0.4
    return replace(
        note(code, notional, day_count=random.choice(DAY_COUNTS)),
        annual_rate=_exact(random),
        rate_steps=_dated(random, lambda: _exact(random), random.choice((0, 0, 2))),
        floating=floating,
        is_interest_deferrable=random.random() < 0.3,
        target_balances=_dated(
            random, lambda: random.randint(0, notional), 3, FIRST_DAY + timedelta(days=20)
        )
        if has_schedule
        else (),
    )


def _fee(random: Random, code: str, codes: Codes) -> Fee:
    """A share of a quantity, a yearly rate on one, tiers, or stated amounts that fall due."""
    plain = Fee(code=code, name_zh=code, name_en=code)
    basis = random.choice(get_args(Quantity))
    narrowed = _narrowed(random, basis, codes)
    kind = random.choice(("rate", "yearly", "tiers", "recurring", "schedule"))
    if kind == "rate":
        return replace(plain, basis=basis, codes=narrowed, rate=_exact(random, 0, 20_000))
    if kind == "yearly":
        yearly = replace(plain, basis=basis, codes=narrowed, rate=_exact(random, 0, 20_000))
        return replace(yearly, day_count=random.choice(DAY_COUNTS))
    if kind == "tiers":
        bounds = sorted({random.randint(0, codes.size) for _ in range(random.randint(1, 4))})
        tiers = tuple((bound, random.randint(0, codes.size // 10)) for bound in bounds)
        recurring = _recurring(random, plain)
        return replace(recurring, basis=basis, codes=narrowed, tiers=tiers)
    if kind == "schedule":
        schedule = _dated(random, lambda: random.randint(0, codes.size // 10), 4)
        return replace(plain, schedule=schedule)
    return replace(_recurring(random, plain), amount_fen=random.randint(0, codes.size // 10))


def _recurring(random: Random, fee: Fee) -> Fee:
    start = FIRST_DAY + timedelta(days=random.choice((0, random.randint(-400, 100))))
    return replace(fee, frequency=random.choice(get_args(Frequency)), start_date=start)


def _narrowed(random: Random, of: str, codes: Codes) -> tuple[str, ...]:
    known = codes.of(CODE_SECTIONS[of]) if of in CODE_SECTIONS else ()
    return _some(random, known) if known and random.random() < 0.5 else ()


def random_amount(random: Random, codes: Codes, depth: int = 0) -> Amount:
    """A stated amount, a share of a quantity, or some of these combined."""
    kind = random.random()
    if kind < 0.3:
        return FixedAmount(random.randint(0, codes.size // random.choice((1, 10, 100))))
    if kind < 0.8 or depth > 1:
        of = random.choice(get_args(Quantity))
        share = random.choice(
            (Decimal(1), Decimal("0.5"), _exact(random), _exact(random, 0, 2 * 10**6))
        )
        return ShareOf(of, share, _narrowed(random, of, codes))
    parts = tuple(random_amount(random, codes, depth + 1) for _ in range(random.randint(1, 3)))
    return Combined(random.choice(("sum", "least", "greatest", "minus")), parts)


def _accounts(random: Random, codes: Codes) -> tuple[Account, ...]:
    """Each kind of collections goes to one of the accounts that are no reserve."""
    receivers = [code for code in codes.accounts if code not in codes.reserves]
    received = {kind: random.choice(receivers) for kind in COLLECTION_KINDS}
    return tuple(
        Account(
            code, code, code,
            receives=tuple(kind for kind, receiver in received.items() if receiver == code),
            target=random_amount(random, codes) if code in codes.reserves else None,
            initial=FixedAmount(random.randint(0, codes.size // 10))
            if code in codes.reserves and random.random() < 0.7
            else None,
            funded_by=random.choice(("proceeds", "originator")),
        )
        for code in codes.accounts
    )  # fmt: skip


def _support(random: Random, rated: tuple[str, ...], size: int) -> Support | None:
    if random.random() < 0.3:
        return None
    limit = random.choice((None, random.randint(0, size), random.randint(0, size // 20)))
    kind = random.choice(("capped", "revolving", "one_time"))
    return Support("", "", _some(random, rated, least=0), limit, kind)


def _clean_up_call(random: Random) -> CleanUpCall | None:
    if random.random() < 0.4:
        return None
    return CleanUpCall(
        threshold=_rate(random, 0, 600_000),
        price_share=_rate(random, 0, 1_100_000),
        replaces_priority=random.random() < 0.5,
        acts=random.choice(("this", "next")),
        callable_when=random.choice(("at_or_under", "under")),
    )


def _trigger(random: Random, code: str) -> Trigger:
    metric = random.choice(get_args(Metric))
    if metric == "event":
        thresholds: tuple[tuple[int, Decimal], ...] = ((0, Decimal(0)),)
    else:
        most = 1_500_000 if metric in ("pool_to_notes_ratio", "interest_cover_ratio") else 400_000
        starts = sorted(random.sample(range(5), random.randint(1, 3)))
        thresholds = tuple((start, _threshold(random, most)) for start in starts)
    return Trigger(
        code=code,
        metric=metric,
        thresholds=thresholds,
        effect=random.choice(("end_revolving", "accelerate", "default")),
        breached_when="over" if metric == "event" else random.choice(get_args(BreachedWhen)),
        is_curable=random.random() < 0.6,
        acts=random.choice(("this", "next")),
        event_code="servicer_change" if metric == "event" else "",
        average_months=1 if metric == "event" else random.choice((1, 1, 2, 3, 12)),
    )


def _threshold(random: Random, most: int) -> Decimal:
    """Often a round one, which a metric may be exactly at."""
    if random.random() < 0.3:
        return random.choice((Decimal(0), Decimal("0.5"), Decimal(1)))
    return _rate(random, 0, most)


def _steps(random: Random, codes: Codes, phase: Phase) -> tuple[Step, ...]:
    """Charges, reserves and losses in any order, then principal or purchases, then the rest."""
    middle = "purchase" if phase == "revolving" else "principal"
    kinds = [
        *random.choices(("fee", "interest"), k=random.randint(1, 4)),
        *random.choices(
            ("reserve", "release", "transfer", "deficiency", "support_repayment", "write_off"),
            k=random.randint(0, 4),
        ),
        *([middle] * random.randint(0, 3)),
    ]
    if random.random() < 0.3:
        random.shuffle(kinds)
    kinds += random.choices(("residual", "transfer", middle, "interest"), k=random.randint(0, 2))
    drawn = (_step(random, codes, kind, number) for number, kind in enumerate(kinds, start=1))
    return tuple(step for step in drawn if step is not None)


def _step(random: Random, codes: Codes, kind: Any, number: int) -> Step | None:
    """A step of that kind with terms of its own; None where the deal has nobody that it could pay."""
    account, targets, to = _parties(random, codes, kind)
    others = [code for code in codes.accounts if code != account]
    if kind not in ("purchase", "support_repayment") and not targets:
        return None
    has_cap = kind == "write_off" or random.random() < (0.6 if kind == "transfer" else 0.25)
    moves_cash = kind != "write_off"
    is_scheduled = kind == "principal" and set(targets) <= set(codes.scheduled)
    is_to_target = is_scheduled and random.random() < 0.6
    has_floor = kind == "principal" and not is_to_target and random.random() < 0.2
    return Step(
        kind=kind,
        targets=targets,
        clause=str(number),
        account=account,
        to=to,
        split=random.choice(("sequential", "pro_rata")),
        cap=random_amount(random, codes) if has_cap else None,
        keep=random_amount(random, codes) if moves_cash and random.random() < 0.15 else None,
        down_to=random_amount(random, codes) if has_floor else None,
        is_to_target=is_to_target,
        cover=_some(random, others) if moves_cash and random.random() < 0.3 else (),
    )


def _parties(random: Random, codes: Codes, kind: str) -> tuple[str, tuple[str, ...], str]:
    """The account that pays, whom it pays, and the account that receives what a deficiency step pays."""
    account = random.choice(codes.reserves or ("",)) if kind == "release" else ""
    account = account or random.choice(codes.accounts)
    others = [code for code in codes.accounts if code != account]
    to = random.choice(others) if others else ""
    targets: dict[str, tuple[str, ...]] = {
        "fee": _some(random, codes.fees),
        "interest": _some(random, codes.notes),
        "principal": _some(random, codes.notes),
        "write_off": _some(random, codes.notes),
        "deficiency": _some(random, codes.deficiency_notes) if to else (),
        "reserve": tuple(code for code in codes.reserves if code != account)[:1],
        "release": (to,) if to and account in codes.reserves else (),
        "transfer": (to,) if to else (),
        "residual": ("S",),
    }
    return account, targets.get(kind, ()), to if kind == "deficiency" else ""


SCENARIOS = 4


def random_collections(random: Random, terms: Terms, cash: Sequence[int]) -> list[dict[str, int]]:
    """Each scenario's collections by kind: often far too little, now and then far more than enough.

    A recovery may be negative, as far as the cash of the account that receives it goes.
    """
    size = sum(item.notional_fen for item in terms.notes) + 1000
    flows = []
    for held in cash:
        most = size // random.choice((1, 10, 100, 1000))
        kinds = (
            "principal",
            "interest",
            "fee",
            "recovery",
            "prepayment",
            "repurchase",
            "defaulted",
        )
        drawn = {kind: random.randint(0, most) * (random.random() < 0.7) for kind in kinds}
        if random.random() < 0.2:
            drawn["recovery"] = -random.randint(0, held)
        flows.append({**drawn, "clean_up": 0})
    return flows


def random_pools(random: Random, terms: Terms) -> list[dict[str, int | None]]:
    """Each scenario's pool; its parts need not fit together for the engine to look at them."""
    size = sum(item.notional_fen for item in terms.notes) + 1000
    knows_overdue = (
        any("overdue" in item.metric for item in terms.triggers) or random.random() < 0.5
    )
    knows_recovered = (
        any("cumulative_net" in item.metric for item in terms.triggers) or random.random() < 0.5
    )
    pools = []
    for _ in range(SCENARIOS):
        initial = random.randint(0, size)
        opening = random.randint(0, initial) * (random.random() < 0.95)
        closing = random.randint(0, opening) * (random.random() < 0.95)
        overdue = random.randint(0, 1 + closing // 2)
        pools.append(
            {
                "initial_balance": initial,
                "opening_balance": opening,
                "closing_balance": closing,
                "cumulative_purchased": random.randint(0, size),
                "cumulative_defaulted": random.randint(0, initial // 2),
                "cumulative_interest": random.randint(0, size),
                "overdue_balance": overdue if knows_overdue else None,
                "serious_overdue_balance": overdue // 3 if knows_overdue else None,
                "cumulative_recovered": random.randint(-size, size) if knows_recovered else None,
            }
        )
    return pools
