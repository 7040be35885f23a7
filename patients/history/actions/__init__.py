"""Writes of the health history: conditions, facts, screenings, overrides."""
