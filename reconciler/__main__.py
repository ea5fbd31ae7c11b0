"""`python -m reconciler` is the command line."""

from __future__ import annotations

from reconciler.cli.main import main

main()
