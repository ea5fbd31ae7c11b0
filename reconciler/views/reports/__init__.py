"""Render reports other than plans and runs: drift, explanation, usage, permissions, problems."""
