"""The versions, in order. A published one is never edited."""
