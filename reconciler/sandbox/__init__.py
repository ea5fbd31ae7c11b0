"""The embedded platform: a real server with the platform's documented behaviour.

The demo and the tests run against it, and adapters to other platforms use it as their reference. It
imports only `kinds` from the package. The entry points are `api.server.run` and
`api.app.create_app`.
"""
