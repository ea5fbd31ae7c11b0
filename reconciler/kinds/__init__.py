"""The domain: one file for each kind, their addresses, and the registry.

Start at `registry.KINDS`. Nothing here reads a file, a clock or a socket.
"""
