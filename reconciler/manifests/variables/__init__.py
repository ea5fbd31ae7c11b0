"""`${{ … }}` expressions: a bounded part of the Jinja2 grammar, evaluated over variables."""
