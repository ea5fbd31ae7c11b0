"""The domain: one file a kind, the addresses they live at, and the registry that knows them all.

Start at `registry.KINDS`. Nothing here reads a file, a clock or a socket.
"""
