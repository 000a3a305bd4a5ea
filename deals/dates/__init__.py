"""Calendars, day counts and the dates of a deal."""
