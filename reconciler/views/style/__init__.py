"""How any output looks: masking, JSON, colours, tables, values and words."""
