"""Signatures of plans: Ed25519 over a plan's digest, in a file next to the plan file.

The reviewer of a plan signs it. An apply that trusts the key applies that plan and no other. Keys
are PEM files, as `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from pydantic import TypeAdapter, ValidationError

from reconciler.errors import PlanUnsigned, UsageError
from reconciler.message import Command, Message
from reconciler.planning.plan import Plan
from reconciler.planning.planfile.atomic_write import write_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

_CONTEXT = b"reconciler plan signature 1\n"
_GENERATE_ONE = Message.of(
    "make one with {generate}", generate=Command.of("sign", "--generate", "KEY.pem")
)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature of the digest `plan`, by the key with the fingerprint `key`.

    `signature` is base64. It covers the digest and `signed_at` (RFC 3339).
    """

    plan: str
    key: str
    signature: str
    signed_at: str


def signature_path(plan_path: Path) -> Path:
    """The path of a plan file's signature: `PLAN.sig`."""
    return plan_path.with_name(f"{plan_path.name}.sig")


def sign_plan(plan: Plan, key_path: Path, *, now: datetime) -> Signature:
    """Sign a plan's digest. Raises UsageError for an invalid key."""
    key = _private_key(key_path)
    signed_at = now.astimezone(UTC).isoformat(timespec="seconds")
    return Signature(
        plan=plan.digest,
        key=_fingerprint(key.public_key()),
        signature=base64.b64encode(key.sign(_payload(plan.digest, signed_at))).decode(),
        signed_at=signed_at,
    )


def write_signature(signature: Signature, path: Path) -> None:
    """Write a signature file. Raises UsageError when it cannot be written."""
    write_private(_as_bytes(signature), path)


def _as_bytes(signature: Signature) -> bytes:
    return orjson.dumps(signature, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read_signature(path: Path) -> Signature | None:
    """The signature in a file, None without a file. Raises PlanUnsigned when it is invalid."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PlanUnsigned(f"{path} cannot be read: {error.strerror}") from error
    try:
        signature = TypeAdapter(Signature).validate_json(data, strict=True)
    except ValidationError as error:
        raise PlanUnsigned(f"{path} is not a signature of a plan") from error
    if _as_bytes(signature) != data:
        raise PlanUnsigned(f"{path} was edited after it was signed")
    return signature


def load_public_keys(paths: Sequence[Path]) -> dict[str, str]:
    """The public keys in files, base64 of their DER, by fingerprint. Raises UsageError."""
    found = [_public_key(path) for path in paths]
    return {_fingerprint(key): base64.b64encode(_der(key)).decode() for key in found}


def check_signature(plan: Plan, signature: Signature | None, trusted: Mapping[str, str]) -> None:
    """Raises PlanUnsigned unless a trusted key signed this plan.

    `trusted` is as `load_public_keys` returns it.
    """
    if signature is None:
        raise PlanUnsigned("this plan is not signed, and only a signed plan may be applied")
    if signature.plan != plan.digest:
        raise PlanUnsigned(
            f"the signature is for another plan, {signature.plan[:16]}, and this plan is "
            f"{plan.digest[:16]}"
        )
    key = trusted.get(signature.key)
    if key is not None:
        if _verifies(signature, _decoded(key)):
            return
        raise PlanUnsigned(
            f"the signature names the key {signature.key}, and that key did not make it"
        )
    raise PlanUnsigned(
        f"this plan is signed by {signature.key}, which is not trusted here; trusted: "
        f"{', '.join(trusted) or 'no key'}"
    )


def generate_keys(path: Path) -> Path:
    """Write a new private key, mode 0600, and its public key; return the public key's path.

    Raises UsageError when either file exists.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public_path = path.with_name(f"{path.name.removesuffix('.pem')}.pub.pem")
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _write_new(path, private, mode=0o600)
    try:
        _write_new(public_path, public, mode=0o644)
    except UsageError:
        path.unlink()
        raise
    return public_path


def _write_new(path: Path, data: bytes, *, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise UsageError(
            f"{path} exists: keys are never overwritten, so name another file"
        ) from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def _payload(digest: str, signed_at: str) -> bytes:
    return _CONTEXT + f"{digest}\n{signed_at}\n".encode()


def _verifies(signature: Signature, key: Ed25519PublicKey) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        raw = base64.b64decode(signature.signature, validate=True)
        key.verify(raw, _payload(signature.plan, signature.signed_at))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    as_written = base64.b64encode(raw).decode() == signature.signature
    return as_written and signature.key == _fingerprint(key)


def _fingerprint(key: Ed25519PublicKey) -> str:
    digest = hashlib.sha256(_der(key)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _der(key: Ed25519PublicKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _decoded(key: str) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    found = load_der_public_key(base64.b64decode(key))
    assert isinstance(found, Ed25519PublicKey)  # noqa: S101 - `load_public_keys` checked it
    return found


def _private_key(path: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = _key_bytes(path)
    try:
        key = load_pem_private_key(data, password=None)
    except TypeError as error:
        raise UsageError(
            f"{path} has a passphrase: use a key without one, as a secret of the job"
        ) from error
    except ValueError as error:
        raise UsageError(f"{path} is not a private key in PEM", next_step=_GENERATE_ONE) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{path} is not an Ed25519 key", next_step=_GENERATE_ONE)
    return key


def _public_key(path: Path) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(_key_bytes(path))
    except ValueError as error:
        raise UsageError(
            f"{path} is not a public key in PEM: `openssl pkey -in KEY.pem -pubout` writes one"
        ) from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path} is not an Ed25519 key", next_step=_GENERATE_ONE)
    return key


def _key_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"there is no key at {path}") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
