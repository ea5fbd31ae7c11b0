"""Template: `templates/{name}`, global or a campaign's; for all text channels.

Name unique and not editable (DOMAIN, doc); the type is immutable (ours).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reconciler.kinds.base import Body, Kind, Renaming, Scope
from reconciler.kinds.values.text import Text


class Template(Body):
    """A message agents and channels send; `{{ … }}` placeholders are the platform's."""

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
)
