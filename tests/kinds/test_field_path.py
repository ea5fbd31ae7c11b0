"""The steps of a path, as differences and audit entries write it."""

from __future__ import annotations

import pytest

from reconciler.kinds.field_path import ORDER, FieldPath, Step


@pytest.mark.parametrize(
    ("path", "field", "steps"),
    [
        ("icon", "icon", [("icon", False)]),
        ("schedule.mon", "schedule", [("schedule", False), ("mon", False)]),
        ("members[ana]", "members", [("members", False), ("ana", True)]),
        ("members.order", "members", [("members", False), ORDER]),
        (
            "members[ana.[x] pérez].channels.sms",
            "members",
            [("members", False), ("ana.[x] pérez", True), ("channels", False), ("sms", False)],
        ),
        (
            "categories[A].questions[B?].text",
            "categories",
            [
                ("categories", False),
                ("A", True),
                ("questions", False),
                ("B?", True),
                ("text", False),
            ],
        ),
    ],
)
def test_a_path_has_a_top_level_field_and_steps(
    path: str, field: str, steps: list[tuple[str, bool]]
) -> None:
    assert FieldPath(path).field == field
    assert FieldPath(path).steps == tuple(Step(*step) for step in steps)
