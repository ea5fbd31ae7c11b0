"""Render plans, runs, reports and problems as text or JSON. Nothing else formats output."""
