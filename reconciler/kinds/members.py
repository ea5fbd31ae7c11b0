"""Members: `campaigns/{c}/members`: one resource, the ordered list, written whole (DOMAIN, doc).

Position is meaning (the `linear` strategy uses it); a lower penalty gets more interactions. A
user's field that a manifest leaves out keeps its live value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

from pydantic import Field, JsonValue, model_validator

from reconciler.kinds.address import Address, identity, join
from reconciler.kinds.base import Body, Kind, Life, Reference, Scope
from reconciler.kinds.values.channel_types import ChannelType
from reconciler.kinds.values.names import Name


class MemberChannel(Body):
    """What a member does on one channel type."""

    receive: bool = Field(default=True, description="Takes interactions that come in.")
    create: bool = Field(default=True, description="May start interactions.")


class Member(Body):
    """A user who works in the campaign."""

    user: Name = Field(description="An existing user's name.")
    penalty: int = Field(default=0, ge=0, le=100, description="Lower gets more.")
    channels: dict[ChannelType, MemberChannel] = Field(
        default={}, description="Per channel type; a type left out is both."
    )


class Members(Body):
    """A campaign's members, in order."""

    members: list[Member] = Field(default=[], description="In the order they take turns.")

    @model_validator(mode="after")
    def _users_differ(self) -> Self:
        seen: set[str] = set()
        for member in self.members:
            if identity(member.user) in seen:
                raise ValueError(f"the user '{member.user}' stands twice")
            seen.add(identity(member.user))
        return self


def _references(address: Address, fields: Mapping[str, JsonValue]) -> Iterator[Reference]:  # noqa: ARG001
    members = fields.get("members")
    for member in members if isinstance(members, list) else ():
        user = member.get("user") if isinstance(member, dict) else None
        if isinstance(user, str):
            yield Reference(f"members[{user}]", "user", user, (join("users", user),))


MEMBERS = Kind(
    name="Members",
    noun="member list",
    plural="member lists",
    collection="members",
    scope=Scope.CAMPAIGN,
    identity="",
    bodies={"": Members},
    life=Life.ORDERED_LIST,
    keyed_lists={"members": "user"},
    loss_destroys=False,
    references=_references,
)
