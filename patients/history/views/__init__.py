"""Pages of the health history."""
