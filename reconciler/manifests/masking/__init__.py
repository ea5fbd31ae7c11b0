"""Prepares problems for display: adds source lines, masks customers and passwords."""
