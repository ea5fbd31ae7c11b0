"""The ASGI application: reads requests, calls `routes`, and answers refusals as problems."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from reconciler.sandbox.api.controls import RequestLog, control_routes, fault_route
from reconciler.sandbox.api.openapi import document
from reconciler.sandbox.api.routes import Call, respond
from reconciler.sandbox.api.service import Sandbox
from reconciler.sandbox.api.settings import SandboxSettings
from reconciler.sandbox.clock import Clock
from reconciler.sandbox.faults.faults import Faults, fault_plan
from reconciler.sandbox.faults.middleware import FaultMiddleware
from reconciler.sandbox.paths import PREFIX, raw_path, target_of
from reconciler.sandbox.problems import Refusal
from reconciler.sandbox.responses import problem_reply

_METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"]


def create_app(
    settings: SandboxSettings,
    *,
    clock: Clock | None = None,
    middleware: Sequence[Middleware] = (),
) -> FastAPI:
    """Build a sandbox as an ASGI application.

    `middleware` runs inside the fault middleware. Raises BadFaults.
    """
    faults = Faults(fault_plan(settings.faults))
    clock = clock or Clock(settings.clock_start)
    sandbox = Sandbox(settings, clock)
    log = RequestLog()

    async def endpoint(request: Request) -> Response:
        path = raw_path(request.scope)
        log.count(request.method, path)
        try:
            # Authenticate first: an unknown caller learns nothing about paths or bodies.
            caller = sandbox.access.caller(request.headers.get("authorization"))
            call = Call(
                "GET" if request.method == "HEAD" else request.method,
                target_of(path),
                request.query_params,
                request.headers,
                await _body(request, at_most=sandbox.limits.body_bytes),
            )
            return respond(sandbox, caller, call)
        except Refusal as refusal:
            return problem_reply(refusal)

    app = FastAPI(
        title="Contact centre sandbox",
        openapi_url="/openapi.json",
        middleware=[
            Middleware(FaultMiddleware, faults=faults, open_session=sandbox.session),
            *middleware,
        ],
        exception_handlers={HTTPException: _http_problem, Exception: _crash_problem},
    )
    app.state.sandbox = sandbox
    app.add_route(PREFIX + "{path:path}", endpoint, methods=_METHODS, include_in_schema=False)
    if settings.test_controls:
        app.router.routes.extend([*control_routes(clock, log), fault_route(faults)])
    app.openapi = document  # type: ignore[method-assign]
    return app


async def _body(request: Request, *, at_most: int) -> bytes:
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > at_most:
                raise Refusal(413, "body-too-large", f"the body is larger than {at_most} bytes")
            chunks.append(chunk)
    except ClientDisconnect as error:
        raise Refusal(400, "malformed", "the client disconnected before the body ended") from error
    return b"".join(chunks)


async def _http_problem(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    code = {404: "not-found", 405: "method-not-allowed"}.get(status, "refused")
    detail = f"{request.method} {raw_path(request.scope)} does not exist"
    return problem_reply(Refusal(status, code, detail, headers=headers))


async def _crash_problem(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return problem_reply(Refusal(500, "crash", f"the sandbox failed: {error!r}"))
