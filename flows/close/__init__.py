"""One month, in order."""
