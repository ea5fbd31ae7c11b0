"""What an environment's `url:` may be: a server, a port and a path, and nothing more."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LONGEST_HOST = 253


def http_url(url: str) -> str:
    """The address of a platform, without a slash at its end. Raises ValueError."""
    parts = _split(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"'{url}' is no address of a server: write https://HOST")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a url holds no credentials: write the token into RECONCILER_TOKEN")
    if parts.query or parts.fragment or url.endswith(("?", "#")):
        raise ValueError(f"'{url}' has more than a host and a path: write https://HOST")
    if not _is_host(parts.hostname):
        raise ValueError(f"'{parts.hostname}' cannot be the name of a host: write https://HOST")
    return url.rstrip("/")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ValueError(f"'{url}' is no address of a server: write https://HOST") from error
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError(f"'{url}' has a port there cannot be: write one from 1 to 65535")
    if any(map(str.isspace, url)):
        raise ValueError(f"'{url}' has a blank in it: write https://HOST")
    return parts


def _is_host(host: str) -> bool:
    if ":" in host:  # an address of IPv6, which urlsplit has looked at
        return True
    labels = host.removesuffix(".").split(".")
    if not host.isascii() or any(label.startswith("xn--") for label in labels):
        return _is_international(host)
    return len(host) <= _LONGEST_HOST and all(map(_LABEL.fullmatch, labels))


def _is_international(host: str) -> bool:
    """Whether a name that is not written in plain letters has a form in them, and back."""
    import httpx

    try:
        return bool(httpx.URL(f"https://{host}").host)
    except (httpx.InvalidURL, ValueError):
        return False
