"""The git side: reads a folder of YAML and compiles it into desired state, with a place for each
value.

The rest of the program uses `desired`. Nothing here talks to a platform.
"""
