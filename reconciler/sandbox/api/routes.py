"""Routes a request by its path and method, and builds the response."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson
from pydantic import JsonValue
from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response

from reconciler.kinds.address import join, wire_path
from reconciler.kinds.base import Life
from reconciler.kinds.registry import parse_address
from reconciler.kinds.values.refusal import full_message
from reconciler.sandbox.api.service import Sandbox
from reconciler.sandbox.clock import moment_of, stamp
from reconciler.sandbox.domain import batch, collections, deletes, operations, traffic
from reconciler.sandbox.domain.collections import DIRECTORY, Listing, listing_of
from reconciler.sandbox.domain.operations import Operation, once, perform
from reconciler.sandbox.domain.usage import usage_of
from reconciler.sandbox.paths import Target
from reconciler.sandbox.permissions import SECTIONS, Caller
from reconciler.sandbox.problems import CONTENT_TYPE, Refusal, bad_request, not_allowed, not_found
from reconciler.sandbox.responses import json_reply
from reconciler.sandbox.store import audit
from reconciler.sandbox.store.idempotency import Answer, Answers, fingerprint_of
from reconciler.sandbox.store.lookup import located, placed
from reconciler.sandbox.store.paging import page_request
from reconciler.sandbox.store.session import Session

_OPS = {"GET": "get", "POST": "create", "PATCH": "patch", "PUT": "put", "DELETE": "delete"}


@dataclass(frozen=True, slots=True)
class Call:
    """A parsed request: method, target, query, headers and body."""

    method: str
    target: Target
    query: QueryParams
    headers: Headers
    body: bytes

    def json(self) -> JsonValue:
        """The body as JSON, or None when it is empty. Raises 400."""
        if not self.body:
            return None
        try:
            value: JsonValue = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise bad_request("malformed", f"the body is not valid JSON: {error}") from error
        return value

    def json_object(self) -> dict[str, JsonValue]:
        """The body as a JSON object. Raises 400."""
        value = self.json()
        if not isinstance(value, dict):
            raise bad_request("malformed", "the body must be a JSON object")
        return value

    def since(self) -> str | None:
        """The query's `since` as a timestamp, or None. Raises 400."""
        text = self.query.get("since")
        try:
            return None if text is None else stamp(moment_of(text))
        except ValueError as error:
            raise bad_request("bad-since", str(error)) from error

    def flag(self, name: str) -> bool:
        """A boolean of the query, False by default. Raises 400."""
        text = self.query.get(name, "false")
        if text not in ("true", "false"):
            raise bad_request("bad-query", f"{name} must be true or false, not '{text}'")
        return text == "true"


@dataclass(frozen=True, slots=True)
class _Request:
    """Everything a handler needs to answer one call."""

    sandbox: Sandbox
    session: Session
    caller: Caller
    answers: Answers
    call: Call


def respond(sandbox: Sandbox, caller: Caller, call: Call) -> Response:
    """Answer a call in one transaction. Raises Refusal."""
    with sandbox.session(caller.user) as session:
        answers = Answers(session)
        response = _route(_Request(sandbox, session, caller, answers, call))
        answers.flush()
        return response


def _route(request: _Request) -> Response:
    call, names = request.call, request.call.target.names
    if call.target.verb is not None:
        return _verb(request, call.target.verb)
    if len(names) == 3 and names[0] == "agents" and names[2] == "status":
        return _by_method(request, PUT=_agent_status)
    if len(names) == 1 and names[0] in _FIXED:
        return _by_method(request, **_FIXED[names[0]])
    listing = listing_of(names)
    if listing is not None:
        return _collection(request, listing)
    if names[0] in DIRECTORY and len(names) == 2:
        return _by_method(request, GET=_directory_entry)
    return _resource(request)


def answer_reply(answer: Answer, headers: dict[str, str] | None = None) -> Response:
    """The response for an operation's answer."""
    sent = {**answer.headers, **(headers or {})}
    if answer.etag is not None:
        sent["ETag"] = answer.etag
    if answer.replayed:
        sent["Idempotency-Replayed"] = "true"
    kind = CONTENT_TYPE if answer.status >= 400 else "application/json"
    media_type = None if answer.body is None else kind
    return Response(answer.body, answer.status, sent, media_type=media_type)


_Handler = Callable[[_Request], Response]


def _by_method(request: _Request, **handlers: _Handler) -> Response:
    handler = handlers.get(request.call.method)
    if handler is None:
        raise not_allowed(f"{request.call.method} is not allowed on this path", *handlers)
    return handler(request)


# Fixed paths


def _platform(request: _Request) -> Response:
    return json_reply(request.sandbox.info(request.caller))


def _batch(request: _Request) -> Response:
    most = request.sandbox.limits.batch
    batched = batch.operations_of(request.call.json_object(), at_most=most)
    return json_reply(batch.run(request.session, request.caller, batched, request.answers))


def _audit(request: _Request) -> Response:
    addresses: Sequence[str] = request.call.query.getlist("address")
    page = page_request(request.call.query)
    since = request.call.since()
    for section in _audit_sections(addresses):
        request.caller.require(section, "view")
    return json_reply(audit.read(request.session, page, addresses=addresses, since=since))


def _audit_sections(addresses: Sequence[str]) -> tuple[str, ...]:
    """The sections a caller must be able to view to read the log of these addresses."""
    if not addresses:
        return SECTIONS
    try:
        kinds = [parse_address(address).kind for address in addresses]
        return tuple(dict.fromkeys(kind.permission_section for kind in kinds))
    except ValueError as error:
        raise bad_request("bad-address", full_message(error)) from error


def _interactions(request: _Request) -> Response:
    request.caller.require("campaigns", "view")
    campaign, page = request.call.query.get("campaign"), page_request(request.call.query)
    since = request.call.since()
    return json_reply(
        traffic.list_interactions(request.session, page, campaign=campaign, since=since)
    )


def _record_interaction(request: _Request) -> Response:
    # Agents and customers create traffic: it needs a token, but no administration right.
    body = request.call.json_object()
    return _once(
        request, body, lambda: Answer(201, traffic.record_interaction(request.session, body))
    )


def _agent_status(request: _Request) -> Response:
    user, body = request.call.target.names[1], request.call.json_object()
    return _once(
        request, body, lambda: Answer(200, traffic.set_agent_status(request.session, user, body))
    )


def _once(request: _Request, body: JsonValue, act: Callable[[], Answer]) -> Response:
    call = request.call
    fingerprint = fingerprint_of(
        call.method, call.target.names, call.target.verb, str(call.query), body
    )
    return answer_reply(
        once(request.answers, call.headers.get("idempotency-key"), fingerprint, act)
    )


_FIXED: dict[str, dict[str, _Handler]] = {
    "platform": {"GET": _platform},
    "batch": {"POST": _batch},
    "audit": {"GET": _audit},
    "interactions": {"GET": _interactions, "POST": _record_interaction},
}


# Collections


def _collection(request: _Request, listing: Listing) -> Response:
    if request.call.method == "GET":
        return _list(request, listing)
    if request.call.method == "DELETE" and listing.collection == "blacklist":
        return _clear_blacklist(request)
    raise not_allowed("a collection is read-only: POST to the address of a new entry", "GET")


def _list(request: _Request, listing: Listing) -> Response:
    request.caller.require(listing.section, "view")
    headers = {}
    if request.call.query.get("view") is None:
        etag = collections.etag_of(request.session, listing, request.sandbox.lineage)
        if _is_current(request.call.headers.get("if-none-match"), etag):
            return Response(status_code=304, headers={"ETag": etag})
        headers["ETag"] = etag
    page = page_request(request.call.query)
    return json_reply(
        collections.page(request.session, listing, page, request.call.query), headers=headers
    )


def _is_current(if_none_match: str | None, current: str) -> bool:
    if if_none_match is None:
        return False
    accepted = [etag.strip().removeprefix("W/") for etag in if_none_match.split(",")]
    return current in accepted or "*" in accepted


def _clear_blacklist(request: _Request) -> Response:
    request.caller.require("blacklist", "delete")
    customer, campaign = request.call.query.get("customer"), request.call.query.get("campaign")
    if (customer is None) == (campaign is None):
        raise bad_request("bad-query", "send exactly one of ?customer= and ?campaign=")

    def clear() -> Answer:
        if customer is not None:
            count = deletes.clear_customer(request.session, customer)
        else:
            name = collections.campaign_name(request.session, campaign or "")
            count = deletes.clear_campaign(request.session, name)
        return Answer(200, orjson.dumps({"deleted": count}))

    return _once(request, None, clear)


def _directory_entry(request: _Request) -> Response:
    request.caller.require("campaigns", "view")
    address = join(*request.call.target.names)
    stored = request.session.find(address)
    if stored is None:
        raise not_found(address)
    return json_reply(stored.body)


# Resources


def _resource(request: _Request) -> Response:
    call, address = request.call, request.call.target.address
    op = _OPS.get(call.method)
    if op is None:
        raise not_allowed(f"{call.method} is not allowed on a resource", *_OPS)
    reads = op in ("get", "delete")
    operation = Operation(
        op,
        address,
        None if reads else call.json(),
        call.headers.get("if-match"),
        call.headers.get("idempotency-key"),
        require_unused=op == "delete" and call.flag("require_unused"),
    )
    answer = perform(request.session, request.caller, operation, request.answers)
    if op == "get" and _is_current(call.headers.get("if-none-match"), answer.etag or ""):
        return Response(status_code=304, headers={"ETag": answer.etag or ""})
    headers = {}
    if answer.status == 201 and answer.body is not None:
        headers["Location"] = "/v1/" + wire_path(orjson.loads(answer.body)["address"])
    return answer_reply(answer, headers)


# Verbs


def _verb(request: _Request, verb: str) -> Response:
    if verb == "usage":
        return _by_method(request, GET=_usage)
    if verb == "rename":
        return _by_method(request, POST=_rename)
    if verb == "copyMembers":
        return _by_method(request, POST=_copy_members)
    raise Refusal(404, "not-found", f":{verb} does not exist on this path")


def _usage(request: _Request) -> Response:
    address = request.call.target.address
    request.caller.require(placed(address).kind.permission_section, "view")
    stored = located(request.session, address)
    return json_reply(orjson.dumps(usage_of(request.session, [stored])[stored.address]))


def _rename(request: _Request) -> Response:
    call = request.call
    operation = Operation(
        "rename",
        call.target.address,
        call.json(),
        call.headers.get("if-match"),
        call.headers.get("idempotency-key"),
    )
    return answer_reply(perform(request.session, request.caller, operation, request.answers))


def _copy_members(request: _Request) -> Response:
    request.caller.require("campaigns", "view")
    request.caller.require("campaigns", "update")
    address, body = request.call.target.address, request.call.json_object()
    if placed(address).kind.life is not Life.ENTRY or len(request.call.target.names) != 2:
        raise not_found(f"{address}:copyMembers")
    if_match = request.call.headers.get("if-match")
    return _once(
        request, body, lambda: operations.copy_members(request.session, address, body, if_match)
    )
