"""The demo estate of Acme: its setup, later edits on the platform, and traffic."""
