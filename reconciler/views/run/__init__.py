"""Render runs: progress, results and history."""
