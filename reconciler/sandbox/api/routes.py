"""The calls of the API: routing by path, in one place, from a request to its response."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson
from pydantic import JsonValue
from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response

from reconciler.kinds.address import join, wire_path
from reconciler.kinds.base import Life
from reconciler.sandbox.api import collections
from reconciler.sandbox.api.collections import DIRECTORY, Listing, listing_of
from reconciler.sandbox.api.paths import Target
from reconciler.sandbox.api.responses import answer_reply, json_reply
from reconciler.sandbox.clock import moment_of, stamp
from reconciler.sandbox.domain import batch, copies, deletes, traffic
from reconciler.sandbox.domain.operations import Operation, once, perform
from reconciler.sandbox.domain.permissions import Caller, section_of
from reconciler.sandbox.domain.usage import usage_of
from reconciler.sandbox.problems import Refusal, bad_request, not_allowed, not_found
from reconciler.sandbox.service import Sandbox
from reconciler.sandbox.store import audit
from reconciler.sandbox.store.idempotency import Answer, Answers, fingerprint_of
from reconciler.sandbox.store.lookup import located, placed
from reconciler.sandbox.store.paging import page_request
from reconciler.sandbox.store.session import Session

_OPS = {"GET": "get", "POST": "create", "PATCH": "patch", "PUT": "put", "DELETE": "delete"}


@dataclass(frozen=True, slots=True)
class Call:
    """A request taken apart, with its body read."""

    method: str
    target: Target
    query: QueryParams
    headers: Headers
    body: bytes

    def json(self) -> JsonValue:
        """The body as JSON, null when there is none. Raises 400."""
        if not self.body:
            return None
        try:
            value: JsonValue = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise bad_request("malformed", f"the body is no JSON: {error}") from error
        return value

    def json_object(self) -> dict[str, JsonValue]:
        """The body as a JSON object. Raises 400."""
        value = self.json()
        if not isinstance(value, dict):
            raise bad_request("malformed", "the body is a JSON object")
        return value

    def since(self) -> str | None:
        """The `since` of the query. Raises 400."""
        text = self.query.get("since")
        try:
            return None if text is None else stamp(moment_of(text))
        except ValueError as error:
            raise bad_request("bad-since", str(error)) from error

    def flag(self, name: str) -> bool:
        """A true or false of the query, false when it is not there. Raises 400."""
        text = self.query.get(name, "false")
        if text not in ("true", "false"):
            raise bad_request("bad-query", f"{name} is true or false, not '{text}'")
        return text == "true"


@dataclass(frozen=True, slots=True)
class Context:
    """What answering a call takes."""

    sandbox: Sandbox
    session: Session
    caller: Caller
    answers: Answers
    call: Call


def respond(sandbox: Sandbox, caller: Caller, call: Call) -> Response:
    """Answer a call, in one transaction. Raises Refusal."""
    with sandbox.session(caller.user) as session:
        answers = Answers(session)
        response = _route(Context(sandbox, session, caller, answers, call))
        answers.flush()
        return response


def _route(at: Context) -> Response:
    call, names = at.call, at.call.target.names
    if call.target.verb is not None:
        return _verb(at, call.target.verb)
    if len(names) == 3 and names[0] == "agents" and names[2] == "status":
        return _only(at, PUT=_agent_status)
    if len(names) == 1 and names[0] in _FIXED:
        return _only(at, **_FIXED[names[0]])
    found = listing_of(names)
    if found is not None:
        return _collection(at, found)
    if names[0] in DIRECTORY and len(names) == 2:
        return _only(at, GET=_directory_entry)
    return _resource(at)


_Handler = Callable[[Context], Response]


def _only(at: Context, **handlers: _Handler) -> Response:
    handler = handlers.get(at.call.method)
    if handler is None:
        raise not_allowed(f"{at.call.method} is not for this path", *handlers)
    return handler(at)


# What is no resource


def _platform(at: Context) -> Response:
    return json_reply(at.sandbox.info(at.caller))


def _batch(at: Context) -> Response:
    most = at.sandbox.limits.batch
    operations = batch.operations_of(at.call.json_object(), at_most=most)
    return json_reply(batch.run(at.session, at.caller, operations, at.answers))


def _audit(at: Context) -> Response:
    addresses: Sequence[str] = at.call.query.getlist("address")
    page = page_request(at.call.query)
    since = at.call.since()
    return json_reply(audit.read(at.session, at.caller, page, addresses=addresses, since=since))


def _interactions(at: Context) -> Response:
    at.caller.require("campaigns", "view")
    campaign, page = at.call.query.get("campaign"), page_request(at.call.query)
    since = at.call.since()
    return json_reply(traffic.list_interactions(at.session, page, campaign=campaign, since=since))


def _record_interaction(at: Context) -> Response:
    # Traffic is what agents and customers do: it needs a token, and no right of administration.
    body = at.call.json_object()
    return _once(at, body, lambda: Answer(201, traffic.record_interaction(at.session, body)))


def _agent_status(at: Context) -> Response:
    user, body = at.call.target.names[1], at.call.json_object()
    return _once(at, body, lambda: Answer(200, traffic.set_agent_status(at.session, user, body)))


def _once(at: Context, body: JsonValue, act: Callable[[], Answer]) -> Response:
    call = at.call
    print_ = fingerprint_of(call.method, call.target.names, call.target.verb, str(call.query), body)
    return answer_reply(once(at.answers, call.headers.get("idempotency-key"), print_, act))


_FIXED: dict[str, dict[str, _Handler]] = {
    "platform": {"GET": _platform},
    "batch": {"POST": _batch},
    "audit": {"GET": _audit},
    "interactions": {"GET": _interactions, "POST": _record_interaction},
}


# Collections


def _collection(at: Context, found: Listing) -> Response:
    if at.call.method == "GET":
        return _list(at, found)
    if at.call.method == "DELETE" and found.collection == "blacklist":
        return _clear_blacklist(at)
    raise not_allowed("a collection is only read: POST to the address of an entry", "GET")


def _list(at: Context, found: Listing) -> Response:
    at.caller.require(found.section, "view")
    headers = {}
    if at.call.query.get("view") is None:
        etag = collections.etag_of(at.session, found, at.sandbox.lineage)
        if _matches(at.call.headers.get("if-none-match"), etag):
            return Response(status_code=304, headers={"ETag": etag})
        headers["ETag"] = etag
    page = page_request(at.call.query)
    return json_reply(collections.page(at.session, found, page, at.call.query), headers=headers)


def _matches(if_none_match: str | None, etag: str) -> bool:
    if if_none_match is None:
        return False
    sent = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return etag in sent or "*" in sent


def _clear_blacklist(at: Context) -> Response:
    at.caller.require("blacklist", "delete")
    customer, campaign = at.call.query.get("customer"), at.call.query.get("campaign")
    if (customer is None) == (campaign is None):
        raise bad_request("bad-query", "say which: ?customer= or ?campaign=")

    def clear() -> Answer:
        if customer is not None:
            count = deletes.clear_customer(at.session, customer)
        else:
            name = collections.campaign_name(at.session, campaign or "")
            count = deletes.clear_campaign(at.session, name)
        return Answer(200, orjson.dumps({"deleted": count}))

    return _once(at, None, clear)


def _directory_entry(at: Context) -> Response:
    at.caller.require("campaigns", "view")
    address = join(*at.call.target.names)
    stored = at.session.find(address)
    if stored is None:
        raise not_found(address)
    return json_reply(stored.body)


# Resources


def _resource(at: Context) -> Response:
    call, address = at.call, at.call.target.address
    op = _OPS.get(call.method)
    if op is None:
        raise not_allowed(f"{call.method} is not for resources", *_OPS)
    reads = op in ("get", "delete")
    operation = Operation(
        op,
        address,
        None if reads else call.json(),
        call.headers.get("if-match"),
        call.headers.get("idempotency-key"),
        require_unused=op == "delete" and call.flag("require_unused"),
    )
    answer = perform(at.session, at.caller, operation, at.answers)
    if op == "get" and _matches(call.headers.get("if-none-match"), answer.etag or ""):
        return Response(status_code=304, headers={"ETag": answer.etag or ""})
    headers = {}
    if answer.status == 201 and answer.body is not None:
        headers["Location"] = "/v1/" + wire_path(orjson.loads(answer.body)["address"])
    return answer_reply(answer, headers)


# Verbs


def _verb(at: Context, verb: str) -> Response:
    if verb == "usage":
        return _only(at, GET=_usage)
    if verb == "rename":
        return _only(at, POST=_rename)
    if verb == "copyMembers":
        return _only(at, POST=_copy_members)
    raise Refusal(404, "not-found", f"there is no :{verb} here")


def _usage(at: Context) -> Response:
    address = at.call.target.address
    at.caller.require(section_of(placed(address).kind), "view")
    stored = located(at.session, address)
    return json_reply(orjson.dumps(usage_of(at.session, [stored])[stored.address]))


def _rename(at: Context) -> Response:
    call = at.call
    operation = Operation(
        "rename",
        call.target.address,
        call.json(),
        call.headers.get("if-match"),
        call.headers.get("idempotency-key"),
    )
    return answer_reply(perform(at.session, at.caller, operation, at.answers))


def _copy_members(at: Context) -> Response:
    at.caller.require("campaigns", "view")
    at.caller.require("campaigns", "update")
    address, body = at.call.target.address, at.call.json_object()
    if placed(address).kind.life is not Life.ENTRY or len(at.call.target.names) != 2:
        raise not_found(f"{address}:copyMembers")
    if_match = at.call.headers.get("if-match")
    return _once(at, body, lambda: copies.copy_members(at.session, address, body, if_match))
