"""Which servicer's format a file has."""
