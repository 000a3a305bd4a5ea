"""Data-quality rules between the stops of the route: they look, give verdicts, and change nothing.

`rule` holds the shapes and `rules/` the rules as data, a module for each stop; `counts` counts the
failing rows with DuckDB, `repeats` those of repeated keys; `suite` has Great Expectations turn the
counts into verdicts and pages, in the process of `judge`.
"""
