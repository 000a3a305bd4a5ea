"""The settings of an expectation, put together once for each question that the library asks of it.

It would write the whole expectation out anew for every single setting, 28 times to judge one rule: a third of
what the verdicts cost.
"""

from functools import cache
from typing import Any

from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import parse_result_format


@cache
def read_settings_once() -> None:
    """Have this process's expectations answer from one writing; what they answer is the library's own."""
    Expectation._get_domain_kwargs = _domain  # type: ignore[method-assign]
    Expectation._get_success_kwargs = _success  # type: ignore[method-assign]
    Expectation._get_runtime_kwargs = _runtime  # type: ignore[method-assign]


def _read(expectation: Expectation, names: tuple[str, ...]) -> dict[str, Any]:
    """What is set under these names, and the default of what is not."""
    told = expectation.configuration.kwargs
    return {
        name: told[name] if name in told else expectation._get_default_value(name) for name in names
    }


def _domain(self: Expectation) -> dict[str, Any]:
    return _read(self, tuple(self.domain_keys))


def _success(self: Expectation) -> dict[str, Any]:
    return _read(self, (*self.success_keys, *self.domain_keys))


def _runtime(
    self: Expectation, runtime_configuration: dict[str, Any] | None = None
) -> dict[str, Any]:
    settings = _read(self, (*self.runtime_keys, *self.success_keys, *self.domain_keys))
    asked = runtime_configuration or {}
    # What is asked of a run goes before what the expectation itself says of runs, and of nothing else.
    own = {*self.success_keys, *self.domain_keys}
    settings |= {
        name: asked[name] for name in self.runtime_keys if name in asked and name not in own
    }
    settings["result_format"] = parse_result_format(settings["result_format"])
    return settings
