"""What people do between closes."""
