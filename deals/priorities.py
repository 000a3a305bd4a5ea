"""Whether the priorities of payments pay everyone, once, in an order that the notes allow."""

from collections.abc import Sequence
from itertools import pairwise

from deals.locating import KeyPath
from deals.reading import Problems, each_path
from deals.terms import Phase, Terms


def check_priorities(terms: Terms, problems: Problems) -> None:
    """Record every contradiction in the steps of the deal's phases."""
    for phase in terms.priority:
        _check_targets(terms, phase, problems)
        _check_repeats(terms, phase, problems)
        _check_seniority(terms, phase, problems)
    _check_phases(terms, problems)
    _check_residual_target(terms, problems)
    _check_everyone_is_paid(terms, problems)


def _check_targets(terms: Terms, phase: Phase, problems: Problems) -> None:
    """A step pays a fee or note that exists; a purchase names none."""
    notes = ("notes", [note.code for note in terms.notes])
    fees = ("fees", [fee.code for fee in terms.fees])
    steps = terms.priority[phase]
    for place, step in enumerate(steps):
        path: KeyPath = ("priority", phase, place)
        section, codes = fees if step.kind == "fee" else notes
        if step.kind == "purchase":
            if step.target:
                problems.contradict(
                    ((*path, "target"), (*path, "kind")),
                    f" = {step.target!r}",
                    "no target in a purchase step",
                    "remove the target",
                )
        elif step.target not in codes:
            problems.contradict(
                (
                    (*path, "target"),
                    (*path, "kind"),
                    (section,),
                    *each_path(section, len(codes), "code"),
                ),
                f" = {step.target!r}",
                f"a code of the {section}, {', '.join(codes)}",
                "correct the target",
            )


def _check_repeats(terms: Terms, phase: Phase, problems: Problems) -> None:
    """A step stands once in its phase."""
    paid = [(step.kind, step.target) for step in terms.priority[phase]]
    for place, (kind, target) in enumerate(paid):
        path: KeyPath = ("priority", phase, place)
        if (kind, target) in paid[:place]:
            problems.contradict(
                (path, (*path, "kind"), (*path, "target")),
                f" is {kind} {target}".rstrip() + " once more",
                "each step once in a phase",
                "remove one of them",
            )


def _check_seniority(terms: Terms, phase: Phase, problems: Problems) -> None:
    """Interest, and principal, go to the senior note before the mezzanine, and so on."""
    ranks = {note.code: rank for rank, note in enumerate(terms.notes)}
    for kind in ("interest", "principal"):
        steps = [
            (place, step.target)
            for place, step in enumerate(terms.priority[phase])
            if step.kind == kind and step.target in ranks
        ]
        for (_, before), (place, target) in pairwise(steps):
            if ranks[target] < ranks[before]:
                problems.contradict(
                    (("priority", phase, place), *each_path("notes", len(ranks), "code")),
                    f" pays {kind} of {target} after that of {before}",
                    f"{kind} in the order of the notes, {', '.join(ranks)}",
                    "reorder the steps",
                )


def _check_phases(terms: Terms, problems: Problems) -> None:
    """Revolving repays nothing and ends with the purchase, allocation with the residual."""
    forbidden = {"revolving": ("principal", "residual"), "allocation": ("purchase",)}
    last = {"revolving": "purchase", "allocation": "residual"}
    for phase, steps in terms.priority.items():
        kinds = [step.kind for step in steps]
        places = [place + 1 for place, kind in enumerate(kinds) if kind == last[phase]]
        if places != [len(kinds)]:
            problems.contradict(
                (("priority", phase), *_kinds_and_targets(terms, phase)),
                f" has {len(places)} {last[phase]} steps" + (f", at {places}" if places else ""),
                f"one {last[phase]} as the last step, for it takes all that is left",
                "correct the steps",
            )
        for place, kind in enumerate(kinds):
            if kind in forbidden[phase]:
                problems.contradict(
                    (("priority", phase, place, "kind"),),
                    f" = {kind!r}",
                    f"no {kind} step in the {phase} phase",
                    "remove the step",
                )


def _check_residual_target(terms: Terms, problems: Problems) -> None:
    """What is left goes to the equity."""
    classes = {note.code: note.tranche_class for note in terms.notes}
    for place, step in enumerate(terms.priority["allocation"]):
        if step.kind == "residual" and classes.get(step.target, "equity") != "equity":
            problems.contradict(
                (
                    ("priority", "allocation", place, "target"),
                    ("priority", "allocation", place, "kind"),
                    *each_path("notes", len(terms.notes), "tranche_class"),
                ),
                f" = {step.target!r}, which is {classes[step.target]}",
                "the equity note",
                "correct the target",
            )


def _check_everyone_is_paid(terms: Terms, problems: Problems) -> None:
    """A fee has a step in some phase, a coupon in every phase, a principal in allocation."""
    for place, fee in enumerate(terms.fees):
        if not any(_pays(terms, phase, "fee", fee.code) for phase in terms.priority):
            _unpaid(terms, ("fees", place, "code"), "fee", tuple(terms.priority), problems)
    for place, note in enumerate(terms.notes):
        path: KeyPath = ("notes", place, "code")
        for phase in terms.priority:
            if note.annual_rate and not _pays(terms, phase, "interest", note.code):
                _unpaid(terms, path, "interest", (phase,), problems)
        if not _pays(terms, "allocation", "principal", note.code):
            _unpaid(terms, path, "principal", ("allocation",), problems)


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
    return any((step.kind, step.target) == (kind, code) for step in terms.priority[phase])
