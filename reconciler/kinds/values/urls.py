"""Checks an environment's `url:`: a server, a port and a path, and nothing else."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from pydantic_core import PydanticCustomError

from reconciler.kinds.values.refusal import refusal
from reconciler.message import Message, Personal

_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LONGEST_HOST = 253
_WRITE = Message.of('write "https://HOST"')


def http_url(url: str) -> str:
    """The address of a platform, without a final slash. Raises ValueError."""
    parts = _split(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _wrong(url, Message.of("is not the address of a server"))
    if parts.username is not None or parts.password is not None:
        message = Message.of("a url cannot contain credentials")
        raise refusal("credentials", message, Message.of("put the token in RECONCILER_TOKEN"))
    if parts.query or parts.fragment or url.endswith(("?", "#")):
        raise _wrong(url, Message.of("has more than a host and a path"))
    if not _is_host(parts.hostname):
        raise _wrong(parts.hostname, Message.of("is not a valid host name"))
    return url.rstrip("/")


def _wrong(text: str, why: Message, hint: Message = _WRITE) -> PydanticCustomError:
    return refusal("url", Message.of("'{text}' {why}", text=Personal(text), why=why), hint)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _wrong(url, Message.of("is not the address of a server")) from error
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        hint = Message.of("write one from 1 to 65535")
        raise _wrong(url, Message.of("has an invalid port"), hint)
    if any(map(str.isspace, url)):
        raise _wrong(url, Message.of("contains a blank"))
    return parts


def _is_host(host: str) -> bool:
    if ":" in host:  # an IPv6 address, which urlsplit has checked
        return True
    labels = host.removesuffix(".").split(".")
    if not host.isascii() or any(label.startswith("xn--") for label in labels):
        return _is_international(host)
    return len(host) <= _LONGEST_HOST and all(map(_LABEL.fullmatch, labels))


def _is_international(host: str) -> bool:
    """Whether a host name in other scripts has a valid ASCII form."""
    import httpx

    try:
        return bool(httpx.URL(f"https://{host}").host)
    except (httpx.InvalidURL, ValueError):
        return False
