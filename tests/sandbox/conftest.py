from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.faults.faulty_api import MANY, Faulty, faulty_app
from tests.sandbox.sandbox_api import Api, new_app


@pytest.fixture
def api() -> Iterator[Api]:
    app = new_app()
    yield Api(app)
    app.state.sandbox.close()


@pytest.fixture
def sales(api: Api) -> Api:
    api.create("campaigns/Sales")
    return api


@pytest.fixture
def faulty() -> Iterator[Faulty]:
    with faulty_app(seed=MANY) as app:
        yield Faulty(app)
