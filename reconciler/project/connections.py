"""What a project is connected to in one environment: the platform it is bound to, and its state.

Nothing is opened before it is asked for. A platform is asked who it is first and alone: unless it
is the one that the environment is bound to, no reader of it is given.
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
from reconciler.live.platform import PlatformInfo, Reader, Writer
from reconciler.manifests.settings import ProjectSettings
from reconciler.privacy.handles import is_handle, resolve_handle
from reconciler.project.credentials import Access
from reconciler.state.keys import LedgerKey
from reconciler.state.locations import FOLDER, default_state

if TYPE_CHECKING:
    from reconciler.live.http.limiter import Limiter
    from reconciler.state.sql.store import Store

_CACHE = "cache"


@dataclass(frozen=True, slots=True)
class Connections:
    """Where a folder's state is, and how its platform is reached. `clock` is this machine's."""

    folder: Path
    access: Access
    clock: Callable[[], datetime]

    @property
    def state(self) -> str:
        """The path or URL of the state."""
        return default_state(self.folder, self.access.variables)

    @contextmanager
    def store_to_read(self) -> Iterator[Store]:
        """The state, as far as this user may use it."""
        from reconciler.state.sql.store import Store

        with Store.open_as_allowed(self.state) as store:
            yield store

    @asynccontextmanager
    async def reader(
        self, settings: ProjectSettings, limiter: Limiter | None = None
    ) -> AsyncIterator[tuple[Reader, PlatformInfo]]:
        """A reader of the environment's platform, and who that is. Raises PlatformMismatch where
        another platform answers."""
        from reconciler.live.http.connect import connect_reader
        from reconciler.live.http.settings import HttpSettings

        url = self.access.url or settings.environment.url
        if self.access.token and travels_in_clear(url):
            self.access.warn(
                f"the token travels unencrypted to {urlsplit(url.strip()).hostname}: whoever is on "
                "the way can read it and use it. Write https:// in the environment's `url`, or in "
                "RECONCILER_URL"
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


def travels_in_clear(url: str) -> bool:
    """Whether what is sent to an address can be read on the way: plain HTTP to another machine.

    Only names and addresses that are always this machine are loopback; none is looked up.
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
    """Raises PlatformMismatch unless the environment is bound to the platform that answers."""
    bound = settings.environment.platform_id
    if not same_identity(info.id, bound):
        raise PlatformMismatch(
            f"environment '{settings.environment.name}' is bound to platform '{bound}', and the "
            f"one that answers is '{info.id}': check the URL. Only its id was read; nothing was "
            "written"
        )
    if info.id != bound:
        raise PlatformMismatch(
            f"the platform calls itself '{info.id}', and environment "
            f"'{settings.environment.name}' has '{bound}': write it the same, since what is "
            "remembered is kept under it"
        )


def ledger_key(settings: ProjectSettings) -> LedgerKey:
    """What the ledger of an environment is kept under."""
    environment = settings.environment
    return LedgerKey(settings.project, environment.name, environment.platform_id)


def resolved(store: Store, text: str, known: Sequence[str]) -> Address:
    """The address somebody gave, or the known one whose handle they gave."""
    if not is_handle(text):
        return Address(text)
    return resolve_handle(store.mask_key(), text, known)
