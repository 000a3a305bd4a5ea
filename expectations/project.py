"""The suites and checkpoints of a site as a file project of Great Expectations, for its own tools.

<site>/gx/great_expectations.yml     which store lies where, and the data source with an asset a suite
<site>/gx/expectations/              a suite a file: the rules as they were judged
<site>/gx/validation_definitions/    each suite on the counts of its rules
<site>/gx/checkpoints/               a checkpoint a suite
<site>/gx/counts/                    what was judged: one row, a column a rule

The library would write its YAML again after every object, and ask each checkpoint whether its suite is still
the one on disk, for a third of a second; here each file is written once, as its stores lay them out.
"""

import csv
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from expectations.rule import Count, Rule

if TYPE_CHECKING:
    from great_expectations import ValidationDefinition
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )

FOLDER = "gx"
_STORES = {
    "expectations_store": ("ExpectationsStore", "expectations/"),
    "validation_results_store": ("ValidationResultsStore", "uncommitted/validations/"),
    "checkpoint_store": ("CheckpointStore", "checkpoints/"),
    "validation_definition_store": ("ValidationDefinitionStore", "validation_definitions/"),
}

# Of the other store the library knows the name.
_NAMED = ("expectations_store", "validation_results_store", "checkpoint_store")


def write_project(
    context: "EphemeralDataContext",
    suites: Mapping[str, tuple[Mapping[str, Count], Sequence[Rule]]],
    site_folder: Path,
) -> None:
    """Write the project of the suites that were judged in this context into the site's folder.

    It takes the place of an earlier one. OSError as the disk raises it.
    """
    folder = site_folder / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("expectations", "validation_definitions", "checkpoints", "counts"):
        (folder / name).mkdir(parents=True)
    for name, (counts, rules) in suites.items():
        definition = context.validation_definitions.get(name)
        suite = context.expectations_store.serialize(definition.suite)
        _write(folder / "expectations" / f"{name}.json", json.loads(str(suite)))
        _write(folder / "validation_definitions" / f"{name}.json", _definition(definition))
        _write(folder / "checkpoints" / f"{name}.json", _checkpoint(definition))
        _write_counts(folder / "counts" / f"{name}.csv", counts, rules)
    # JSON is YAML.
    _write(folder / "great_expectations.yml", _settings(_sources(context)))


def _write(path: Path, content: Any) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _named(one: Any) -> dict[str, str]:
    """How the library points from one of its objects to another."""
    return {"id": str(one.id), "name": one.name}


def _definition(definition: "ValidationDefinition") -> dict[str, Any]:
    """A suite on the counts of its rules."""
    batches = definition.data
    data = {
        "asset": _named(batches.data_asset),
        "batch_definition": _named(batches),
        "datasource": _named(batches.data_asset.datasource),
    }
    return _named(definition) | {"data": data, "suite": _named(definition.suite)}


def _checkpoint(definition: "ValidationDefinition") -> dict[str, Any]:
    """What runs a validation definition, under its name."""
    return {
        "id": str(uuid4()),
        "name": definition.name,
        "actions": [],
        "result_format": "SUMMARY",
        "validation_definitions": [_named(definition)],
    }


def _write_counts(path: Path, counts: Mapping[str, Count], rules: Sequence[Rule]) -> None:
    """One row: how many rows failed each rule that was counted."""
    row = {
        rule.id: counts[rule.id].failing_count
        for rule in rules
        if rule.id in counts and counts[rule.id].failing_count is not None
    }
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([row.keys(), row.values()])


def _sources(context: "EphemeralDataContext") -> dict[str, Any]:
    """The data sources of the context, with their assets, as the library's settings have them: by name."""
    sources: dict[str, Any] = {}
    for name, source in context.data_sources.all().items():
        told = json.loads(source.json(exclude={"name"}))
        for asset in told["assets"]:
            asset["batch_definitions"] = {
                one.pop("name"): one for one in asset["batch_definitions"]
            }
        told["assets"] = {asset.pop("name"): asset for asset in told["assets"]}
        sources[name] = told
    return sources


def _settings(sources: Mapping[str, Any]) -> dict[str, Any]:
    """What `great_expectations.yml` says."""
    stores = {
        name: {
            "class_name": class_name,
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": place,
                "suppress_store_backend_id": True,
            },
        }
        for name, (class_name, place) in _STORES.items()
    }
    return {
        "config_version": 4,
        "analytics_enabled": False,
        "plugins_directory": "plugins/",
        "stores": stores,
        **{f"{name}_name": name for name in _STORES if name in _NAMED},
        "data_docs_sites": {},
        "fluent_datasources": sources,
    }
