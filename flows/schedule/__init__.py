"""Prefect alone."""
