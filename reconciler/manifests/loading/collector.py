"""Collects the resources, lists and problems of all files for one environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from pydantic import BaseModel, ValidationError

from reconciler.errors import Problem
from reconciler.kinds.address import Address, differs_in_encoding, identity
from reconciler.kinds.registry import place
from reconciler.kinds.values.refusal import message_and_hint
from reconciler.manifests.desired import DesiredList, DesiredResource
from reconciler.manifests.problems.validation_messages import validation_problems
from reconciler.manifests.source import Source
from reconciler.manifests.yaml.nodes import Document, Path
from reconciler.message import NO_MESSAGE, Message


@dataclass(frozen=True, slots=True)
class CopiedList:
    """A member list that starts as a copy of another campaign's. `resource` is its own part."""

    resource: DesiredResource
    of: Address
    place: Source
    """Where `copy_from` is written."""


@dataclass(slots=True)
class Collector:
    """Everything compiled so far, keyed by identity and in file order.

    `broken` has the resources that are declared but could not be compiled: they are not missing.
    """

    resources: dict[str, DesiredResource] = field(default_factory=dict)
    lists: dict[str, DesiredList] = field(default_factory=dict)
    copies: dict[str, CopiedList] = field(default_factory=dict)
    broken: dict[str, tuple[Address, Source]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    files_read: set[str] = field(default_factory=set)
    """Every file that was read, as paths below the project's folder."""
    content_files: dict[str, list[Source]] = field(default_factory=dict)
    """The content files among them, each with the places that name it."""
    unread: bool = False
    """Whether some file could not be read whole; then nothing counts as missing."""

    def add(self, resource: DesiredResource) -> None:
        """Add a resource; a second one with its identity is a problem."""
        key = identity(resource.address)
        if self._is_new(key, resource.address, resource.source):
            self.resources[key] = resource

    def add_copied(self, copied: CopiedList) -> None:
        """Add a member list that copies another one."""
        key = identity(copied.resource.address)
        if self._is_new(key, copied.resource.address, copied.resource.source):
            self.copies[key] = copied

    def add_broken(self, address: Address, source: Source) -> None:
        """Add a resource whose problems are already reported."""
        key = identity(address)
        if self._is_new(key, address, source):
            self.broken[key] = (address, source)

    def add_list(self, listed: DesiredList) -> None:
        """Add a list. Parts of one list in several documents add up; of two complete lists, the
        second belongs to a resource that is declared twice."""
        first = self.lists.setdefault(identity(listed.address), listed)
        if first is listed or not (listed.removes or listed.complete):
            return
        whole = first if first.complete or not listed.complete else listed
        removes = tuple(dict.fromkeys((*first.removes, *listed.removes)))
        self.lists[identity(listed.address)] = replace(whole, removes=removes)

    def declared(self, key: str) -> tuple[Address, Source] | None:
        """The address and place of what is declared under an identity."""
        found = self.resources.get(key)
        if found is None and key in self.copies:
            found = self.copies[key].resource
        if found is not None:
            return found.address, found.source
        return self.broken.get(key)

    def _is_new(self, key: str, address: Address, source: Source) -> bool:
        if key not in self.resources and key not in self.copies and key not in self.broken:
            return True
        first = self.declared(key)
        if first is None:
            return True
        other, at = first
        if other == address:
            message = Message.of(
                "{address} is declared twice: first at {at}", address=place(address), at=str(at)
            )
            hint = Message.of("keep one of them")
            known = self.resources.get(key)
            if known is not None and known.kind.natural_identity is not None:
                hint = Message.of(
                    "keep one of them, or give one a `{key}`", key=known.kind.identity
                )
        else:
            message = Message.of(
                "{address} differs from {other} at {at} only in {what}",
                address=place(address),
                other=place(other),
                at=str(at),
                what="the encoding of its accents"
                if differs_in_encoding(address, other)
                else "case",
            )
            hint = Message.of("the platform treats them as the same: keep one of them")
        self.refuse(source, message, hint)
        return False

    def refuse(self, source: Source, message: Message, hint: Message = NO_MESSAGE) -> None:
        """Add a problem."""
        self.problems.append(source.problem(message, hint))


@dataclass(frozen=True, slots=True)
class DocumentContext:
    """One document that is being compiled: gives places and takes problems."""

    document: Document
    collector: Collector

    def source(self, path: Path, *, of_key: bool = False) -> Source:
        """The place of a value in the document."""
        return self.document.source(path, of_key=of_key)

    def refuse(
        self, path: Path, message: Message, hint: Message = NO_MESSAGE, *, of_key: bool = False
    ) -> None:
        """Add a problem."""
        self.collector.refuse(self.source(path, of_key=of_key), message, hint)

    def cleaned(self, clean: Callable[[str], str], text: str, path: Path) -> str | None:
        """The text in normal form; None after reporting why `clean` refuses it."""
        try:
            return clean(text)
        except ValueError as error:
            self.refuse(path, *message_and_hint(error))
            return None

    def refuse_all(
        self,
        error: ValidationError,
        model: type[BaseModel],
        given: Mapping[str, object],
        *,
        path: Path,
        noun: str,
        also: tuple[str, ...] = (),
        inside: int = 0,
    ) -> None:
        """Add every validation error of `given`, which is at `path`.

        `inside` is the number of leading parts of each location that `path` already includes.
        """
        for found in validation_problems(error, model, given, noun=noun, also=also):
            where = (*path, *found.path[inside:])
            self.refuse(where, found.message, found.hint, of_key=found.of_key)
