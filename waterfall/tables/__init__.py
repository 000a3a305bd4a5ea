"""The border with SQL."""
