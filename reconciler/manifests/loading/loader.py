"""Loads a folder of manifests for one environment: the entry point of this package.

All problems are reported at once, each with its place. A folder with problems gives no result. No
network, no clock, no process environment.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.errors import ManifestError, Problem, ProjectElsewhere, UsageError
from reconciler.manifests.config.approvals import read_approvals
from reconciler.manifests.config.environment_rules import EnvironmentRules
from reconciler.manifests.config.models import read_environment, read_project_file
from reconciler.manifests.desired import Desired, DesiredList, Manifests
from reconciler.manifests.files import discovery
from reconciler.manifests.files.git import GitFailed, ignored_files
from reconciler.manifests.loading.collector import Collector
from reconciler.manifests.loading.cross_checks import cross_check
from reconciler.manifests.loading.digest import digest_of
from reconciler.manifests.loading.documents import compile_document
from reconciler.manifests.loading.field_positions import FieldLocator, field_positions
from reconciler.manifests.loading.members import resolve_copies
from reconciler.manifests.masking.excerpts import with_excerpts
from reconciler.manifests.problems.suggestions import did_you_mean
from reconciler.manifests.settings import Approval, Environment, GuardSettings, ProjectSettings
from reconciler.manifests.source import Source
from reconciler.manifests.variables.substitution import OPENING_BYTES, Variables
from reconciler.manifests.yaml.limits import FileLimits
from reconciler.manifests.yaml.nodes import Document
from reconciler.manifests.yaml.reader import read_documents
from reconciler.message import Message, Personal
from reconciler.text import some, verb

__all__ = [
    "FieldLocator",
    "environment_names",
    "field_positions",
    "load_manifests",
    "load_project_settings",
    "validate",
    "with_excerpts",
]

_LIMITS = FileLimits()
_PROJECTS_SHOWN = 3


def load_manifests(
    root: Path,
    environment: str | None,
    *,
    approvals: Sequence[Approval] = (),
    guards: Collection[str] = (),
) -> Manifests:
    """The manifests below `root` for an environment.

    `approvals` (of the command line) are added to those of the files. `guards` are the known guard
    codes; without them, approvals may name any guard. Raises ManifestError with every problem, and
    UsageError for a missing or unknown environment.
    """
    files = _project_files(root)
    return _Loading(root, files, guards).load(_chosen(files, environment), approvals)


def load_project_settings(root: Path, environment: str | None) -> ProjectSettings:
    """The project file and one environment. Raises as `load_manifests` does."""
    files = _project_files(root)
    return _Loading(root, files).settings(_chosen(files, environment))


def environment_names(root: Path) -> tuple[str, ...]:
    """The environments of a project, sorted. Raises ManifestError for a missing folder."""
    return tuple(sorted(_project_files(root).environments))


def validate(
    root: Path, environment: str | None = None, *, guards: Collection[str] = ()
) -> tuple[Problem, ...]:
    """The warnings of one environment, or of all. Raises ManifestError with all problems."""
    names = (environment,) if environment is not None else environment_names(root) or (None,)
    problems: dict[Problem, None] = {}
    warnings: dict[Problem, None] = {}
    for name in names:
        try:
            warnings.update(
                dict.fromkeys(load_manifests(root, name, guards=guards).desired.warnings)
            )
        except ManifestError as error:
            problems.update(dict.fromkeys(error.problems))
    if problems:
        raise ManifestError(list(problems))
    return tuple(sorted(warnings))


def _project_files(root: Path) -> discovery.ProjectFiles:
    """The files of a project. Raises ManifestError with one problem when the project is near."""
    if root.is_dir() and not (root / discovery.PROJECT_FILE).exists():
        near = discovery.projects_near(root)
        if near:
            raise _project_elsewhere(root, near)
    return discovery.find_files(root)


def _project_elsewhere(root: Path, near: Sequence[Path]) -> ProjectElsewhere:
    """The error of a folder without a project, with the folders that have one."""
    folders = [os.path.relpath(folder) for folder in near]
    message = Message.of(
        "{folder} has no reconciler.yaml; {others} {have} one",
        folder="this folder" if root == Path() else str(root),
        others=some(folders, _PROJECTS_SHOWN),
        have=verb(len(folders), "has", "have"),
    )
    if len(folders) == 1:
        hint = Message.of("name the folder {folder}", folder=folders[0])
    else:
        hint = Message.of("name one of them, such as {folder}", folder=folders[0])
    problem = Source.of_file(discovery.PROJECT_FILE).problem(message, hint)
    return ProjectElsewhere(problem, folders[0])


def _chosen(files: discovery.ProjectFiles, environment: str | None) -> str | None:
    """The environment's name; None for a project without environments, which is a problem."""
    names = sorted(files.environments)
    if environment is None:
        if len(names) > 1:
            raise UsageError(
                f"the project has several environments: add --env with one of {', '.join(names)}, "
                "or set RECONCILER_ENV"
            )
        return names[0] if names else None
    if names and environment not in names:
        hint = did_you_mean(environment, names)
        raise UsageError(
            f"there is no environment '{environment}' (--env or RECONCILER_ENV): {hint}"
        )
    return environment if names else None


@dataclass(slots=True)
class _Loading:
    """One run over the files of a project."""

    root: Path
    files: discovery.ProjectFiles
    guards: Collection[str] = ()
    collector: Collector = field(default_factory=Collector)
    misread: set[Problem] = field(default_factory=set)
    """Problems of reading YAML; other problems at the same places follow from them."""

    def load(self, name: str | None, approvals: Sequence[Approval]) -> Manifests:
        problems = self.collector.problems
        problems.extend(self.files.problems)
        self.collector.unread = bool(self.files.problems)
        project, exclusive, guards = self._project()
        environment = self._environment(name)
        approved = self._approvals(name)
        self._compile(environment)
        for collection, source in exclusive.items():
            self.collector.add_list(DesiredList(collection, source))
        self._refuse_ignored()
        resolve_copies(self.collector)
        cross_check(self.collector, FieldLocator(self.root))
        if problems or environment is None:
            raise self._error()
        resources, lists = self.collector.resources, self.collector.lists
        desired = Desired(
            resources,
            lists,
            digest_of(resources, lists),
            tuple(sorted(with_excerpts(self.root, self.collector.warnings))),
        )
        settings = ProjectSettings(project, environment, frozenset(exclusive), guards)
        files = frozenset(self.collector.files_read)
        return Manifests(settings, desired, (*approved, *approvals), files)

    def settings(self, name: str | None) -> ProjectSettings:
        project, exclusive, guards = self._project()
        environment = self._environment(name)
        if self.collector.problems or environment is None:
            raise self._error()
        return ProjectSettings(project, environment, frozenset(exclusive), guards)

    def _error(self) -> ManifestError:
        misread = {(p.file, p.line, p.column) for p in self.misread}
        problems = [
            p
            for p in self.collector.problems
            if p in self.misread or (p.file, p.line, p.column) not in misread
        ]
        return ManifestError(with_excerpts(self.root, problems))

    def _project(self) -> tuple[str, dict[str, Source], GuardSettings]:
        nothing: tuple[str, dict[str, Source], GuardSettings] = ("", {}, GuardSettings())
        file = self.files.project
        if file is None:
            message = Message.of("this folder has no reconciler.yaml")
            hint = Message.of("write one with `project: NAME`, or name the folder that has one")
            self.collector.refuse(Source.of_file(discovery.PROJECT_FILE), message, hint)
            return nothing
        read = self._read(file)
        if read is None:
            return nothing
        return read_project_file(read[0], file, self.collector.problems) or nothing

    def _environment(self, name: str | None) -> Environment | None:
        if name is None:
            message = Message.of("the project has no environment")
            hint = Message.of(
                'write environments/NAME.yaml with platform: {{url: "https://HOST", id: ID}}'
            )
            self.collector.refuse(Source.of_file(discovery.ENVIRONMENTS), message, hint)
            return None
        file = self.files.environments[name]
        read = self._read(file)
        return read_environment(read[0], file, self.collector.problems) if read else None

    def _approvals(self, environment: str | None) -> list[Approval]:
        found: list[Approval] = []
        names = sorted(self.files.environments)
        for file in self.files.approvals:
            read = self._read(file)
            if read is not None:
                found.extend(read_approvals(read[0], names, self.guards, self.collector.problems))
        return [approval for approval in found if approval.environment in (None, environment)]

    def _compile(self, environment: Environment | None) -> None:
        rules = EnvironmentRules(environment or Environment("", "", ""))
        variables = Variables(environment.variables, environment.name) if environment else None
        for file in self.files.manifests:
            read = self._read(file)
            if read is None:
                continue
            documents, has_expressions = read
            for document in documents:
                if has_expressions:
                    if variables is None:
                        self.collector.unread = True  # its values are unknown
                        continue
                    document = variables.expand(document, self.collector.problems)  # noqa: PLW2901
                    if variables.exhausted:
                        self.collector.unread = True
                        return
                compile_document(document, self.collector, self.root, rules)

    def _refuse_ignored(self) -> None:
        """Refuse the content files that git ignores: no review shows them."""
        contents = self.collector.content_files
        doubt = None
        try:
            ignored = ignored_files(self.root.resolve(), contents)
        except GitFailed as error:
            ignored, doubt = frozenset(contents), str(error)
        for file in contents:
            if file in ignored:
                message, hint = _ignored(file, doubt)
                self.collector.problems.extend(
                    place.problem(message, hint) for place in contents[file]
                )

    def _read(self, file: str) -> tuple[list[Document], bool] | None:
        """The documents of a file, and whether it has expressions."""
        self.collector.files_read.add(file)
        data = discovery.read_file(self.root, file, _LIMITS.size_bytes)
        if isinstance(data, Problem):
            self.collector.problems.append(data)
            self.collector.unread = True
            return None
        documents, problems = read_documents(data, file, _LIMITS)
        if problems:
            self.collector.problems.extend(problems)
            self.misread.update(problems)
            self.collector.unread = True
            if not documents:
                return None
        return documents, OPENING_BYTES in data


def _ignored(file: str, doubt: str | None) -> tuple[Message, Message]:
    """What is wrong with a content file that git ignores, or may ignore because of `doubt`."""
    shown = Personal(file)
    if doubt is not None:
        return Message.of(
            "'{file}' may be ignored by git, which cannot tell: {doubt}",
            file=shown,
            doubt=Personal(doubt),
        ), Message.of("make `git status` work in the project folder")
    return Message.of("'{file}' is ignored by git, so no review shows it", file=shown), Message.of(
        "find the rule with `git check-ignore -v {file}` and change it, or write the text as "
        "`content:`",
        file=Personal(shlex.quote(file)),
    )
