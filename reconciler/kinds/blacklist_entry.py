"""BlacklistEntry: `blacklist/{customer}`, for all campaigns or for one. It has no fields.

The customer is a phone (E.164), an e-mail (lower case) or a social id with its network
(`instagram:213432525`) (DOMAIN, doc). Lists of entries are never complete.
"""

from __future__ import annotations

from reconciler.kinds.base import Body, Kind, Qualifier, Scope
from reconciler.kinds.values.channel_types import SOCIAL_NETWORKS
from reconciler.kinds.values.customers import clean_customer


class BlacklistEntry(Body):
    """A customer who must not be contacted."""


BLACKLIST_ENTRY = Kind(
    name="BlacklistEntry",
    noun="blacklist entry",
    plural="blacklist entries",
    collection="blacklist",
    scope=Scope.EITHER,
    identity="customer",
    bodies={"": BlacklistEntry},
    clean_identity=clean_customer,
    qualifier=Qualifier(
        key="channel",
        values=SOCIAL_NETWORKS,
        description="The network of a social id. Leave it out for a phone or an e-mail.",
    ),
    identity_help="A phone (E.164), an e-mail (lower case), or a social id with its network: "
    "`instagram:213432525`.",
    has_complete_lists=False,
    permission_section="blacklist",
)
