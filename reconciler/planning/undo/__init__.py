"""Plan the undo of a run: what the run did, and the changes that restore the state before it."""
