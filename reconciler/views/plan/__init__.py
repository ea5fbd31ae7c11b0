"""Render a plan."""
