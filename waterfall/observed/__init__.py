"""What came, and what it says of the assumptions."""
