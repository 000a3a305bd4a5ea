"""The dbt project's models: compiled by dbt once for each state of `sql/`, run on the month's connection."""
