"""How any output looks: masking, escaping, colours, tables, values and words."""
