"""Template: `templates/{name}`, global or in a campaign; for all text channels.

The name is unique and cannot change (DOMAIN, doc). Neither can the type (ours).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reconciler.kinds.base import Body, Kind, Renaming, Scope
from reconciler.kinds.values.text import Text


class Template(Body):
    """A message that agents and channels send; the platform fills in its `{{ … }}` placeholders."""

    type: Literal["text", "rich_text", "html"] = Field(description="Immutable once created.")
    content: Text = Field(max_length=1_000_000, description="The message; lines end in LF.")


TEMPLATE = Kind(
    name="Template",
    noun="template",
    plural="templates",
    collection="templates",
    scope=Scope.EITHER,
    identity="name",
    bodies={"": Template},
    renaming=Renaming.REPLACE,
    immutable=frozenset({"type"}),
    is_personal=False,
    permission_section="templates",
)
