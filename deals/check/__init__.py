"""What cannot stand together in a deal's terms."""
