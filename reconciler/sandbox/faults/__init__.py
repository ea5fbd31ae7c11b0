"""Fault injection: rules, decisions per request, and the middleware that applies them."""
