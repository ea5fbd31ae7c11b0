"""The embedded platform: a real server that behaves as the platform's contract says.

It is the demo's default, the tests' peer, and the reference for adapters to other platforms. It
imports `kinds` and nothing else of the package. Start at `server.run` or `app.create_app`.
"""
