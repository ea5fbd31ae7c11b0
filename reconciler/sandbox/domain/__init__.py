"""The rules of the platform: what a write may do, what it changes besides, and who may do it."""
