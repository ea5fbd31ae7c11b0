"""What differs outside a plan: drift, the origin of each field, and who changed it."""
