"""Many months."""
