"""octoDNS planning between two YAML sources that differ in one record of a hundred.

octoDNS is the most similar tool: desired records in YAML, a provider's records in YAML, a plan of
changes, all in Python. Nothing is applied. A record has six lines, like an average resource of
`estate`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from measure import Cost, run

_PER_ZONE = 1000
_EDITED_EVERY = 100
_CONFIG = """\
manager: {max_workers: 1}
providers:
  config: {class: octodns.provider.yaml.YamlProvider, directory: ./git, enforce_order: false}
  live: {class: octodns.provider.yaml.YamlProvider, directory: ./live, enforce_order: false}
zones:
"""


def write(records: int, folder: Path) -> None:
    """Fill `folder` with two copies of zones of 1,000 records, and octoDNS's configuration."""
    config = [_CONFIG]
    for start in range(0, records, _PER_ZONE):
        zone = f"zone{start // _PER_ZONE:03}.example."
        config.append(f"  {zone}: {{sources: [config], targets: [live]}}\n")
        numbers = range(start, min(start + _PER_ZONE, records))
        for side in ("git", "live"):
            file = folder / side / f"{zone}yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("---\n" + "".join(_record(number, side) for number in numbers))
    (folder / "config.yaml").write_text("".join(config))


def _record(number: int, side: str) -> str:
    ttl = 600 if side == "git" and number % _EDITED_EVERY == 42 else 300
    host = f"{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    values = f"    - 10.{host}\n    - 11.{host}\n"
    return f"host-{number:06}:\n  ttl: {ttl}\n  type: A\n  values:\n{values}"


def plan(records: int, folder: Path) -> Cost:
    """Plan once. Raises Failed for an unexpected plan."""
    program = "from octodns.cmds.sync import main; main()"
    command = [sys.executable, "-c", program, "--config-file", "config.yaml", "--quiet"]
    cost = run(command, cwd=folder)
    expected = len(range(42, records, _EDITED_EVERY))
    found = cost.out.count("<ARecord A 600, ")
    assert found == expected, f"octoDNS found {found} changes of {expected}\n{cost.out[:2000]}"
    return cost
