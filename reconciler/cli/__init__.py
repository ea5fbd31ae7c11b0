"""The command line: options, exit codes, and which stream what goes to; no logic."""
