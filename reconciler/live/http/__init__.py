"""The HTTP implementation of the platform port: client, limits, cache, reader, writer."""
