"""The files of a new project: small, commented, valid, and usable with an empty sandbox."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError

from reconciler.kinds.values.names import Name
from reconciler.manifests.files.discovery import APPROVALS, ENVIRONMENTS, PROJECT_FILE
from reconciler.manifests.yaml.writer import to_yaml

_ANY_NAME = "contact-centre"

_PROJECT = """\
# The project that owns the resources declared here. The state stores the name: do not change it
# after the first apply.
{project}
# An exclusive collection has only the entries in git. Without this line, entries that people
# create by hand are listed as unmanaged and never changed.
# ownership: {{statuses: exclusive}}

# Which plans are mass changes, and over how many days use counts.
# guards: {{mass-change: {{count: 20, percent: 30}}, delete-in-use: {{recent_days: 30}}}}
"""

_ENVIRONMENT = """\
# The sandbox on your machine: `reconciler sandbox --seed empty`. Every environment has its file
# and is bound to the id of one platform.
platform: {url: "http://127.0.0.1:8350", id: acme-dev}

# Values for ${{ … }} in the manifests.
variables:
  greeting: Hello from development!

# When an apply here needs an approval.
# freeze:
#   time_zone: America/Montevideo
#   weekly: {fri: ["18:00-24:00"], sat: ["00:00-24:00"]}
#   dated:
#     - {from: 2026-12-20, to: 2026-12-27, reason: "Christmas season"}
"""

_SALES = """\
# A campaign and its resources. Keys that are left out are unmanaged: shown, never changed.
kind: Campaign
name: Sales
time_zone: America/Montevideo
schedule:                       # or: always, never
  mon: ["09:00-13:00", "15:00-19:00"]
  tue: ["09:00-19:00"]          # a day left out is closed
channels:                       # a type left out is unmanaged
  webchat: {enabled: true, connector: web-uruguay, welcome: {en: "${{ greeting }}"}}
members:                        # complete and in order
  - ana
  - {user: luis, penalty: 10}
dispositions:
  - Sold
  - name: Refund
    levels: [Full, Partial]
statuses:
  - {name: Coaching, icon: headset, color: "#3366ff"}
---
# A global status: every campaign has it.
kind: Status
name: Lunch
icon: utensils
"""

_APPROVALS = """\
# Reviewed exceptions to guards. A blocked plan prints the entry to paste here; `environment`,
# `expires` and `up_to` are optional.
#
# - {guard: delete-in-use, address: statuses/Lunch, reason: "merged into Break", by: maria,
#    environment: dev, expires: 2026-12-31}
"""

_ATTRIBUTES = b"""\
# Line ends are LF in every checkout, also on Windows. reconciler reads CRLF as LF; this keeps
# the files identical.
* text=auto eol=lf
"""

_IGNORED = b"""\
# The state on this machine; saved plans, which contain customers' data, and their signatures;
# private keys.
.reconciler/
/*.json
/*.json.sig
/plans/
*.pem
!*.pub.pem
"""


def project_files(name: str) -> Mapping[str, bytes]:
    """The files of a new project, by path; the project is called `name` if that is a valid name."""
    try:
        project = TypeAdapter[str](Name).validate_python(name)
    except ValidationError:
        project = _ANY_NAME
    line = to_yaml([{"project": project}]).decode()
    files = {
        PROJECT_FILE: _PROJECT.format(project=line),
        f"{ENVIRONMENTS}/dev.yaml": _ENVIRONMENT,
        "campaigns/sales.yaml": _SALES,
        f"{APPROVALS}/approvals.yaml": _APPROVALS,
    }
    return {**{path: text.encode() for path, text in files.items()}, **git_files()}


def git_files() -> Mapping[str, bytes]:
    """Git's settings for a project folder, by path."""
    return {".gitattributes": _ATTRIBUTES, ".gitignore": _IGNORED}
