"""A delivered file is kept as it came."""
