"""What was entered by hand, append-only."""
