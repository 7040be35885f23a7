"""What the owner reads, counted by PostgreSQL; one topic a module."""
