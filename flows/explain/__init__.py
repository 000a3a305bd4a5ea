"""From a figure of the report to its loans, one stop of the route at a time."""
