"""A file is opened: what kind it is, and its bytes unwrapped, within bounds."""
