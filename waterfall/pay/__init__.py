"""One payment date."""
