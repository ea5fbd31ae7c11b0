"""A digest of what the manifests declare, independent of layout, formatting and comments."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import orjson

from reconciler.manifests.desired import DesiredList, DesiredResource


def digest_of(resources: Mapping[str, DesiredResource], lists: Mapping[str, DesiredList]) -> str:
    """The SHA-256 of the compiled content, in the order of identities; places do not count."""
    digest = hashlib.sha256()
    dumps, sort = orjson.dumps, orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    for key in sorted(resources):
        resource = resources[key]
        lifecycle = resource.lifecycle
        digest.update(
            dumps(
                [
                    resource.address,
                    resource.kind.name,
                    resource.fields,
                    resource.form,
                    [lifecycle.protect, lifecycle.on_remove, sorted(lifecycle.ignore)],
                    resource.renamed_from,
                    resource.removes,
                ],
                option=sort,
            )
        )
    for key in sorted(lists):
        listed = lists[key]
        removes = sorted(address for address, _ in listed.removes)
        digest.update(dumps(["list", listed.address, listed.complete, removes], option=sort))
    return digest.hexdigest()
