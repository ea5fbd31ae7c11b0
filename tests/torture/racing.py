"""The small estate that things come at a bad moment to, and a plan of it in two layers."""

from __future__ import annotations

from pathlib import Path

from reconciler.manifests.desired import Desired
from tests.planning.plan_worlds import desired, wanted
from tests.torture.world import World

LUNCH = "statuses/Lunch"
TEA = "statuses/Tea"


def small_world(folder: Path) -> World:
    """A platform with one of each thing that plans here touch."""
    return World(
        folder,
        [
            {"address": TEA, "icon": "cup"},
            {"address": "statuses/Nap", "icon": "bed"},
            {"address": "dispositions/Sale"},
            {"address": "dispositions/Sale/Done"},
            {"address": "campaigns/Old"},
            {"address": "campaigns/Old/statuses/Away"},
        ],
    )


def two_layers(icon: str = "mug") -> Desired:
    """An update, a campaign, and what needs the campaign."""
    return desired(
        wanted(TEA, {"icon": icon}),
        wanted("campaigns/New", {}),
        wanted("campaigns/New/statuses/Own", {"icon": "x"}),
        wanted("campaigns/New/channels/webchat", {"enabled": True, "connector": "web"}),
    )
