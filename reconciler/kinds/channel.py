"""Channel: `campaigns/{c}/channels/{type}`, a union over the seven types.

All seven exist with their campaign, disabled. They are configured, never created or deleted
(DOMAIN, doc). A reset restores the defaults and disables (ours). Defaults of numbers are ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, JsonValue, StringConstraints, ValidationInfo, model_validator

from reconciler.kinds.address import Address, child, join, parent_of
from reconciler.kinds.base import Body, Kind, Life, Reference, Scope, leaves_out
from reconciler.kinds.name_lists import NumberSet
from reconciler.kinds.values.names import Name, clean_name
from reconciler.kinds.values.refusal import refusal
from reconciler.kinds.values.text import Text
from reconciler.message import Message

VoiceStrategy = Literal[
    "ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "linear", "wrandom"
]
TextStrategy = Literal["ringall", "rrmemory", "wrandom", "least_busy"]
Seconds = Annotated[int, Field(ge=0, le=86_400)]
MessageText = Annotated[Text, StringConstraints(max_length=10_000)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
"""A code such as `es` or `pt-BR`."""
MessageByLanguage = dict[Language, MessageText | None]
_NUMBERS = "Numbers that the connector offers: E.164, short codes, national numbers."


class Automations(Body):
    """Flows of the platform that run around an interaction; null runs none."""

    on_start: Name | None = Field(default=None, description="When an interaction starts.")
    on_end: Name | None = Field(default=None, description="When it ends.")
    on_timeout: Name | None = Field(default=None, description="When no agent answers in time.")


class Channel(Body):
    """Fields of every channel type."""

    needs_connector: ClassVar[bool] = False

    enabled: bool = Field(default=False, description="Whether interactions can start on it.")
    connector: Name | None = Field(default=None, description="An existing connector's name.")
    service_level_seconds: Seconds = Field(default=60, description="Target time to answer.")
    max_queue: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=0, description="The most that may wait; 0 means no limit."
    )
    max_transfer_seconds: Seconds = Field(default=0, description="0 means no limit.")
    max_queue_seconds: Seconds = Field(default=0, description="0 means no limit.")
    automations: Automations = Field(
        default_factory=Automations, description="Flows that run around an interaction."
    )
    out_of_hours_message: MessageText = Field(default="", description="Sent while closed.")
    block_inbound: bool = Field(
        default=True, description="Apply the blacklist to inbound interactions."
    )
    block_outbound: bool = Field(
        default=True, description="Apply the blacklist to outbound interactions."
    )

    @model_validator(mode="after")
    def _enabled_needs_connector(self, info: ValidationInfo) -> Self:
        if leaves_out(self, info, "enabled", "connector"):
            return self
        if self.needs_connector and self.enabled and not self.connector:
            message = Message.of("an enabled channel of this type needs a connector")
            raise refusal("connector-missing", message, Message.of("add `connector:`"))
        return self


class Telephony(Channel):
    """Voice calls."""

    needs_connector = True

    numbers: NumberSet = Field(default=[], description=_NUMBERS)
    strategy: VoiceStrategy = Field(default="ringall", description="Which agents ring.")
    wrap_up_seconds: Seconds = Field(default=0, description="Pause after each call.")
    language: Language = Field(
        default="en", description="A language code for the prompts.", examples=["es", "pt-BR"]
    )
    record: bool = Field(default=False, description="Record every call.")


class TextChannel(Channel):
    """Fields of every text channel."""

    strategy: TextStrategy = Field(default="ringall", description="Which agents get it.")


class Sms(TextChannel):
    """Text messages, from exactly one number."""

    needs_connector = True

    numbers: NumberSet = Field(default=[], max_length=1, description=f"Exactly one. {_NUMBERS}")

    @model_validator(mode="after")
    def _enabled_needs_one_number(self, info: ValidationInfo) -> Self:
        if leaves_out(self, info, "enabled", "numbers"):
            return self
        if self.enabled and len(self.numbers) != 1:
            message = Message.of("an enabled sms channel has exactly one number")
            raise refusal("number-missing", message, Message.of("add `numbers:`"))
        return self


class WhatsApp(TextChannel):
    """WhatsApp conversations."""

    needs_connector = True

    numbers: NumberSet = Field(default=[], description=_NUMBERS)


class EmailChannel(TextChannel):
    """E-mail."""

    needs_connector = True

    max_per_agent: Annotated[int, Field(ge=0, le=1000)] = Field(
        default=0, description="The most that one agent handles at a time; 0 means no limit."
    )
    signature: Name | None = Field(default=None, description="A template's name.")
    confirmation_message: MessageText = Field(
        default="", description="Sent when a message arrives."
    )


class Webchat(TextChannel):
    """The chat on a web page."""

    welcome: MessageByLanguage = Field(default={}, description="Greeting by language.")
    no_agent_message: MessageByLanguage = Field(
        default={}, description="Shown when no agent is available, by language."
    )


class Instagram(TextChannel):
    """Instagram direct messages."""


class Messenger(TextChannel):
    """Facebook Messenger."""


def _references(address: Address, fields: Mapping[str, JsonValue]) -> Iterator[Reference]:
    connector = fields.get("connector")
    if isinstance(connector, str):
        yield Reference("connector", "connector", connector, (join("connectors", connector),))
    signature = fields.get("signature")
    if isinstance(signature, str):
        campaign = parent_of(parent_of(address))
        candidates = child(campaign, "templates", signature), join("templates", signature)
        yield Reference("signature", "template", signature, candidates)


CHANNEL = Kind(
    name="Channel",
    noun="channel",
    plural="channels",
    collection="channels",
    scope=Scope.CAMPAIGN,
    identity="type",
    bodies={
        "telephony": Telephony,
        "sms": Sms,
        "whatsapp": WhatsApp,
        "email": EmailChannel,
        "webchat": Webchat,
        "instagram": Instagram,
        "messenger": Messenger,
    },
    clean_identity=clean_name,
    life=Life.FIXED,
    loss_destroys=False,
    references=_references,
    is_personal=False,
    has_numbers=True,
    mapped_fields={"connector": "connectors", "numbers": "numbers"},
)
