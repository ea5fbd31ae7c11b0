"""The project file, environments, approvals and freeze windows."""
