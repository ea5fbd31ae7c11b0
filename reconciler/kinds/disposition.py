"""Disposition: `dispositions/{level}/{level}…`, global or in a campaign; a tree of any depth.

The platform can rename a level (DOMAIN, doc), so a declared rename happens in place and keeps
history. Deleting a level deletes the levels below it (doc).
"""

from __future__ import annotations

from pydantic import Field

from reconciler.kinds.base import Body, Kind, Renaming, Scope


class DispositionActions(Body):
    """What the dialler does with the customer after an agent chooses this level."""

    reschedule: bool = Field(default=False, description="Offer a call at another time.")
    respool: bool = Field(default=False, description="Put the customer back in the queue.")
    respool_alternative: bool = Field(
        default=False, description="Put the customer back in the queue with the alternative number."
    )


class Disposition(Body):
    """A level of the tree of outcomes that agents choose from."""

    enabled: bool = Field(default=True, description="Disabled levels are not offered.")
    text_code: str | None = Field(
        default=None, max_length=128, description="Code for reports and integrations."
    )
    actions: DispositionActions = Field(
        default_factory=DispositionActions, description="What the dialler does when it is chosen."
    )


DISPOSITION = Kind(
    name="Disposition",
    noun="disposition",
    plural="dispositions",
    collection="dispositions",
    scope=Scope.EITHER,
    identity="name",
    bodies={"": Disposition},
    lost_on_delete="the past interactions it was chosen for",
    renaming=Renaming.IN_PLACE,
    is_tree=True,
    is_personal=False,
    permission_section="dispositions",
)
