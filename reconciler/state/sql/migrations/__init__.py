"""Alembic's folder: how the state's tables came to be, one file a version."""
