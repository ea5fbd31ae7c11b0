"""JSON Schemas (2020-12) of the files people write, for editors."""
