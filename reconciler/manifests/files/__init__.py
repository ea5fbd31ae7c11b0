"""The files of a project: which are read, what git knows about them, content files."""
