"""Contact: `contacts/{key}`, global or a campaign's.

The key is the phone, else the e-mail, unless one is given (ours). A name and one of phone and
e-mail are required (DOMAIN, doc). Contacts are never complete: what is listed is ensured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from pydantic import Field, JsonValue, ValidationInfo, model_validator

from reconciler.kinds.base import Body, Kind, Scope, is_partial
from reconciler.kinds.values.customers import Email, Phone, clean_contact_key
from reconciler.kinds.values.names import Name


class Contact(Body):
    """A person the centre talks to."""

    contact_name: Name = Field(description="How the person is called.")
    phone: Phone | None = Field(default=None, description="E.164.", examples=["+59829001234"])
    email: Email | None = Field(default=None, description="Lower-cased.")

    @model_validator(mode="after")
    def _can_be_reached(self, info: ValidationInfo) -> Self:
        if self.phone is None and self.email is None and not is_partial(info):
            raise ValueError("a contact has a phone or an email: add one of them")
        return self


def _natural_key(fields: Mapping[str, JsonValue]) -> str:
    """The key of a contact that gives none: its phone, else its e-mail."""
    return str(fields.get("phone") or fields.get("email") or "")


CONTACT = Kind(
    name="Contact",
    noun="contact",
    plural="contacts",
    collection="contacts",
    scope=Scope.EITHER,
    identity="key",
    bodies={"": Contact},
    clean_identity=clean_contact_key,
    natural_identity=_natural_key,
    has_complete_lists=False,
    is_personal=True,
)
