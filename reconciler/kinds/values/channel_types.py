"""The seven channel types (DOMAIN, doc), in the order screens show them."""

from __future__ import annotations

from typing import Literal, get_args

ChannelType = Literal["telephony", "sms", "whatsapp", "email", "webchat", "instagram", "messenger"]
CHANNEL_TYPES: tuple[str, ...] = get_args(ChannelType)
SOCIAL_NETWORKS: tuple[str, ...] = ("instagram", "messenger")
"""The channel types that identify customers by an id of the network."""
