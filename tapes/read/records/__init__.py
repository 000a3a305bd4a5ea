"""The text of a tape before it is parsed: unwrapped, checked, counted and cut, in constant memory."""
