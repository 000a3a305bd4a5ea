"""Cells become typed rows."""
