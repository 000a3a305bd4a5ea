"""The steps from one version of the lake to the next, a file each: `v<version>_<what>.py` with a `STEP`.

A step stays as it was written: it names tables, columns and types as they were then.
"""

from functools import cache
from importlib import import_module
from pathlib import Path

from flows.lake.upgrade.change import Step


@cache
def all_steps() -> tuple[Step, ...]:
    """Every step, in the order of the versions that they lead to: 2, 3 and so on, without a gap."""
    names = [path.stem for path in Path(__file__).parent.glob("v[0-9]*.py")]
    steps = [import_module(f"{__name__}.{name}").STEP for name in names]
    return tuple(sorted(steps, key=lambda step: step.version))
