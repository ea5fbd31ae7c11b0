"""Idempotency: for 24 hours a key returns its first answer, without a second effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import blake2b

import orjson
from sqlalchemy import delete, insert, select

from reconciler.sandbox.clock import moment_of, stamp
from reconciler.sandbox.problems import Refusal, bad_request
from reconciler.sandbox.store.session import Session
from reconciler.sandbox.store.tables import ANSWERS

KEPT_HOURS = 24
_MAX_KEY = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of one operation: a resource's JSON, a problem, or no body."""

    status: int
    body: bytes | None = None
    etag: str | None = None
    replayed: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Kept:
    fingerprint: str
    answer: Answer


class Answers:
    """The first answers by key, for one session. `flush` writes the new ones."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, _Kept | None] = {}
        self._new: dict[str, _Kept] = {}

    def load(self, keys: Iterable[str]) -> None:
        """Read the answers of many keys at once."""
        wanted = list(dict.fromkeys(keys))
        self._known.update(dict.fromkeys(wanted))
        oldest = stamp(moment_of(self._session.now) - timedelta(hours=KEPT_HOURS))
        connection = self._session.connection
        connection.execute(delete(ANSWERS).where(ANSWERS.c.at <= oldest))
        query = select(
            ANSWERS.c.key, ANSWERS.c.fingerprint, ANSWERS.c.status, ANSWERS.c.body, ANSWERS.c.etag
        ).where(ANSWERS.c.user == self._session.user, ANSWERS.c.key.in_(wanted))
        for key, fingerprint, status, body, etag in connection.execute(query):
            self._known[key] = _Kept(fingerprint, Answer(status, body, etag, replayed=True))

    def once(self, key: str | None, fingerprint: str, act: Callable[[], Answer]) -> Answer:
        """Call `act` unless the key has an answer. Raises 422 for a key of another request."""
        if key is None:
            return act()
        if key not in self._known:
            self.load([check_key(key)])
        kept = self._known[key]
        if kept is not None:
            if kept.fingerprint != fingerprint:
                raise Refusal(
                    422,
                    "idempotency-mismatch",
                    f"the idempotency key '{key}' was used for another request",
                )
            return kept.answer
        answer = act()
        if answer.status < 500 and answer.status != 429:
            self._new[key] = _Kept(fingerprint, answer)
            self._known[key] = _Kept(fingerprint, replace(answer, replayed=True))
        return answer

    def flush(self) -> None:
        """Write the new answers."""
        if self._new:
            rows = [
                {
                    "user": self._session.user,
                    "key": key,
                    "fingerprint": kept.fingerprint,
                    "at": self._session.now,
                    "status": kept.answer.status,
                    "etag": kept.answer.etag,
                    "body": kept.answer.body,
                }
                for key, kept in self._new.items()
            ]
            self._session.connection.execute(insert(ANSWERS), rows)
            self._new.clear()


def check_key(key: str) -> str:
    """Return a valid key. Raises 400."""
    if not 1 <= len(key) <= _MAX_KEY or not key.isascii() or not key.isprintable():
        raise bad_request(
            "bad-idempotency-key",
            f"an idempotency key must have 1 to {_MAX_KEY} printable ASCII characters",
        )
    return key


def fingerprint_of(*parts: object) -> str:
    """A digest that identifies a request. Raises 400 for a body with too much nesting."""
    try:
        text = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise bad_request("malformed", f"the body cannot be stored: {error}") from error
    return blake2b(text, digest_size=16).hexdigest()
