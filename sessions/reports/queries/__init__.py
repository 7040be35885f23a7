"""What the reports say, counted by PostgreSQL; one topic a module."""
