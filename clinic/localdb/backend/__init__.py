"""Django's database backend for the private PostgreSQL."""
