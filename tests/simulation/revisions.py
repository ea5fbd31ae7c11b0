"""The revisions of a project in a story, drawn at random from a small set of resources.

Names and values are few, so projects, revisions and people often use the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from random import Random

from reconciler.kinds.address import Address, child, identity, name_of, parent_of
from reconciler.kinds.base import Fields, Life, Renaming
from reconciler.kinds.registry import KINDS, parse_address
from reconciler.live.platform import Connector
from reconciler.manifests.desired import (
    Desired,
    DesiredList,
    DesiredResource,
    Form,
    Lifecycle,
    OnRemove,
)
from reconciler.manifests.loading.collector import Collector, CopiedList
from reconciler.manifests.loading.members import resolve_copies
from reconciler.manifests.source import Source

USERS = ("ana", "luis", "pia", "eva")
FORMS = ("customer data",)
CONNECTORS = (
    Connector("phone", "telephony", ("+59829001234", "+59829005678")),
    Connector("mail", "email"),
    Connector("web", "webchat"),
)
CAMPAIGNS = ("North", "South")

_STATUS: tuple[Fields, ...] = ({"icon": "fork"}, {"icon": "cup"}, {"color": "#112233"}, {})
_TEMPLATE: tuple[Fields, ...] = (
    {"type": "text", "content": "Hello"},
    {"type": "text", "content": "Good day"},
)
_DISPOSITION: tuple[Fields, ...] = (
    {"enabled": True},
    {"enabled": False},
    {"text_code": "OK"},
    {"actions": {"respool": True}},
)
_QUALITY: tuple[Fields, ...] = (
    {"description": "How we speak"},
    {"categories": [{"name": "Greeting", "questions": [{"text": "Polite?"}]}]},
)
_HOLIDAY: tuple[Fields, ...] = (
    {"date": "2027-05-01", "campaigns": "all"},
    {"date": "2027-05-02", "campaigns": ["North"]},
    {"date": "2027-05-01", "recurring": True, "campaigns": ["North", "South"]},
)
_CAMPAIGN: tuple[Fields, ...] = (
    {"time_zone": "America/Montevideo"},
    {"time_zone": "Asia/Tokyo", "schedule": {"mon": ["09:00-13:00"], "tue": ["10:00-19:00"]}},
    {"enabled": False},
    {"quality_models": ["Courtesy"], "forms": ["customer data"]},
    {"schedule": "never"},
)
_EMAIL: tuple[Fields, ...] = (
    {"enabled": True, "connector": "mail"},
    {"enabled": True, "connector": "mail", "signature": "Regards"},
    {"enabled": True, "connector": "mail", "signature": "Sig"},
    {"enabled": False},
)
_TELEPHONY: tuple[Fields, ...] = (
    {"enabled": True, "connector": "phone", "numbers": ["+59829001234"]},
    {"enabled": True, "connector": "phone", "numbers": ["+59829005678"], "wrap_up_seconds": 20},
    {"block_inbound": False},
)
_WEBCHAT: tuple[Fields, ...] = ({"enabled": True}, {"enabled": True, "welcome": {"en": "Hi"}})
_CONTACT: tuple[Fields, ...] = (
    {"contact_name": "Rosa", "phone": "+59829000009"},
    {"contact_name": "Rosa M.", "phone": "+59829000009", "email": "rosa@example.com"},
)
_MEMBERS: tuple[Fields, ...] = tuple(
    {"members": [{"user": user, **more} for user, more in entry]}
    for entry in (
        (("ana", {}), ("luis", {})),
        (("luis", {}), ("ana", {"penalty": 10})),
        (("pia", {}),),
        (),
        (("eva", {"channels": {"email": {"receive": False}}}), ("ana", {})),
    )
)

_GLOBAL: Mapping[str, tuple[Fields, ...]] = {
    "statuses/Lunch": _STATUS,
    "statuses/Tea": _STATUS,
    "statuses/Ñandú": _STATUS,
    "statuses/Break": _STATUS,
    "templates/Regards": _TEMPLATE,
    "templates/Farewell": _TEMPLATE,
    "templates/a%2Fb": _TEMPLATE,
    "dispositions/Sale": _DISPOSITION,
    "dispositions/Sale/Done": _DISPOSITION,
    "dispositions/Sale/Done/Paid": _DISPOSITION,
    "dispositions/Sale/Open": _DISPOSITION,
    "dispositions/Refund": _DISPOSITION,
    "dispositions/Refund/50%25": _DISPOSITION,
    "quality_models/Courtesy": _QUALITY,
    "quality_models/Speed": _QUALITY,
    "holidays/May Day": _HOLIDAY,
    "holidays/Carnival": _HOLIDAY,
    "blacklist/+59829000001": ({},),
    "blacklist/ana@example.com": ({},),
    "contacts/+59829000009": _CONTACT,
}
_OWN: Mapping[str, tuple[Fields, ...]] = {
    "": _CAMPAIGN,
    "channels/email": _EMAIL,
    "channels/telephony": _TELEPHONY,
    "channels/webchat": _WEBCHAT,
    "members": _MEMBERS,
    "statuses/Coaching": _STATUS,
    "statuses/Training": _STATUS,
    "templates/Sig": _TEMPLATE,
    "dispositions/Won": _DISPOSITION,
    "dispositions/Won/Big": _DISPOSITION,
    "blacklist/+59829000002": ({},),
    "contacts/+59829000009": _CONTACT,
}
VARIANTS: Mapping[str, tuple[Fields, ...]] = {
    **_GLOBAL,
    **{
        f"campaigns/{name}/{below}".rstrip("/"): variants
        for name in CAMPAIGNS
        for below, variants in _OWN.items()
    },
}
"""All possible addresses, with the values that git and people set."""

_SIBLINGS: Mapping[str, tuple[str, ...]] = {
    old: tuple(new for new in VARIANTS if parent_of(new) == parent_of(old) and new != old)
    for old in VARIANTS
}

LISTS = (
    "dispositions/Sale",
    "dispositions/Sale/Done",
    "dispositions/Refund",
    *(
        f"campaigns/{name}/{below}"
        for name in CAMPAIGNS
        for below in ("statuses", "templates", "dispositions", "dispositions/Won")
    ),
)
"""The lists that can be complete, or managed in part."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One resource in a revision; `variant` is one of its `VARIANTS`."""

    address: str
    variant: int = 0
    form: Form = "standalone"
    protect: bool | None = None
    on_remove: OnRemove = "delete"
    ignore: tuple[str, ...] = ()
    renamed_from: str = ""
    removes: tuple[str, ...] | None = None
    copy_from: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list in a revision: complete, or `removes` some addresses."""

    address: str
    removes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """The manifests of a project at one commit."""

    declared: Mapping[str, Declared] = field(default_factory=dict)
    lists: Mapping[str, Listed] = field(default_factory=dict)
    exclusive: tuple[str, ...] = ()
    strangers: bool = False
    """Whether it may refer to resources, or be in campaigns, that it does not declare."""

    def without(self, dropped: frozenset[str]) -> Revision:
        """The revision without some addresses and lists, and their descendants."""
        if not dropped:
            return self
        return _sound(
            replace(
                self,
                declared={k: v for k, v in self.declared.items() if not _is_in(k, dropped)},
                lists={k: v for k, v in self.lists.items() if not _is_in(f"{k}/*", dropped)},
            )
        )


def _is_in(address: str, dropped: frozenset[str]) -> bool:
    return any(address == item or address.startswith(f"{item}/") for item in dropped)


def first(random: Random, features: frozenset[str], addresses: tuple[str, ...]) -> Revision:
    """A first revision with some of these addresses."""
    revision = Revision(
        exclusive=("statuses",) if "exclusive" in features else (),
        strangers="strangers" in features,
    )
    for address in addresses:
        if random.random() < 0.6:
            revision = _put(revision, _drawn(random, address))
    for address in LISTS:
        if random.random() < 0.3:
            revision = _list_changed(random, revision, features, address)
    return _sound(revision)


def following(
    random: Random, before: Revision, features: frozenset[str], addresses: tuple[str, ...]
) -> Revision:
    """The next commit: a few edits, without the earlier renames."""
    declared = {k: replace(v, renamed_from="") for k, v in before.declared.items()}
    revision = replace(before, declared=declared)
    for _ in range(random.choice((1, 1, 2, 3, 5))):
        revision = _edited(random, revision, features, addresses)
    if "rename" in features and random.random() < 0.6:
        revision = _renamed(random, revision)
    return _sound(revision)


def branched(
    random: Random, before: Revision, features: frozenset[str], focus: tuple[str, ...]
) -> Revision:
    """A commit that changes how one of the resources in focus is managed."""
    revision = replace(
        before, declared={k: replace(v, renamed_from="") for k, v in before.declared.items()}
    )
    for _ in range(random.choice((1, 1, 1, 2))):
        address = random.choice(focus)
        one = revision.declared.get(address)
        if one is None:
            treatment = {"protect": random.choice((None, True))} if "protect" in features else {}
            revision = _put(revision, replace(_drawn(random, address), **treatment))
        elif random.random() < 0.45:
            revision = _taken(revision, address)
        elif "protect" in features and random.random() < 0.5:
            revision = _put(revision, replace(one, protect=not one.protect))
        else:
            revision = _treated(random, revision, features, one)
    return _sound(revision)


def without_all(revision: Revision, addresses: tuple[str, ...]) -> Revision:
    """The revision before these were declared in it."""
    return revision.without(frozenset(addresses))


def _drawn(random: Random, address: str) -> Declared:
    return Declared(address, random.randrange(len(VARIANTS[address])))


def _put(revision: Revision, one: Declared) -> Revision:
    return replace(revision, declared={**revision.declared, one.address: one})


def _taken(revision: Revision, address: str) -> Revision:
    declared = {k: v for k, v in revision.declared.items() if k != address}
    return replace(revision, declared=declared)


def _edited(
    random: Random, revision: Revision, features: frozenset[str], addresses: tuple[str, ...]
) -> Revision:
    address = random.choice(addresses)
    one = revision.declared.get(address)
    if one is None:
        return _put(revision, _drawn(random, address))
    roll = random.random()
    if roll < 0.25:
        return _taken(revision, address)
    if roll < 0.6:
        return _put(revision, replace(one, variant=random.randrange(len(VARIANTS[address]))))
    return _treated(random, revision, features, one)


def _treated(
    random: Random, revision: Revision, features: frozenset[str], one: Declared
) -> Revision:
    """One of the rarer edits, if its feature is on."""
    rare = ("protect", "protect", "keep", "ignore", "standalone")
    choices = [what for what in rare if what in features]
    choices += ["members", "members"] if one.address.endswith("/members") else ["lists"]
    what = random.choice(choices)
    if what == "lists":
        return _list_changed(random, revision, features, random.choice(LISTS))
    if what == "members":
        return _put(revision, _members_changed(random, features, one))
    if what == "protect":
        one = replace(one, protect=random.choice((True, True, False, None)))
    elif what == "keep":
        one = replace(one, on_remove="delete" if one.on_remove == "keep" else "keep")
    elif what == "ignore":
        names = sorted(VARIANTS[one.address][one.variant])
        one = replace(one, ignore=() if one.ignore else tuple(names[:1]))
    else:
        one = replace(one, form="nested" if one.form == "standalone" else "standalone")
    return _put(revision, one)


def _members_changed(random: Random, features: frozenset[str], one: Declared) -> Declared:
    if "copy_from" in features and random.random() < 0.5:
        other = next(name for name in CAMPAIGNS if f"campaigns/{name}/members" != one.address)
        return replace(one, copy_from=other, removes=())
    if "partial" in features and one.removes is None:
        return replace(one, removes=tuple(random.sample(USERS, random.randrange(2))))
    return replace(one, copy_from="", removes=None)


def _renamed(random: Random, revision: Revision) -> Revision:
    """Rename one resource to an undeclared sibling's name; its descendants move."""
    pairs = [
        (old, new)
        for old in sorted(revision.declared)
        if parse_address(old).kind.renaming is not Renaming.NEVER
        for new in _SIBLINGS[old]
        if new not in revision.declared
    ]
    if not pairs:
        return revision
    old, address = random.choice(pairs)
    moved = replace(revision.declared[old], address=address, renamed_from=name_of(old))
    declared: dict[str, Declared] = {}
    for key, item in revision.declared.items():
        if key == old:
            declared[address] = moved
        elif key.startswith(f"{old}/"):
            below = address + key[len(old) :]
            if below in VARIANTS:
                declared[below] = replace(item, address=below)
        else:
            declared.setdefault(key, item)
    return replace(revision, declared=declared)


def _list_changed(
    random: Random, revision: Revision, features: frozenset[str], address: str
) -> Revision:
    if address in revision.lists:
        return replace(revision, lists={k: v for k, v in revision.lists.items() if k != address})
    if "partial" in features and random.random() < 0.4:
        below = [variant for variant in VARIANTS if parent_of(variant) == address]
        removes = tuple(random.sample(below, min(len(below), 1)))
        return replace(revision, lists={**revision.lists, address: Listed(address, removes)})
    if "lists" in features:
        return replace(revision, lists={**revision.lists, address: Listed(address)})
    return revision


def _sound(revision: Revision) -> Revision:
    """What the loader would accept: levels with their upper level, copies of what is there,
    nothing both declared and removed, lists of what is declared."""
    declared = dict(revision.declared)
    for address in sorted(declared, key=_file_order):
        upper = parent_of(address)
        lost = parse_address(address).kind.is_tree and upper in VARIANTS and upper not in declared
        if lost or not (revision.strangers or _campaign_of(address) in ("", *declared)):
            del declared[address]
    if not revision.strangers:
        for address in sorted(declared, key=_file_order):
            _refer_to_declared(declared, address)
    for address in list(declared):
        declared[address] = _sound_alone(declared, address)
    lists = {
        key: replace(
            item, removes=None if item.removes is None else _others(item.removes, declared)
        )
        for key, item in revision.lists.items()
        if (_campaign_of(key) or key) in declared and (key in declared or key not in VARIANTS)
    }
    return replace(revision, declared=declared, lists=lists)


def _sound_alone(declared: Mapping[str, Declared], address: str) -> Declared:
    """A declaration without what is not valid at its address."""
    one = declared[address]
    source = declared.get(f"campaigns/{one.copy_from}/members")
    if one.copy_from and (source is None or source.copy_from):
        one = replace(one, copy_from="", removes=None)
    if one.removes:
        named = {identity(name) for name in _users(one)}
        one = replace(one, removes=tuple(name for name in one.removes if name not in named))
    if parse_address(address).kind.is_tree and address.count("/") > 1:
        one = replace(one, form="nested")
    if _campaign_of(address) not in ("", *declared):
        one = replace(one, form="standalone")
    return one


def _refer_to_declared(declared: dict[str, Declared], address: str) -> None:
    """Use the next value that refers only to declared resources, or remove the resource."""
    one, known = declared[address], {identity(key) for key in declared}
    variants = VARIANTS[address]
    for step in range(len(variants)):
        variant = (one.variant + step) % len(variants)
        if _names(address, variant) <= known:
            declared[address] = replace(one, variant=variant)
            return
    del declared[address]


@lru_cache(maxsize=4096)
def _names(address: str, variant: int) -> frozenset[str]:
    """The identities of the declarable resources that a value refers to."""
    kind, fields = parse_address(address).kind, VARIANTS[address][variant]
    found: set[str] = set()
    for reference in kind.references(Address(address), fields):
        managed = [c for c in reference.candidates if c in VARIANTS]
        if managed:
            found.add(identity(managed[-1]))
    return frozenset(found)


def _others(removes: tuple[str, ...], declared: Mapping[str, Declared]) -> tuple[str, ...]:
    return tuple(remove for remove in removes if remove not in declared)


def _users(one: Declared) -> Iterator[str]:
    members = VARIANTS[one.address][one.variant]["members"]
    for member in members if isinstance(members, list) else ():
        if isinstance(member, dict):
            yield str(member["user"])


def _campaign_of(address: str) -> str:
    parts = address.split("/")
    return "/".join(parts[:2]) if parts[0] == "campaigns" and len(parts) > 2 else ""


# ---- conversion to desired state --------------------------------------------------------------


def desired_of(revision: Revision) -> Desired:
    """The desired state of a revision."""
    estate = Collector()
    for address in _in_file_order(revision):
        one = revision.declared[address]
        resource = _resource(one)
        if one.copy_from:
            of = child("campaigns", one.copy_from, "members")
            estate.add_copied(CopiedList(resource, of, Source("members.yaml", 1)))
        else:
            estate.add(resource)
    for listed in revision.lists.values():
        estate.add_list(_list(listed))
    for collection in revision.exclusive:
        estate.add_list(DesiredList(collection, Source("reconciler.yaml", 1)))
    resolve_copies(estate)
    assert not estate.problems, estate.problems
    return Desired(estate.resources, estate.lists, "simulated")


_ORDER = {kind.name: place for place, kind in enumerate(KINDS)}


def _in_file_order(revision: Revision) -> list[str]:
    return sorted(revision.declared, key=_file_order)


@lru_cache(maxsize=4096)
def _file_order(address: str) -> tuple[int, int, str]:
    return address.count("/"), _ORDER[parse_address(address).kind.name], address


@lru_cache(maxsize=65536)
def _resource(one: Declared) -> DesiredResource:
    kind = parse_address(one.address).kind
    fields = kind.normalized(one.address, VARIANTS[one.address][one.variant])
    old = child(parent_of(one.address), one.renamed_from) if one.renamed_from else None
    ignore = frozenset(one.ignore) & frozenset(kind.field_names(one.address))
    return DesiredResource(
        address=Address(one.address),
        kind=kind,
        fields=fields,
        source=Source(f"{kind.collection}.yaml", 1 + sorted(VARIANTS).index(one.address)),
        form=one.form if kind.life is Life.ENTRY else "nested",
        lifecycle=Lifecycle(one.protect, one.on_remove, ignore),
        renamed_from=old,
        removes=one.removes,
    )


@lru_cache(maxsize=4096)
def _list(listed: Listed) -> DesiredList:
    source = Source("lists.yaml", 1)
    if listed.removes is None:
        return DesiredList(listed.address, source)
    removes = tuple((Address(remove), source) for remove in listed.removes)
    return DesiredList(listed.address, source, complete=False, removes=removes)
