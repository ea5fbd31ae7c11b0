"""`${{ … }}` expressions: a limited part of the Jinja2 grammar, evaluated over variables."""
