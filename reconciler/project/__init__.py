"""The Python API: open a project, then validate, plan, apply, report."""
