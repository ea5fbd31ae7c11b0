"""Files of a project: which are read, what git knows of them, content files."""
