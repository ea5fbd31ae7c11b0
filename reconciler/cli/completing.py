"""What a shell can complete: environments, addresses from the manifests, and runs.

Nothing is sent to the platform, and customers are left out. A problem completes nothing: a shell
has no place for an error.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from reconciler.project.project import Project

_Complete: TypeAlias = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
_RUNS = 20
_ESCAPED = frozenset(" \t'\"\\$&|;<>()`*?[]{}!#~")


def _quietly(complete: Callable[[click.Context], Iterable[CompletionItem]]) -> _Complete:
    @wraps(complete)
    def completed(
        context: click.Context, _: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        try:
            found = list(complete(context))
        except Exception:  # a shell has no place for it
            return []
        return [_as_typed(item) for item in found if _starts(item, incomplete)]

    return completed


@_quietly
def environments(context: click.Context) -> Iterable[CompletionItem]:
    """The environments of the project."""
    from reconciler.manifests.loading.loader import environment_names

    return [CompletionItem(name) for name in environment_names(_folder(context))]


@_quietly
def addresses(context: click.Context) -> Iterable[CompletionItem]:
    """The addresses that the manifests declare, without those of customers."""
    return _addresses(context)


@_quietly
def runs(context: click.Context) -> Iterable[CompletionItem]:
    """The newest runs, of all environments if none is named."""
    return _runs(context)


@_quietly
def runs_and_addresses(context: click.Context) -> Iterable[CompletionItem]:
    """The newest runs, and addresses."""
    return [*_runs(context), *_addresses(context)]


@_quietly
def plans_or_runs(context: click.Context) -> Iterable[CompletionItem]:
    """The newest runs for --resume; files otherwise."""
    if context.params.get("resume"):
        return _runs(context)
    return [CompletionItem(None, type="file")]


def _folder(context: click.Context) -> Path:
    named = context.params.get("directory") or context.params.get("folder")
    return Path(named or ".")


def _projects(context: click.Context) -> list[Project]:
    """The project in the named environment, or in each one."""
    from reconciler.manifests.loading.loader import environment_names
    from reconciler.project.project import Access, Project

    folder = _folder(context)
    named = context.params.get("environment")
    names = [named] if named else environment_names(folder)
    access = Access.of(os.environ)
    return [Project.open(folder, name, access=access) for name in names]


def _addresses(context: click.Context) -> list[CompletionItem]:
    from reconciler.kinds.registry import is_personal

    desired = _projects(context)[0].manifests().desired
    found = sorted(resource.address for resource in desired.resources.values())
    return [CompletionItem(address) for address in found if not is_personal(address)]


def _runs(context: click.Context) -> list[CompletionItem]:
    found = [run for project in _projects(context) for run in project.stored_runs(_RUNS)]
    found.sort(key=lambda run: run.started_at, reverse=True)
    return [
        CompletionItem(run.id, help=f"{run.operation} of {run.key.environment} by {run.actor}")
        for run in found
    ]


def _starts(item: CompletionItem, incomplete: str) -> bool:
    return item.type != "plain" or str(item.value).startswith(incomplete)


def _as_typed(item: CompletionItem) -> CompletionItem:
    """The item for the shell that asks: Bash inserts words unchanged, so they are escaped."""
    if item.type != "plain" or not os.environ.get("_RECONCILER_COMPLETE", "").startswith("bash"):
        return item
    escaped = "".join(f"\\{letter}" if letter in _ESCAPED else letter for letter in item.value)
    return CompletionItem(escaped, type=item.type, help=item.help)
