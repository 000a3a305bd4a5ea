"""Whether the priorities of payments pay everyone, in an order that the notes allow, and leave no cash
without an owner. What a step names: steps.py; what it says by itself: step_faults.py."""

from collections.abc import Sequence
from itertools import pairwise

from deals.check.steps import (
    check_accounts,
    check_conditions,
    check_formulas,
    check_targets,
    kinds_and_targets,
    steps_of,
)
from deals.file.lines import KeyPath
from deals.file.table import Problems, each_path
from deals.terms.deal import Terms
from deals.terms.payments import Phase
from deals.terms.step_faults import find_faults


def check_priorities(terms: Terms, problems: Problems) -> None:
    """Record every contradiction in the steps of the deal's phases."""
    for phase in terms.priority:
        _check_steps(terms, phase, problems)
        check_targets(terms, phase, problems)
        check_accounts(terms, phase, problems)
        check_formulas(terms, phase, problems)
        check_conditions(terms, phase, problems)
        _check_repeats(terms, phase, problems)
        _check_seniority(terms, phase, problems)
        _check_last_steps(terms, phase, problems)
        _check_residual_targets(terms, phase, problems)
    _check_phases(terms, problems)
    _check_switches(terms, problems)
    _check_everyone_is_paid(terms, problems)


def _check_steps(terms: Terms, phase: Phase, problems: Problems) -> None:
    """A step says what its kind needs, and nothing that its kind does not know."""
    for path, step in steps_of(terms, phase):
        for fault in find_faults(step):
            paths = ((*path, fault.key), (*path, "kind"), (*path, "account"))
            problems.contradict(paths, fault.says, fault.expected, fault.advice)


def _check_repeats(terms: Terms, phase: Phase, problems: Problems) -> None:
    """What a step may leave unpaid may stand again lower down; anything else stands once."""
    done: set[tuple[str, str, str]] = set()
    for path, step in steps_of(terms, phase):
        leaves_rest = step.cap is not None or step.down_to is not None or step.is_to_target
        leaves_rest = leaves_rest or step.is_conditional
        for target in step.targets or ("",):
            key = (step.kind, target, step.account)
            if key in done:
                problems.contradict(
                    (path, (*path, "kind"), (*path, "target")),
                    f" is {step.kind} {target}".rstrip() + " once more",
                    "each step once in a phase, or a cap on the one before",
                    "remove one of them",
                )
            if not leaves_rest:
                done.add(key)


def _check_seniority(terms: Terms, phase: Phase, problems: Problems) -> None:
    """Interest, and principal, go to the senior note before the mezzanine, and so on.

    Notes that are paid pro rata stand side by side; a rest that is paid lower down has no rank, and a
    step with conditions has none.
    """
    ranks = {note.code: rank for rank, note in enumerate(terms.notes)}
    for kind in ("interest", "principal"):
        firsts: list[tuple[int, str]] = []
        for place, step in enumerate(terms.priority[phase]):
            known = [code for code in step.targets if code in ranks]
            is_ranked = step.kind == kind and not step.is_conditional
            if not is_ranked or not known or any(code in known for _, code in firsts):
                continue
            is_together = step.split == "pro_rata"
            firsts += [(place, code) for code in (known[:1] if is_together else known)]
        for (_, before), (place, target) in pairwise(firsts):
            if ranks[target] < ranks[before]:
                problems.contradict(
                    (("priority", phase, place), *each_path("notes", len(ranks), "code")),
                    f" pays {kind} of {target} after that of {before}",
                    f"{kind} in the order of the notes, {', '.join(ranks)}",
                    "reorder the steps",
                )


def _check_last_steps(terms: Terms, phase: Phase, problems: Problems) -> None:
    """A phase ends with the step that takes all that is left: the purchase or the residual.

    With several accounts each that receives collections is emptied by such a step or a transfer. A step
    with conditions may leave it all. An account that keeps its cash needs none.
    """
    steps = terms.priority[phase]
    kinds = ["" if step.is_conditional else step.kind for step in steps]
    spends_all = terms.purchase is None or terms.purchase.funding == "all_remaining"
    last = "purchase" if phase == "revolving" and spends_all else "residual"
    if len(terms.accounts) == 1:
        places = [place + 1 for place, kind in enumerate(kinds) if kind == last]
        may_stay = terms.accounts[0].keeps_cash and not places
        if places != [len(kinds)] and not may_stay:
            problems.contradict(
                (("priority", phase), *kinds_and_targets(terms, phase)),
                f" has {len(places)} {last} steps" + (f", at {places}" if places else ""),
                f"one {last} as the last step, for it takes all that is left",
                "correct the steps",
            )
        return
    emptied = {
        step.account
        for step, kind in zip(steps, kinds, strict=True)
        if kind in (last, "residual") or (kind == "transfer" and step.cap is None)
    }
    for account in terms.accounts:
        if account.receives and not account.keeps_cash and account.code not in emptied:
            problems.contradict(
                (("priority", phase), *kinds_and_targets(terms, phase)),
                f" leaves the cash of account {account.code}",
                f"a {last} step or a transfer without a cap from each account that receives cash",
                "add the step, or say that the account keeps_cash",
            )


def _check_phases(terms: Terms, problems: Problems) -> None:
    """Only the revolving phase buys, and it repays nothing; what a trigger or call leads to exists."""
    for phase in terms.priority:
        forbidden = ("principal", "write_off") if phase == "revolving" else ("purchase",)
        for path, step in steps_of(terms, phase):
            if step.kind in forbidden:
                problems.contradict(
                    ((*path, "kind"),),
                    f" = {step.kind!r}",
                    f"no {step.kind} step in the {phase} phase",
                    "remove the step",
                )
    leads_to = {"accelerate": "accelerated", "default": "default"}
    wanted: list[tuple[KeyPath, str]] = [
        (("triggers", place, "effect"), leads_to[trigger.effect])
        for place, trigger in enumerate(terms.triggers)
        if trigger.effect in leads_to
    ]
    if terms.clean_up_call is not None and terms.clean_up_call.replaces_priority:
        wanted.append((("clean_up_call", "replaces_priority"), "clean_up"))
    for path, phase in wanted:
        if phase not in terms.priority:
            problems.contradict(
                (path, ("priority",)),
                f" leads to the phase {phase!r}",
                f"steps of priority.{phase}",
                "add them",
            )


def _check_switches(terms: Terms, problems: Problems) -> None:
    """A trigger that switches steps is named by one."""
    named = {
        code
        for steps in terms.priority.values()
        for step in steps
        for code in (*step.while_acting, *step.unless_acting)
    }
    for place, trigger in enumerate(terms.triggers):
        if trigger.effect == "switch_steps" and trigger.code not in named:
            problems.contradict(
                (("triggers", place, "effect"), ("triggers", place, "code"), ("priority",)),
                f" = 'switch_steps', and no step names {trigger.code!r}",
                "a step with it in while_acting or unless_acting",
                "name it there, or remove the trigger",
            )


def _check_residual_targets(terms: Terms, phase: Phase, problems: Problems) -> None:
    """What is left goes to the equity."""
    classes = {note.code: note.tranche_class for note in terms.notes}
    for path, step in steps_of(terms, phase):
        if step.kind == "residual" and classes.get(step.target, "equity") != "equity":
            problems.contradict(
                (
                    (*path, "target"),
                    (*path, "kind"),
                    *each_path("notes", len(terms.notes), "tranche_class"),
                ),
                f" = {step.target!r}, which is {classes[step.target]}",
                "the equity note",
                "correct the target",
            )


def _check_everyone_is_paid(terms: Terms, problems: Problems) -> None:
    """A fee has a step in some phase, a coupon in every phase, a principal in all but revolving."""
    for place, fee in enumerate(terms.fees):
        if not any(_pays(terms, phase, "fee", fee.code) for phase in terms.priority):
            _unpaid(terms, ("fees", place, "code"), "fee", tuple(terms.priority), problems)
    for place, note in enumerate(terms.notes):
        path: KeyPath = ("notes", place, "code")
        for phase in terms.priority:
            if note.bears_interest and not _pays(terms, phase, "interest", note.code):
                _unpaid(terms, path, "interest", (phase,), problems)
            if phase != "revolving" and not _pays(terms, phase, "principal", note.code):
                _unpaid(terms, path, "principal", (phase,), problems)


def _unpaid(
    terms: Terms, path: KeyPath, kind: str, phases: Sequence[Phase], problems: Problems
) -> None:
    """Record that the fee or note whose code is at `path` lacks a step of that kind."""
    steps = [around for phase in phases for around in kinds_and_targets(terms, phase)]
    problems.contradict(
        (path, *(("priority", phase) for phase in phases), *steps),
        f" has no {kind} step",
        f"one in {' or '.join(f'priority.{phase}' for phase in phases)}",
        "add the step",
    )


def _pays(terms: Terms, phase: Phase, kind: str, code: str) -> bool:
    return any(step.kind == kind and code in step.targets for step in terms.priority[phase])
