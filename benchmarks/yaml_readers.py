"""Reads every manifest below a folder with one reader, and prints the seconds it took.

    positions     reconciler's reader: values with line and column
    values        PyYAML's CSafeLoader with defaults: no positions, YAML 1.1
    values-no-gc  the same without the garbage collector
    events        libyaml's events through ruamel.yaml.clib, unused: the lower bound of the first

The first and the last run without the garbage collector, like reconciler.
`python benchmarks/yaml_readers.py WAY DIR`.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def positions() -> Callable[[bytes], object]:
    """Read with reconciler's reader."""
    from reconciler.manifests.yaml.parser import C_PARSER
    from reconciler.manifests.yaml.reader import read_documents

    assert C_PARSER, "ruamel.yaml.clib is not installed"

    def read(data: bytes) -> object:
        documents, problems = read_documents(data, "file.yaml")
        assert not problems
        return documents

    return read


def values() -> Callable[[bytes], object]:
    """Read with PyYAML's fastest loader."""
    import yaml

    return lambda data: list(yaml.load_all(data, yaml.CSafeLoader))


def events() -> Callable[[bytes], object]:
    """Scan without building values."""
    from _ruamel_yaml import CParser  # type: ignore[import-not-found]
    from ruamel.yaml.events import StreamEndEvent

    def read(data: bytes) -> object:
        get_event: Callable[[], Any] = CParser(data).get_event
        while not isinstance(get_event(), StreamEndEvent):
            pass
        return None

    return read


def write_one_document(folder: Path, entries: int) -> None:
    """Fill a folder with one file with one document of `entries` entries of nine lines."""
    folder.mkdir(parents=True)
    lines = ["items:"]
    for number in range(entries):
        lines.append(f"  - name: Resource {number:06}")
        lines.append(f"    note: Something was said of resource {number}")
        lines.append(f"    count: {number}")
        lines.append(f"    owner: agent{number % 400:03}")
        lines.extend(("    kind: Status", "    icon: headset", '    color: "#3366ff"'))
        lines.extend(("    enabled: true", "    tags: [first, second]"))
    (folder / "one.yaml").write_text("\n".join(lines) + "\n")


WAYS: dict[str, Callable[[], Callable[[bytes], object]]] = {
    "positions": positions,
    "values": values,
    "values-no-gc": values,
    "events": events,
}


def main(way: str, folder: Path) -> None:
    """Read everything and keep it in memory, like a loader."""
    read = WAYS[way]()
    read(b"a: 1\n")  # what is imported with the first file is not counted
    files = [file.read_bytes() for file in sorted(folder.rglob("*.yaml"))]
    if way != "values":
        gc.disable()
    started = time.perf_counter()
    kept = [read(data) for data in files]
    print(time.perf_counter() - started)
    del kept


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
