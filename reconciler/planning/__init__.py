"""Desired, live and ledger into a plan: pure, deterministic, and with no way to write."""
