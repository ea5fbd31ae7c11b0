"""One number for what the manifests say, whatever their layout, formatting and comments."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import orjson

from reconciler.manifests.desired import DesiredList, DesiredResource


def digest_of(resources: Mapping[str, DesiredResource], lists: Mapping[str, DesiredList]) -> str:
    """SHA-256 over the compiled content, in the order of identities; places do not count."""
    digest = hashlib.sha256()
    dumps, sort = orjson.dumps, orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    for key in sorted(resources):
        one = resources[key]
        life = one.lifecycle
        digest.update(
            dumps(
                [
                    one.address,
                    one.kind.name,
                    one.fields,
                    one.form,
                    [life.protect, life.on_remove, sorted(life.ignore)],
                    one.renamed_from,
                    one.removes,
                ],
                option=sort,
            )
        )
    for key in sorted(lists):
        listed = lists[key]
        removes = sorted(address for address, _ in listed.removes)
        digest.update(dumps(["list", listed.address, listed.complete, removes], option=sort))
    return digest.hexdigest()
