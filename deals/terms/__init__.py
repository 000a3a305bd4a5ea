"""What a contract says, as frozen values."""
