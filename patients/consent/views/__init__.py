"""Pages of consents."""
