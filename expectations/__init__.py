"""Data-quality rules between the stops of the route: they look, give verdicts, and change nothing.

`rules` holds the shapes; `tape`, `pool`, `waterfall`, `purchase` and `report` the rules as data,
one module per stop; `checking` counts the failing rows with DuckDB; `suites` has Great Expectations
turn the counts into verdicts.
"""
