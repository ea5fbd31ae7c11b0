"""Faults on request: what to break, for which requests, how often."""
