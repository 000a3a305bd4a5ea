"""A sample of an unknown file becomes the draft of a format, for a person to finish."""
