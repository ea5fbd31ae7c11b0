"""One module a guard: its declaration, its analysis and its messages."""
