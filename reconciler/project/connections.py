"""A project's connections in one environment: its platform and its state.

Nothing is opened before it is needed. The platform's id is read first: another platform than the
environment is bound to is refused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconciler.errors import PlatformMismatch
from reconciler.kinds.address import Address, same_identity
from reconciler.live.platform import PlatformInfo, Reader, Snapshot, Writer
from reconciler.manifests.settings import ProjectSettings
from reconciler.privacy.handles import is_handle, resolve_handle
from reconciler.project.credentials import Access
from reconciler.state.keys import LedgerKey
from reconciler.state.locations import FOLDER, default_state

if TYPE_CHECKING:
    from reconciler.live.http.limiter import Limiter
    from reconciler.manifests.desired import Desired
    from reconciler.state.ledger import Ledger
    from reconciler.state.sql.store import Store

_CACHE = "cache"


@dataclass(frozen=True, slots=True)
class Connections:
    """The state and the platform of a folder. `clock` is this machine's."""

    folder: Path
    access: Access
    clock: Callable[[], datetime]

    @property
    def state(self) -> str:
        """The path or URL of the state."""
        return default_state(self.folder, self.access.variables)

    @contextmanager
    def store_to_read(self) -> Iterator[Store]:
        """The state, open for writing if this user may write it, else for reading."""
        from reconciler.state.sql.store import Store

        with Store.open_as_allowed(self.state) as store:
            yield store

    @asynccontextmanager
    async def reader(
        self, settings: ProjectSettings, limiter: Limiter | None = None
    ) -> AsyncIterator[tuple[Reader, PlatformInfo]]:
        """A reader of the environment's platform, and the platform's info.

        Raises PlatformMismatch when another platform answers.
        """
        from reconciler.live.http.connect import connect_reader
        from reconciler.live.http.settings import HttpSettings

        url = self.access.url or settings.environment.url
        if self.access.token and is_sent_unencrypted(url):
            self.access.warn(
                f"the token is sent unencrypted to {urlsplit(url.strip()).hostname}: anybody on "
                "the network path can read and use it. Write https:// in the environment's `url` "
                "or in RECONCILER_URL"
            )
        async with connect_reader(
            url,
            self.access.token,
            cache_dir=self.folder / FOLDER / _CACHE,
            limiter=limiter,
            settings=HttpSettings(now=self.clock),
        ) as reader:
            info = await reader.info()
            check_platform(settings, info)
            yield reader, info

    @asynccontextmanager
    async def writer(self, settings: ProjectSettings, limiter: Limiter) -> AsyncIterator[Writer]:
        """A writer to the environment's platform."""
        from reconciler.live.http.connect import connect_writer

        async with connect_writer(
            self.access.url or settings.environment.url, self.access.token, limiter=limiter
        ) as writer:
            yield writer


def is_sent_unencrypted(url: str) -> bool:
    """Whether requests to an address are plain HTTP to another machine.

    Only names and addresses that always mean this machine are loopback. No name is looked up.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removesuffix(".")
    except ValueError:
        return False
    if parts.scheme != "http" or host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True


def check_platform(settings: ProjectSettings, info: PlatformInfo) -> None:
    """Raise PlatformMismatch unless the environment is bound to this platform."""
    bound = settings.environment.platform_id
    if not same_identity(info.id, bound):
        raise PlatformMismatch(
            f"environment '{settings.environment.name}' is bound to platform '{bound}', and "
            f"platform '{info.id}' answers. Only its id was read; nothing was written",
            next_step="check the URL",
        )
    if info.id != bound:
        raise PlatformMismatch(
            f"the platform's id is '{info.id}', and environment '{settings.environment.name}' has "
            f"'{bound}'. The ledger is stored under the platform's id",
            next_step=f"write exactly '{info.id}' in the environment",
        )


def ledger_key(settings: ProjectSettings) -> LedgerKey:
    """The key of an environment's ledger."""
    environment = settings.environment
    return LedgerKey(settings.project, environment.name, environment.platform_id)


def resolve_address(store: Store, text: str, known: Sequence[str]) -> Address:
    """The address that a person gave, or the known address of the mask that they gave."""
    if not is_handle(text):
        return Address(text)
    return resolve_handle(store.mask_key(), text, known)


def globs_without_masks(
    store: Store, globs: Sequence[str], desired: Desired, live: Snapshot, ledger: Ledger
) -> tuple[str, ...]:
    """The globs, where each mask is replaced by its address. Raises UsageError for an unknown
    mask."""
    if not any(map(is_handle, globs)):
        return tuple(globs)
    sides = (desired.resources, live.resources, ledger.entries)
    known = [resource.address for side in sides for resource in side.values()]
    return tuple(resolve_address(store, glob, known) for glob in globs)
