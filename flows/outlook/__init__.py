"""Questions about the future."""
