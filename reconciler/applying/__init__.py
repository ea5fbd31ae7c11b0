"""Apply a reviewed plan: verify it on fresh facts, journal it, send it, read it back."""
