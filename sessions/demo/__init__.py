"""The demo clinic: invented people, courses simulated from published parameters."""
