"""Reads the project file, environments and approvals."""
