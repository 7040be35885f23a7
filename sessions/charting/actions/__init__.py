"""Writing sessions: start, safety, taps, signing, and what comes after."""
