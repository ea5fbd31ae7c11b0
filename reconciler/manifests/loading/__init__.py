"""Compiles YAML documents into the desired state."""
