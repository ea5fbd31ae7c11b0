"""The rules of the platform: validation, writes and their consequences, usage, traffic."""
