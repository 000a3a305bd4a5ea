"""The documentation as one static site: documents, data dictionary, rules, and dbt's lineage."""
