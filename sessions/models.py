"""Table of contents of the sessions app's models."""
