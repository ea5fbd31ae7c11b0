"""Render reports that are not plans or runs: drift, explain, usage, permissions, problems."""
