"""Which loans the cash buys."""
