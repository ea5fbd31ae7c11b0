"""Messages keep their arguments apart, and show of a customer only what a masker shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import orjson
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from reconciler.kinds.registry import about, place, quote
from reconciler.message import Argument, FreeText, Message, Personal, joined_messages, searched
from reconciler.privacy.masking import Masker

PHONE = "+59829001234"
ARGUMENTS: st.SearchStrategy[Argument] = st.one_of(
    st.integers(0, 10**6),
    st.sampled_from(["maria", "{x}", "a }} b"]),
    st.sampled_from(["statuses/Lunch", f"blacklist/{PHONE}", "contacts"]).map(place),
    st.just(Personal(PHONE)),
    st.builds(quote, st.just(f"no {PHONE} here"), st.just(f"blacklist/{PHONE}")),
    st.just(FreeText(f"no {PHONE} here", is_about_customers=True)),
)
MESSAGES = st.lists(ARGUMENTS, max_size=4).map(
    lambda arguments: Message(
        " and ".join(f"{{a{number}}}" for number in range(len(arguments))),
        {f"a{number}": argument for number, argument in enumerate(arguments)},
    )
)


def test_arguments_are_shown_where_the_template_names_them() -> None:
    message = Message.of(
        "{resource} is used by {count} campaigns, {{literal}}", resource=place("a/b"), count=1200
    )
    assert str(message) == "a/b is used by 1,200 campaigns, {literal}"


@given(MESSAGES)
def test_a_customer_is_never_shown_without_a_masker_that_shows_customers(message: Message) -> None:
    nested = joined_messages([message, Message.of("so says {who}", who=message)])
    assert PHONE not in str(nested)
    assert PHONE not in Masker(b"k" * 32).message(nested)
    assert PHONE not in Masker(b"").message(nested)


@given(MESSAGES)
def test_a_message_is_read_back_as_it_was_written(message: Message) -> None:
    assert TypeAdapter(Message).validate_json(orjson.dumps(message)) == message


def test_a_masker_shows_handles_or_the_values_themselves() -> None:
    message = Message.of(
        "{entry} blocks {who}", entry=place(f"blacklist/{PHONE}"), who=Personal("Ana")
    )
    assert Masker(b"k" * 32).message(message).startswith("blacklist/~")
    assert Masker(b"k" * 32, show_personal=True).message(message) == f"blacklist/{PHONE} blocks Ana"


def test_a_collection_of_customers_is_shown_and_a_quote_about_it_is_not() -> None:
    message = Message.of("{list}: {said}", list=place("contacts"), said=quote("x", "contacts"))
    assert str(message) == "contacts: •••"


def test_texts_of_others_in_a_message_about_customers_are_about_customers() -> None:
    message = Message.of("{cause}", cause=searched(f"taken by {PHONE}"))
    assert PHONE in str(about(message, "statuses/Lunch"))
    assert PHONE not in str(about(message, "blacklist"))
    assert Masker(b"k" * 32).message(about(message, "blacklist")) == "taken by •••"


def _calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Each call of `Message.NAME` in the code, with its place."""
    for file in sorted(Path("reconciler").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == f"Message.{name}":
                yield f"{file}:{node.lineno}", node


def _templates(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.IfExp):
        yield from _templates(node.body)
        yield from _templates(node.orelse)
    else:
        yield node


def test_a_template_is_a_literal_and_names_exactly_its_arguments() -> None:
    for at, call in _calls("of"):
        given = {keyword.arg for keyword in call.keywords}
        for template in _templates(call.args[0]):
            assert isinstance(template, ast.Constant), at
            named = {name for _, name, _, _ in Formatter().parse(template.value)}
            assert named - {None} == given, at


def test_a_plain_message_is_not_put_together_from_values() -> None:
    for at, call in _calls("plain"):
        assert not isinstance(call.args[0], ast.JoinedStr | ast.BinOp), at
