"""A project to start from: small, commented, valid, and at home on an empty sandbox."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError

from reconciler.kinds.values.names import Name
from reconciler.manifests.files.discovery import APPROVALS, ENVIRONMENTS, PROJECT_FILE
from reconciler.manifests.yaml.writer import to_yaml

_ANY_NAME = "contact-centre"

_PROJECT = """\
# The project: who owns what is declared here. The name is kept in the state, so leave it as it is
# once something has been applied.
{project}
# A collection that is exclusive holds nothing else than what git says; without this line, what
# people make by hand is listed as unmanaged and left alone.
# ownership: {{statuses: exclusive}}

# How much at once is too much, and how far back use still counts.
# guards: {{mass-change: {{count: 20, percent: 30}}, delete-in-use: {{recent_days: 30}}}}
"""

_ENVIRONMENT = """\
# The sandbox on your own machine: `reconciler sandbox --seed empty`. Every environment is a file
# of its own and is bound to the id of one platform.
platform: {url: "http://127.0.0.1:8350", id: acme-dev}

# What ${{ … }} in the manifests stands for here.
variables:
  greeting: Hello from development!

# When nothing is applied here, unless an approval says so.
# freeze:
#   time_zone: America/Montevideo
#   weekly: {fri: ["18:00-24:00"], sat: ["00:00-24:00"]}
#   dated:
#     - {from: 2026-12-20, to: 2026-12-27, reason: "Christmas season"}
"""

_SALES = """\
# A campaign and what belongs to it. What is left out is not managed: it is shown, never changed.
kind: Campaign
name: Sales
time_zone: America/Montevideo
schedule:                       # or: always, never
  mon: ["09:00-13:00", "15:00-19:00"]
  tue: ["09:00-19:00"]          # a day left out is closed
channels:                       # a type left out is left alone
  webchat: {enabled: true, connector: web-uruguay, welcome: {en: "${{ greeting }}"}}
members:                        # complete, and in this order
  - ana
  - {user: luis, penalty: 10}
dispositions:
  - Sold
  - name: Refund
    levels: [Full, Partial]
statuses:
  - {name: Coaching, icon: headset, color: "#3366ff"}
---
# Global: every campaign has it.
kind: Status
name: Lunch
icon: utensils
"""

_APPROVALS = """\
# Exceptions to guards, reviewed like everything else. A plan that is blocked prints the entry to
# paste here; `environment`, `expires` and `up_to` may be left out.
#
# - {guard: delete-in-use, address: statuses/Lunch, reason: "merged into Break", by: maria,
#    environment: dev, expires: 2026-12-31}
"""

_ATTRIBUTES = b"""\
# Line ends are LF in every checkout, also on Windows. reconciler reads CRLF as LF anyway; this
# keeps the files themselves the same.
* text=auto eol=lf
"""

_IGNORED = b"""\
# What reconciler remembers on this machine; saved plans, which hold customers' data, and their
# signatures; and private keys.
.reconciler/
/*.json
/*.json.sig
/plans/
*.pem
!*.pub.pem
"""


def project_files(name: str) -> Mapping[str, bytes]:
    """The files of a new project, by their path; it is called `name` where that is a name."""
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
    """What git is told about a project's folder, by path."""
    return {".gitattributes": _ATTRIBUTES, ".gitignore": _IGNORED}
