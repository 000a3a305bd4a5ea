"""The report for programs: Parquet, CSV, JSON and a list of facts, each with what its columns are."""
