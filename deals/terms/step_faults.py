"""What is wrong with a step of a priority list by itself, whatever the rest of the deal."""

from collections.abc import Iterator
from typing import NamedTuple

from deals.terms.payments import Step

WITHOUT_TARGET = ("purchase", "support_repayment")
ONE_TARGET = ("reserve", "release", "transfer", "residual")


class Fault(NamedTuple):
    """A key of the step, what it says, what was expected of it, and what to do."""

    key: str
    says: str
    expected: str
    advice: str

    def __str__(self) -> str:
        return f"{self.key}{self.says}, expected {self.expected}; {self.advice}"


def find_faults(step: Step) -> Iterator[Fault]:
    """Every term of the step that contradicts its kind or another of its terms."""
    yield from _find_target_faults(step)
    yield from _find_account_faults(step)
    yield from _find_amount_faults(step)
    for code in set(step.while_acting) & set(step.unless_acting):
        expected = "it in one of while_acting and unless_acting"
        yield Fault("unless_acting", f" names {code!r} too", expected, "remove it from one of them")


def _find_target_faults(step: Step) -> Iterator[Fault]:
    if step.kind in WITHOUT_TARGET and step.targets:
        expected = f"no target in a {step.kind} step"
        yield Fault("target", f" = {step.target!r}", expected, "remove the target")
    if step.kind in ONE_TARGET and len(step.targets) > 1:
        names = ", ".join(step.targets)
        yield Fault("targets", f" = {names}", "one target", f"write a {step.kind} step for each")
    if len(set(step.targets)) < len(step.targets):
        names = ", ".join(step.targets)
        yield Fault("targets", f" = {names}", "each target once", "remove one of them")


def _find_account_faults(step: Step) -> Iterator[Fault]:
    """Money that a step moves inside the deal goes from one account to another."""
    key = "to" if step.kind == "deficiency" else "target"
    receiver = receiving_account(step)
    if step.kind == "deficiency" and not receiver:
        expected = "the account that receives what is made good"
        yield Fault(key, " is missing", expected, "add it")
    if receiver == step.account:
        yield Fault(
            key,
            f" = {receiver!r}, the account that the step pays from",
            "another account",
            "correct one of them",
        )
    if step.account in step.cover:
        yield Fault(
            "cover",
            f" names {step.account!r}, the account that the step pays from",
            "other accounts",
            "remove it",
        )
    if step.to and step.kind != "deficiency":
        yield Fault("to", f" = {step.to!r}", "`to` only in a deficiency step", "remove it")


def _find_amount_faults(step: Step) -> Iterator[Fault]:
    if step.kind == "write_off":
        if step.cap is None:
            yield Fault("cap", " is missing", "the amount that is lost", "add it")
        for key in ("keep", "cover"):
            if getattr(step, key):
                yield Fault(key, " is given", "none in a step that moves no cash", "remove it")
    if step.kind != "principal":
        for key in ("down_to", "is_to_target"):
            if getattr(step, key):
                yield Fault(key, " is given", "it only in a principal step", "remove it")
    if step.down_to is not None and step.is_to_target:
        yield Fault("down_to", " stands beside is_to_target", "one of them", "remove the other")


def receiving_account(step: Step) -> str:
    """The account that a step inside the deal fills; nothing where the cash leaves the deal."""
    if step.kind in ("reserve", "release", "transfer"):
        return step.target
    return step.to if step.kind == "deficiency" else ""
