"""Table of contents of the patients app's models."""
