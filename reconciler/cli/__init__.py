"""The command line: options, exit codes and output streams. It has no domain logic."""
