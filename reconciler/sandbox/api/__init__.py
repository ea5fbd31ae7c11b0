"""The server and HTTP API of the sandbox."""
