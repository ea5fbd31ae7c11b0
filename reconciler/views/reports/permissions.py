"""What the token may do on the platform, one row a section."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from reconciler.live.platform import PlatformInfo
from reconciler.text import visible
from reconciler.views.style.json_bytes import json_bytes
from reconciler.views.style.view import View

_RIGHTS = ("view", "create", "update", "delete", "import", "export")


def permissions_text(info: PlatformInfo, view: View) -> str:
    """One row a section, one column a right; sections without `view` cannot be planned."""
    paint, rights = view.paint, _rights(info)
    width = max([len("Section"), *(len(visible(name)) for name in info.permissions)])
    who = f"{visible(info.user)}, profile {visible(info.profile)}"
    where = f"{visible(info.name)} ({visible(info.id)}, version {visible(info.version)})"
    lines = [paint.strong(f"{who}, on {where}"), ""]
    lines.append(paint.faint("  ".join(["Section".ljust(width), *rights])))
    for section, given in info.permissions.items():
        cells = [
            paint.good("yes".ljust(len(right))) if right in given else "·".ljust(len(right))
            for right in rights
        ]
        lines.append("  ".join([visible(section).ljust(width), *cells]).rstrip())
    hidden = [visible(name) for name, given in info.permissions.items() if "view" not in given]
    if hidden:
        names = ", ".join(hidden)
        lines.extend(["", paint.caution(f"Without `view`, so they cannot be planned: {names}.")])
    return "\n".join(lines) + "\n"


class PlatformDocument(TypedDict):
    """The platform."""

    id: str
    name: str
    version: str


class PermissionsDocument(TypedDict):
    """What the token may do, as `reconciler permissions --format json` prints it."""

    format: Literal["reconciler.permissions/1"]
    platform: PlatformDocument
    user: str
    profile: str
    permissions: dict[str, list[str]]
    """Rights by section."""
    capabilities: list[str]


def permissions_json(info: PlatformInfo, _view: View) -> bytes:
    """What the token may do, as JSON."""
    return json_bytes(
        PermissionsDocument(
            format="reconciler.permissions/1",
            platform=PlatformDocument(id=info.id, name=info.name, version=info.version),
            user=info.user,
            profile=info.profile,
            permissions={name: sorted(given) for name, given in info.permissions.items()},
            capabilities=sorted(info.capabilities),
        )
    )


def _rights(info: PlatformInfo) -> list[str]:
    others = {right for given in info.permissions.values() for right in given} - set(_RIGHTS)
    return [*_RIGHTS, *sorted(visible(right) for right in others)]
