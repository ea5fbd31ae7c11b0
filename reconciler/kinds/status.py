"""Status: `statuses/{name}`, global or in a campaign: why an agent is not available.

The name is unique and cannot change. Five defaults cannot be deleted (DOMAIN, doc), but their icon
and colour can be edited (ours).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from reconciler.kinds.base import Body, Kind, Renaming, Scope

SYSTEM_STATUSES = frozenset({"Available", "Not Available", "Break", "WrapUp", "On call"})

Color = Annotated[
    str,
    Field(pattern=r"^#[0-9a-fA-F]{6}$", description="#rrggbb.", examples=["#3366ff"]),
    AfterValidator(str.lower),
]


class Status(Body):
    """How a status looks to agents and supervisors."""

    icon: str = Field(
        default="circle", min_length=1, max_length=64, description="Name of the icon shown."
    )
    color: Color = "#808080"


STATUS = Kind(
    name="Status",
    noun="status",
    plural="statuses",
    collection="statuses",
    scope=Scope.EITHER,
    identity="name",
    bodies={"": Status},
    lost_on_delete="the agents who were in it and the time they spent there",
    renaming=Renaming.REPLACE,
    system_names=SYSTEM_STATUSES,
    is_personal=False,
    permission_section="statuses",
)
