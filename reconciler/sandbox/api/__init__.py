"""The HTTP side of the sandbox: routes, paths, lists, responses, the OpenAPI document."""
