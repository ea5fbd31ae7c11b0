"""Copies of the simulated platform with one changed rule, and their visible state.

If a story distinguishes a copy from the platform, the same story would find the difference from
the sandbox.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tests.simulation.pair import CONNECTORS, FORMS, RIGHTS, START, USERS, note_etag
from tests.simulation.platform_stories import Batch, Contacted, Pause, Story, Took

_PACKAGE = "tests.simulation"
_FOLDER = Path(__file__).parent
RULES = ("forms", "rights", "rows", "traffic", "operations", "simulated_platform", "people")
"""The modules with the rules, in import order."""
_MODULES = (*RULES, "network", "ports")

_ALWAYS, _NEVER, _DROPPED = "always", "never", "dropped"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the module, line, text, and new form of a statement."""

    module: str
    line: int
    change: str
    text: str

    def __str__(self) -> str:
        return f"{self.module}.py:{self.line} {self.change}: {self.text}"


def mutants(module: str) -> Iterator[Mutant]:
    """All mutants of a module: each refusal removed, each condition true, each condition false."""
    lines = _source(module).splitlines()
    for node in ast.walk(ast.parse(_source(module))):
        if isinstance(node, ast.Raise):
            changes: tuple[str, ...] = (_DROPPED,)
        elif isinstance(node, ast.If) and not _is_for_types(node):
            changes = (_ALWAYS, _NEVER)
        else:
            continue
        for change in changes:
            yield Mutant(module, node.lineno, change, lines[node.lineno - 1].strip())


def _is_for_types(node: ast.If) -> bool:
    return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


@cache
def _source(module: str) -> str:
    return (_FOLDER / f"{module}.py").read_text(encoding="utf-8")


class _Changed(ast.NodeTransformer):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if (node.lineno, self._mutant.change) == (self._mutant.line, _DROPPED):
            return ast.copy_location(ast.Pass(), node)
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if node.lineno == self._mutant.line and self._mutant.change != _DROPPED:
            node.test = ast.copy_location(ast.Constant(self._mutant.change == _ALWAYS), node.test)
        return node


class Copy:
    """A separate copy of the modules of the simulated platform."""

    def __init__(self, mutant: Mutant | None = None) -> None:
        package = sys.modules[_PACKAGE]
        originals = {name: importlib.import_module(f"{_PACKAGE}.{name}") for name in _MODULES}
        try:
            self._modules = {name: _loaded(package, name, mutant) for name in _MODULES}
        finally:
            for name, module in originals.items():
                sys.modules[module.__name__] = module
                setattr(package, name, module)

    def seen(self, story: Story) -> Iterator[object]:
        """The visible results of a story; the last one is the error of a failing copy."""
        try:
            yield from self._seen(story)
        except Exception as error:
            yield repr(error)

    def _seen(self, story: Story) -> Iterator[object]:
        moment = [START]
        platform = self._modules["simulated_platform"].Platform(
            lambda: moment[0], users=USERS, connectors=CONNECTORS, forms=FORMS, rights=RIGHTS
        )
        etags: dict[str, str] = {}
        for step in story.steps:
            match step:
                case Batch(user, asks):
                    batch = [ask.resolved(etags) for ask in asks]
                    for outcome in platform.send(user, batch):
                        note_etag(etags, outcome)
                        yield outcome
                case Pause(passed):
                    moment[0] += passed
                case Contacted(campaign, used, fields):
                    yield self._done("interact", platform, campaign, used=used, **fields)
                case Took(user, status, campaign):
                    yield self._done("take_status", platform, user, status, campaign)
        reader = self._modules["ports"].SimulatedReader(platform, story.reader)
        snapshot = _result(reader.snapshot())
        yield snapshot
        addresses = [resource.address for resource in snapshot.resources.values()]
        yield _result(reader.usage(addresses))
        yield [(item.entry(), item.previous) for item in platform.log]

    def _done(self, name: str, *args: Any, **kwargs: Any) -> object:
        try:
            getattr(self._modules["people"], name)(*args, **kwargs)
        except self._modules["forms"].Refused as no:
            return (no.status, no.code)
        return "done"


def _loaded(package: ModuleType, name: str, mutant: Mutant | None) -> ModuleType:
    module = ModuleType(f"{_PACKAGE}.{name}")
    module.__file__ = str(_FOLDER / f"{name}.py")
    changed = mutant if mutant is not None and mutant.module == name else None
    sys.modules[module.__name__] = module
    setattr(package, name, module)
    exec(_code(name, changed), module.__dict__)  # noqa: S102
    return module


@cache
def _code(name: str, mutant: Mutant | None) -> CodeType:
    tree = ast.parse(_source(name))
    if mutant is not None:
        tree = _Changed(mutant).visit(tree)
    return compile(tree, str(_FOLDER / f"{name}.py"), "exec")


def _result(coroutine: Coroutine[None, None, Any]) -> Any:
    """The result of a coroutine that never suspends."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it was suspended")
