"""BlacklistEntry: `blacklist/{customer}`, for all campaigns or for one. It exists or it does not.

The customer is a phone (E.164), an e-mail (lower case) or a social id; there is nothing to edit
(DOMAIN, doc). A blacklist is never complete: what a manifest lists is ensured, no more.
"""

from __future__ import annotations

from reconciler.kinds.base import Body, Kind, Scope
from reconciler.kinds.names import clean_customer


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
    complete=False,
    personal=True,
)
