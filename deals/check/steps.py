"""What a step of the priority names: targets, accounts and formulas."""

from collections.abc import Iterator

from deals.file.lines import KeyPath
from deals.file.table import Problems, each_path
from deals.terms.deal import Terms
from deals.terms.payments import Amount, Combined, Phase, ShareOf, Step

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
CONDITION_SECTIONS = {
    "once_repaid": "notes",
    "while_acting": "triggers",
    "unless_acting": "triggers",
}
"""The same for the codes that a step waits for."""
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


def codes_of(terms: Terms, section: str) -> list[str]:
    """The codes that a section of the terms declares."""
    if section == "deficiency_notes":
        return list(terms.payment.deficiency_notes)
    return [item.code for item in getattr(terms, section)]


def steps_of(terms: Terms, phase: Phase) -> Iterator[tuple[KeyPath, Step]]:
    for place, step in enumerate(terms.priority[phase]):
        yield ("priority", phase, place), step


def check_targets(terms: Terms, phase: Phase, problems: Problems) -> None:
    """A step pays fees, notes or accounts that exist; a note that is paid to its target has one."""
    with_schedule = {note.code for note in terms.notes if note.target_balances}
    for path, step in steps_of(terms, phase):
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
            "correct the code" if codes else f"add the {section}, or do without them",
        )


def check_accounts(terms: Terms, phase: Phase, problems: Problems) -> None:
    """A step pays from, moves to and is covered by accounts that exist; a reserve has a target."""
    with_target = {account.code for account in terms.accounts if account.target is not None}
    for path, step in steps_of(terms, phase):
        _check_code(terms, (*path, "account"), path, step.account, "accounts", problems)
        for cover in step.cover:
            _check_code(terms, (*path, "cover"), path, cover, "accounts", problems)
        if step.to:
            _check_code(terms, (*path, "to"), path, step.to, "accounts", problems)
        reserve = {"reserve": step.target, "release": step.account}.get(step.kind)
        if reserve in codes_of(terms, "accounts") and reserve not in with_target:
            problems.contradict(
                ((*path, "target"), (*path, "account"), ("accounts",)),
                f": account {reserve!r} has no target",
                f"an account with a target to {step.kind} against",
                "give the account a target",
            )


def check_conditions(terms: Terms, phase: Phase, problems: Problems) -> None:
    """A step waits for notes and triggers that exist."""
    for path, step in steps_of(terms, phase):
        for key, section in CONDITION_SECTIONS.items():
            for code in getattr(step, key):
                _check_code(terms, (*path, key), path, code, section, problems)


def check_formulas(terms: Terms, phase: Phase, problems: Problems) -> None:
    """The codes in caps, targets and amounts to keep exist."""
    for path, step in steps_of(terms, phase):
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


def kinds_and_targets(terms: Terms, phase: Phase) -> list[KeyPath]:
    places = range(len(terms.priority[phase]))
    return [("priority", phase, place, key) for place in places for key in ("kind", "target")]
