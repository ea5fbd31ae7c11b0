"""One guard a file. `reconciler.guards.registry` lists them."""
