"""Kinds of dirt of a whole file: in what is sent and said of it, in its bytes, in its columns."""
