"""The git side: YAML in a folder becomes desired state whose every value knows its place.

`desired` has the values the rest of the program sees. Nothing here talks to a platform.
"""
