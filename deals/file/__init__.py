"""A deal's TOML becomes values, problem by problem."""
