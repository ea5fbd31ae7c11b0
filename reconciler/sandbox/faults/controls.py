"""The control of faults that only tests have: other rules, and how many faults there were."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reconciler.sandbox.api.responses import json_reply, problem_reply
from reconciler.sandbox.controls import PREFIX
from reconciler.sandbox.faults.faults import BadFaults, Faults, fault_plan
from reconciler.sandbox.problems import bad_request


def fault_route(faults: Faults) -> Route:
    """`/_test/faults`: GET counts, PUT replaces the rules (JSON), DELETE leaves none."""

    async def answer(request: Request) -> Response:
        if request.method == "DELETE":
            faults.replace(fault_plan(None))
            return Response(status_code=204)
        if request.method == "PUT":
            try:
                faults.replace(fault_plan(orjson.loads(await request.body())))
            except (BadFaults, orjson.JSONDecodeError) as error:
                return problem_reply(bad_request("bad-faults", str(error)))
        return json_reply(orjson.dumps(faults.document()))

    return Route(PREFIX + "faults", answer, methods=["GET", "PUT", "DELETE"])
