"""Files written, and proved whole."""
