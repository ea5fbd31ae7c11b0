"""The signs in front of what happens to a resource."""

from __future__ import annotations

ADDED = "+"
REMOVED = "\N{MINUS SIGN}"
CHANGED = "~"
REPLACED = "±"
TRACKED = "="
RELEASED = "○"
