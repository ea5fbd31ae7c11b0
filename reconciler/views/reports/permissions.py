"""What the caller may do on the platform: sections by rights."""

from __future__ import annotations

from reconciler.live.platform import PlatformInfo
from reconciler.views.style.colour import PLAIN, Paint
from reconciler.views.style.escaping import visible
from reconciler.views.style.json_output import json_bytes

_RIGHTS = ("view", "create", "update", "delete", "import", "export")


def render_permissions(info: PlatformInfo, paint: Paint = PLAIN) -> str:
    """A row a section; what may not be viewed cannot be planned, and is said so."""
    rights = _rights(info)
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
        lines.extend(["", paint.caution(f"Not to be seen, so not planned: {', '.join(hidden)}.")])
    return "\n".join(lines) + "\n"


def permissions_to_json(info: PlatformInfo) -> bytes:
    """`reconciler.permissions/1`: {platform, user, profile, permissions: {section: [rights]}}."""
    return json_bytes(
        {
            "format": "reconciler.permissions/1",
            "platform": {"id": info.id, "name": info.name, "version": info.version},
            "user": info.user,
            "profile": info.profile,
            "permissions": {name: sorted(given) for name, given in info.permissions.items()},
            "capabilities": sorted(info.capabilities),
        }
    )


def _rights(info: PlatformInfo) -> list[str]:
    others = {right for given in info.permissions.values() for right in given} - set(_RIGHTS)
    return [*_RIGHTS, *sorted(visible(one) for one in others)]
