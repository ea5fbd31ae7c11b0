"""Render runs: progress, results, history."""
