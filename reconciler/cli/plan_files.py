"""Plan files as commands read and write them: sealed when RECONCILER_PLAN_KEY is set."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.planning.model import Plan


def read_plan(path: Path) -> Plan:
    """The plan in a file, sealed or not."""
    from reconciler.planning import plan_file
    from reconciler.planning.envelope import VARIABLE

    return plan_file.read(path, key=os.environ.get(VARIABLE))


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan file."""
    from reconciler.planning import plan_file
    from reconciler.planning.envelope import VARIABLE

    plan_file.write(plan, path, key=os.environ.get(VARIABLE))
