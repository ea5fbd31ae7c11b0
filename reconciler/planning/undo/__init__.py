"""The undo of a run: what it did, and a plan that restores the state before it."""
