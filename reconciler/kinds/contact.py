"""Contact: `contacts/{key}`, global or in a campaign.

The key is the phone, else the e-mail, unless the manifest gives one (ours). A name and a phone or
an e-mail are required (DOMAIN, doc). Lists of contacts are never complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from pydantic import Field, JsonValue, ValidationInfo, model_validator

from reconciler.kinds.base import Body, Kind, Scope, leaves_out
from reconciler.kinds.values.customers import Email, Phone, clean_contact_key
from reconciler.kinds.values.names import Name
from reconciler.kinds.values.refusal import refusal
from reconciler.message import Message


class Contact(Body):
    """A person the contact centre talks to."""

    contact_name: Name = Field(description="The person's name.")
    phone: Phone | None = Field(default=None, description="E.164.", examples=["+59829001234"])
    email: Email | None = Field(default=None, description="In lower case.")

    @model_validator(mode="after")
    def _has_a_phone_or_email(self, info: ValidationInfo) -> Self:
        if leaves_out(self, info, "phone", "email"):
            return self
        if self.phone is None and self.email is None:
            message = Message.of("a contact has a phone or an email")
            raise refusal("no-phone-or-email", message, Message.of("add one of them"))
        return self


def _natural_key(fields: Mapping[str, JsonValue]) -> str:
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
    permission_section="contacts",
)
