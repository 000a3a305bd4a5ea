"""A lake of an earlier release is upgraded: what would be done, and doing it."""

from flows.home import Home, as_typed, shorten
from flows.lake.upgrade.plan import NEW_PARTS, PlannedChange, PlannedStep, plan_upgrade, take_step
from flows.lake.upgrade.version import release, version_written


def upgrade_lake(home: Home, *, is_applied: bool) -> list[str]:
    """The lines that tell of each step; the steps are taken when `is_applied`.

    LakeError where there is no lake, where a later release wrote it, or where it is too old.
    """
    plan, lake = plan_upgrade(home.lake), shorten(home.lake)
    own = f"version {version_written()}, as release {release()} writes it"
    if not plan.steps:
        return [f"{lake}: a lake of {own}; nothing to do"]
    lines = [f"{lake}: a lake of version {plan.version}, to become one of {own}"]
    for step in plan.steps:
        lines += _describe(step)
        if is_applied:
            take_step(home.lake, step)
    done = "done; the months closed before stand as they were" if is_applied else (
        as_typed("nothing is changed yet; run `tapehouse upgrade --apply`")
    )  # fmt: skip
    return [*lines, done]


def _describe(step: PlannedStep) -> list[str]:
    name = "new" if step.words == NEW_PARTS else f"version {step.version}"
    changes = [_describe_change(planned) for planned in step.changes]
    return [f"{name}: {step.words}", *(changes or ["  the lake has it"])]


def _describe_change(planned: PlannedChange) -> str:
    change, rows = planned.change, f"{planned.row_count:,} rows"
    if change.written:
        rows = f"{planned.written_count:,} of {rows} get a value"
    return f"  {change.table}: {change.words} ({rows})"
