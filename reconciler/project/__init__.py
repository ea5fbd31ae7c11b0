"""The Python API, and all that the command line calls. It starts at `project.Project`."""
