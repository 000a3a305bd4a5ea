"""The JSON schema of a format's TOML, by which an editor completes and checks its keys."""

import json

from tapes.recognise.file import FormatKeys


def schema_text() -> str:
    """The schema as `tapes/formats/schema.json` keeps it (JSON Schema 2020-12)."""
    schema = FormatKeys.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "A tape format of Tapehouse"
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
