"""`reconciler export`: write manifests for what is on the platform."""
