"""Signals of merchant borrowers: what they show from day to day, and who shows that he will fail."""
