"""Accounts in a circle: cash that is moved back to where it came from, targets that rest on each other."""

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from deals.check.steps import shares_in
from deals.file.table import Problems
from deals.terms.deal import Terms


def check_account_cycles(terms: Terms, problems: Problems) -> None:
    """Record every circle of transfers of all the cash in one phase, and of targets.

    A transfer with a cap, a release and the refilling of a reserve move a stated amount; they may go
    both ways on one date. So may transfers with conditions, which need not hold together.
    """
    for phase, steps in terms.priority.items():
        moves = [
            (step.account, step.target)
            for step in steps
            if step.kind == "transfer" and step.cap is None and not step.is_conditional
        ]
        if circle := _find_circle(moves):
            problems.contradict(
                (("priority", phase),),
                f" moves all the cash of account {' to '.join(circle)}",
                "transfers that do not lead back to an account they come from",
                "remove one, or give it a cap",
            )
    if circle := _find_circle(_target_dependencies(terms)):
        problems.contradict(
            (("accounts",),),
            f": the target of account {' is measured by that of '.join(reversed(circle))}",
            "targets that do not rest on the account's own balance",
            "correct the formula of one",
        )


def _target_dependencies(terms: Terms) -> Iterable[tuple[str, str]]:
    """Pairs of an account whose balance is measured and the account whose target measures it."""
    every = [account.code for account in terms.accounts]
    for account in terms.accounts:
        for share in shares_in(account.target):
            if share.of == "account_balance":
                yield from ((code, account.code) for code in share.codes or every)


def _find_circle(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """A way from a code over the pairs back to itself; empty where there is none."""
    before: dict[str, list[str]] = {}
    for start, end in pairs:
        before.setdefault(end, []).append(start)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        return error.args[1]
    return []
