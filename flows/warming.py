"""Import the slow libraries while the database reads the tape: a close needs them a few seconds later."""

import importlib
import threading

# Great Expectations takes 6 to 8 s to import and dbt 3 to 4 s; DuckDB works without Python's lock meanwhile.
SLOW_LIBRARIES = ("great_expectations", "dbt.cli.main")


def warm_imports() -> None:
    """Start importing in a thread that ends with the process; a failure shows where the library is used."""
    threading.Thread(target=_import_all, name="slow imports", daemon=True).start()


def _import_all() -> None:
    for library in SLOW_LIBRARIES:
        try:
            importlib.import_module(library)
        except ImportError:
            return
