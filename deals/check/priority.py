"""Whether the priorities of payments pay everyone, in an order that the notes allow, from accounts
that exist, and leave no cash without an owner. What a step says by itself: step_faults.py."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from deals.file.lines import KeyPath
from deals.file.table import Problems, each_path
from deals.terms.deal import Terms
from deals.terms.payments import Amount, Combined, Phase, ShareOf, Step
from deals.terms.step_faults import find_faults

TARGET_SECTIONS = {
    "fee": "fees",
    "interest": "notes",
    "principal": "notes",
    "residual": "notes",
    "write_off": "notes",
    "deficiency": "deficiency_notes",
    "reserve": "accounts",
    "release": "accounts",
    "transfer": "accounts",
}
"""Where the codes that a kind of step may name are declared; the other kinds name none."""

CODE_SECTIONS = {
    "note_balance": "notes",
    "opening_note_balance": "notes",
    "issued_note_balance": "notes",
    "interest_accrued": "notes",
    "interest_unpaid": "notes",
    "deficiency": "deficiency_notes",
    "fee_unpaid": "fees",
    "account_balance": "accounts",
}
"""The same for the codes that narrow a quantity."""


def check_priorities(terms: Terms, problems: Problems) -> None:
    """Record every contradiction in the steps of the deal's phases."""
    for phase in terms.priority:
        _check_steps(terms, phase, problems)
        _check_targets(terms, phase, problems)
        _check_accounts(terms, phase, problems)
        _check_formulas(terms, phase, problems)
        _check_repeats(terms, phase, problems)
        _check_seniority(terms, phase, problems)
        _check_last_steps(terms, phase, problems)
        _check_residual_targets(terms, phase, problems)
    _check_phases(terms, problems)
    _check_everyone_is_paid(terms, problems)


def codes_of(terms: Terms, section: str) -> list[str]:
    """The codes that a section of the terms declares."""
    if section == "deficiency_notes":
        return list(terms.payment.deficiency_notes)
    return [item.code for item in getattr(terms, section)]


def _steps(terms: Terms, phase: Phase) -> Iterator[tuple[KeyPath, Step]]:
    for place, step in enumerate(terms.priority[phase]):
        yield ("priority", phase, place), step


def _check_steps(terms: Terms, phase: Phase, problems: Problems) -> None:
    """A step says what its kind needs, and nothing that its kind does not know."""
    for path, step in _steps(terms, phase):
        for fault in find_faults(step):
            paths = ((*path, fault.key), (*path, "kind"), (*path, "account"))
            problems.contradict(paths, fault.says, fault.expected, fault.advice)


def _check_targets(terms: Terms, phase: Phase, problems: Problems) -> None:
    """A step pays fees, notes or accounts that exist; a note that is paid to its target has one."""
    with_schedule = {note.code for note in terms.notes if note.target_balances}
    for path, step in _steps(terms, phase):
        section = TARGET_SECTIONS.get(step.kind)
        if section is None:
            continue
        key = "targets" if len(step.targets) > 1 else "target"
        for target in step.targets:
            _check_code(terms, (*path, key), (*path, "kind"), target, section, problems)
            if (
                step.is_to_target
                and target in codes_of(terms, "notes")
                and target not in with_schedule
            ):
                problems.contradict(
                    ((*path, "is_to_target"), (*path, key), ("notes",)),
                    f": note {target!r} has no target balances",
                    "a schedule of them to pay down to",
                    "give the note target_balances",
                )


def _check_code(
    terms: Terms, path: KeyPath, reason: KeyPath, code: str, section: str, problems: Problems
) -> None:
    codes = codes_of(terms, section)
    if code not in codes:
        around = ("payment", "deficiency_notes") if section == "deficiency_notes" else (section,)
        problems.contradict(
            (path, reason, around, *each_path(section, len(codes), "code")),
            f" = {code!r}",
            f"a code of the {section}, {', '.join(codes) or '(none)'}",
            "correct the target",
        )


def _check_accounts(terms: Terms, phase: Phase, problems: Problems) -> None:
    """A step pays from, moves to and is covered by accounts that exist; a reserve has a target."""
    with_target = {account.code for account in terms.accounts if account.target is not None}
    for path, step in _steps(terms, phase):
        _check_code(terms, (*path, "account"), path, step.account, "accounts", problems)
        for cover in step.cover:
            _check_code(terms, (*path, "cover"), path, cover, "accounts", problems)
        if step.to:
            _check_code(terms, (*path, "to"), path, step.to, "accounts", problems)
        reserve = {"reserve": step.target, "release": step.account}.get(step.kind)
        if reserve is not None and reserve not in with_target:
            problems.contradict(
                ((*path, "target"), (*path, "account"), ("accounts",)),
                f": account {reserve!r} has no target",
                f"an account with a target to {step.kind} against",
                "give the account a target",
            )


def _check_formulas(terms: Terms, phase: Phase, problems: Problems) -> None:
    """The codes in caps, targets and amounts to keep exist."""
    for path, step in _steps(terms, phase):
        for key in ("cap", "keep", "down_to"):
            check_formula(terms, (*path, key), getattr(step, key), problems)


def check_formula(terms: Terms, path: KeyPath, amount: Amount | None, problems: Problems) -> None:
    """Record every code of the formula that narrows a quantity to something unknown."""
    if isinstance(amount, Combined):
        for part in amount.parts:
            check_formula(terms, path, part, problems)
    if not isinstance(amount, ShareOf) or not amount.codes:
        return
    section = CODE_SECTIONS.get(amount.of)
    if section is None:
        problems.contradict(
            (path,),
            f" narrows {amount.of} to {', '.join(amount.codes)}",
            "no codes for a quantity of the whole deal",
            "remove the codes",
        )
        return
    for code in amount.codes:
        _check_code(terms, path, path, code, section, problems)


def shares_in(amount: Amount | None) -> Iterator[ShareOf]:
    """Every share of a quantity in the formula."""
    if isinstance(amount, ShareOf):
        yield amount
    elif isinstance(amount, Combined):
        for part in amount.parts:
            yield from shares_in(part)


def _check_repeats(terms: Terms, phase: Phase, problems: Problems) -> None:
    """What a step may leave unpaid may stand again lower down; anything else stands once."""
    done: set[tuple[str, str, str]] = set()
    for path, step in _steps(terms, phase):
        leaves_rest = step.cap is not None or step.down_to is not None or step.is_to_target
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

    Notes that are paid pro rata stand side by side; a rest that is paid lower down has no rank.
    """
    ranks = {note.code: rank for rank, note in enumerate(terms.notes)}
    for kind in ("interest", "principal"):
        firsts: list[tuple[int, str]] = []
        for place, step in enumerate(terms.priority[phase]):
            known = [code for code in step.targets if code in ranks]
            if step.kind != kind or not known or any(code in known for _, code in firsts):
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

    With several accounts each that receives collections is emptied by such a step or a transfer.
    """
    steps = terms.priority[phase]
    kinds = [step.kind for step in steps]
    spends_all = terms.purchase is None or terms.purchase.funding == "all_remaining"
    last = "purchase" if phase == "revolving" and spends_all else "residual"
    if len(terms.accounts) == 1:
        places = [place + 1 for place, kind in enumerate(kinds) if kind == last]
        if places != [len(kinds)]:
            problems.contradict(
                (("priority", phase), *_kinds_and_targets(terms, phase)),
                f" has {len(places)} {last} steps" + (f", at {places}" if places else ""),
                f"one {last} as the last step, for it takes all that is left",
                "correct the steps",
            )
        return
    emptied = {
        step.account
        for step in steps
        if step.kind in (last, "residual") or (step.kind == "transfer" and step.cap is None)
    }
    for account in terms.accounts:
        if account.receives and account.code not in emptied:
            problems.contradict(
                (("priority", phase), *_kinds_and_targets(terms, phase)),
                f" leaves the cash of account {account.code}",
                f"a {last} step or a transfer without a cap from each account that receives cash",
                "add the step",
            )


def _check_phases(terms: Terms, problems: Problems) -> None:
    """Only the revolving phase buys, and it repays nothing; what a trigger or call leads to exists."""
    for phase in terms.priority:
        forbidden = ("principal", "write_off") if phase == "revolving" else ("purchase",)
        for path, step in _steps(terms, phase):
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


def _check_residual_targets(terms: Terms, phase: Phase, problems: Problems) -> None:
    """What is left goes to the equity."""
    classes = {note.code: note.tranche_class for note in terms.notes}
    for path, step in _steps(terms, phase):
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
    steps = [around for phase in phases for around in _kinds_and_targets(terms, phase)]
    problems.contradict(
        (path, *(("priority", phase) for phase in phases), *steps),
        f" has no {kind} step",
        f"one in {' or '.join(f'priority.{phase}' for phase in phases)}",
        "add the step",
    )


def _kinds_and_targets(terms: Terms, phase: Phase) -> list[KeyPath]:
    places = range(len(terms.priority[phase]))
    return [("priority", phase, place, key) for place in places for key in ("kind", "target")]


def _pays(terms: Terms, phase: Phase, kind: str, code: str) -> bool:
    return any(step.kind == kind and code in step.targets for step in terms.priority[phase])
