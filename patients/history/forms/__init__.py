"""Shapes of what is typed about a patient's health."""
