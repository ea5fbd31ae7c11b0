"""Members: `campaigns/{c}/members`: one resource, the ordered list, written whole (DOMAIN, doc).

Order matters: the `linear` strategy uses it. A lower penalty gets more interactions. A field that a
manifest leaves out keeps its live value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

from pydantic import Field, JsonValue, model_validator

from reconciler.kinds.address import Address, join
from reconciler.kinds.base import Body, Kind, Life, Reference, Scope
from reconciler.kinds.name_lists import refuse_duplicates
from reconciler.kinds.values.channel_types import ChannelType
from reconciler.kinds.values.names import Name


class MemberChannel(Body):
    """What a member does on one channel type."""

    receive: bool = Field(default=True, description="Receives interactions.")
    create: bool = Field(default=True, description="May start interactions.")


class Member(Body):
    """A user who works in the campaign."""

    user: Name = Field(description="An existing user's name.")
    penalty: int = Field(
        default=0, ge=0, le=100, description="A lower penalty gets more interactions."
    )
    channels: dict[ChannelType, MemberChannel] = Field(
        default={}, description="By channel type; a type left out receives and creates."
    )


class Members(Body):
    """A campaign's members, in order."""

    members: list[Member] = Field(default=[], description="The members in order.")

    @model_validator(mode="after")
    def _users_differ(self) -> Self:
        refuse_duplicates((member.user for member in self.members), "the user ")
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
    is_personal=False,
    mapped_fields={"user": "users"},
)
