"""Import the slow libraries while the database reads the tape: a close needs them a few seconds later."""

import importlib
import threading

# Together they take 10 s to import; DuckDB reads the tape meanwhile, without Python's lock.
SLOW_LIBRARIES = ("great_expectations", "dbt.cli.main")


def warm_up() -> None:
    """Start importing in a thread that ends with the process."""
    threading.Thread(target=_import_all, name="slow imports", daemon=True).start()


def _import_all() -> None:
    for library in SLOW_LIBRARIES:
        importlib.import_module(library)
