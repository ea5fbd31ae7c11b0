"""`${{ … }}`: a closed list of limited operations that work as in Jinja2."""

from __future__ import annotations

import math
import resource
import subprocess
import sys

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reconciler.manifests.variables import substitution as variables_module
from reconciler.manifests.variables.expressions import ExpressionError, Expressions
from reconciler.manifests.variables.functions import FILTERS, METHODS, TESTS
from reconciler.manifests.variables.limits import LARGEST_VALUE, value_size
from tests.manifests.manifest_project import ENVIRONMENT, ManifestProject

_VARIABLES = {
    "a": 1,
    "f": 2.5,
    "s": "hello World",
    "n": None,
    "on": True,
    "days": ["tue", "Mon", "tue"],
    "who": {"x": "y", "items": 3},
    "big": "x" * 400_000,
    "long": ["xxxxxxxxxx"] * 20_000,
}

_BOMBS = [
    # text
    *("'a'|center(1000000000)", "'a'.center(1000000000)", "'a'.ljust(10**9)", "'a'.rjust(10**9)"),
    *("'a'.zfill(10**9)", "'\\t'.expandtabs(10**9)", "'a'|indent(10**9)", "'a'|truncate(10**9)"),
    *("'%1000000000d' % 1", "'%*d' % (10**9, 1)", "'%1000000000d'|format(1)", "'%s' % big"),
    *(
        "'{:1000000000}'.format(1)",
        "'{x:1000000000}'.format_map({'x': 1})",
        "'a'.translate({97: s})",
    ),
    *("'a' * 10**9", "10**9 * 'a'", "'a' * 10**18", "s * 10**9", "('a' * 10**5) * 10**5"),
    *("'aaaa'|replace('a', 'b' * 400000)", "('a' * 100000)|replace('', 'b' * 1000)"),
    *("('a' * 100000).replace('a', 'b' * 1000)", "big.replace('x', 'xxx')"),
    *("big ~ big ~ big", "big + big + big", "[big, big, big]|join", "'-'.join([big, big, big])"),
    *("(['a'] * 30000)|join('b' * 900000)", "('b' * 900000).join('a' * 30000)"),
    *("'a'|wordwrap(1, wrapstring='x' * 10**6)", "'a'|urlize(10**9)", "'a'|tojson(10**9)"),
    *("'a'|pprint", "lipsum(10**6)", "'a'|xmlattr", "big|e", "big|urlencode"),
    # lists
    *("['a'] * 10**9", "[1]|batch(10**9, 'x')|list", "[1]|slice(10**9)|list", "range(10**9)|list"),
    *("[[[[[[1] * 1000] * 1000] * 1000] * 1000] * 1000] * 1000", "long * 1000", "long + long"),
    *("[long, long, long]", "{'a': long, 'b': long, 'c': long}", "[[long] * 100]|string"),
    *("([[[[1] * 99] * 99] * 99] * 99) == ([[[[1] * 99] * 99] * 99] * 99)", "(long,) * 99 == 1"),
    *("long|map('center', 10**6)|list", "long|groupby('x')", "[long]|sum(start=long)"),
    # numbers
    *("9**9**9", "2**64", "(2**62) * 4", "2**62 + 2**62 + 2**62", "10.0**400", "(-8)**0.5"),
    *("1|round(10**9)", "1.5|round(10**9, 'ceil')", "1.5|round(-10**9, 'floor')"),
    *("'f' * 400000 | int(0, 16) ** 9", "1 / 0", "1 % 0", "('9' * 99)|int", "'9' * 99 | int ** 9"),
    # grammar
    *("(" * 300 + "a" + ")" * 300, "[" * 300 + "]" * 300, "-" * 900 + "1", "not " * 900 + "a"),
    *("~".join(["a"] * 1_500), "+".join(["a"] * 900), "a" + "|upper" * 900, "a" + ".b" * 900),
    *("a if a else " * 600 + "a", "(" * 10_000, "[a," * 5_000, "'" + "a" * 10_000, "9" * 5_000),
    # what reaches out
    *(
        "''.__class__.__mro__",
        "s.__class__",
        "who.__init__",
        "''|attr('__class__')",
        "self",
        "loop",
    ),
    *("cycler(1)", "namespace(a=1)", "joiner()", "dict(a=1)", "s.encode()", "days.append(1)"),
    *("who.clear()", "who.update(a=1)", "days.sort()", "caller()", "super()", "days|random"),
    *("s.split(*days)", "s.split(**who)", "s()", "who()", "days[0]()", "a.b.c()", "varargs"),
]


def _value(expression: str, variables: dict[str, object] | None = None) -> object:
    return Expressions(_VARIABLES if variables is None else variables).value(
        f"${{{{ {expression} }}}}"
    )


# What is refused, and how much that may cost


@pytest.mark.parametrize("expression", _BOMBS, ids=lambda one: one[:50])
def test_what_would_make_too_much_or_is_not_listed_is_an_error(expression: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        _value(expression)
    assert len(str(refused.value)) < 200


def test_all_of_them_are_refused_in_little_time_and_memory(project: ManifestProject) -> None:
    project.write(
        "environments/prod.yaml", ENVIRONMENT.encode() + b"variables: " + orjson.dumps(_VARIABLES)
    )
    documents = [
        {"kind": "Template", "name": f"T{n}", "type": "text", "content": f"${{{{ {one} }}}}"}
        for n, one in enumerate(_BOMBS)
    ]
    project.write("all.yaml", b"\n---\n".join(map(orjson.dumps, documents)))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (800 * 1024 * 1024, -1))
        resource.setrlimit(resource.RLIMIT_CPU, (30, 30))

    done = subprocess.run(
        [sys.executable, "-m", "reconciler", "validate", project.root],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )
    assert done.returncode == 1, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert done.stderr.count("all.yaml:") == len(_BOMBS)


def test_one_text_has_a_bound_on_all_its_expressions() -> None:
    text = "${{ big | length }}" * 13
    with pytest.raises(ExpressionError, match="needs more work than allowed"):
        Expressions(_VARIABLES).value(text)
    assert Expressions(_VARIABLES).value("${{ big | length }}" * 12) == "400000" * 12


def test_a_variable_that_is_too_large_cannot_be_used() -> None:
    with pytest.raises(ExpressionError, match="gives over 1,000,000 characters"):
        _value("x | length", {"x": "a" * (LARGEST_VALUE + 1)})


def test_the_limit_for_all_expressions_is_reported_once(
    project: ManifestProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("limits", "expressions"):
        monkeypatch.setattr(f"reconciler.manifests.variables.{module}.MOST_IN_ALL", 5_000)
    project.write("environments/prod.yaml", f"{ENVIRONMENT}variables: {{v: {'x' * 500}}}\n")
    text = "kind: Template\nname: T{}\ntype: text\ncontent: ${{{{ v }}}}\n---\n"
    found = project.problem("".join(text.format(n) for n in range(100)))
    assert found.message.unmasked() == "the expressions up to here give over 5,000 characters"
    assert (found.line - 4) % 5 == 0
    other = "kind: Template\nname: T{}\ntype: text\ncontent: ${{{{ v ~ {} }}}}\n---\n"
    found = project.problem("".join(other.format(n, n) for n in range(100)))
    assert (
        "needs more work than allowed, together with the expressions before it"
        in found.message.unmasked()
    )


def test_a_list_counts_wherever_it_is_put(
    project: ManifestProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.manifests.variables.limits.MOST_IN_ALL", 100_000)
    days = orjson.dumps([f"x{n}" for n in range(100)])
    project.write("environments/prod.yaml", ENVIRONMENT.encode() + b"variables: {v: " + days + b"}")
    line = "{kind: Campaign, name: C%d, forms: '${{ v }}'}\n---\n"
    found = project.problem("".join(line % n for n in range(50)))
    assert "the expressions up to here give" in found.message.unmasked()


def test_the_size_of_a_value_counts_shared_parts_as_often_as_they_occur() -> None:
    shared = ["abc"]
    assert value_size([shared, shared]) == 3 * 30 + 2 * (30 + 3)
    assert value_size({"a": None}) == 30 + 31 + 30


# What is offered


def test_the_hint_names_what_there_is() -> None:
    for expression, hint in (
        ("s | uper", "did you mean `upper`?"),
        ("s | zzz", "the filters are abs, capitalize"),
        ("s is zzz", "the tests are boolean"),
        ("s.zzz()", "there are capitalize, endswith"),
        ("zzz(1)", "use a filter, such as `x | upper`"),
    ):
        with pytest.raises(ExpressionError) as refused:
            _value(expression)
        assert hint in refused.value.hint.unmasked()


def test_the_readme_lists_the_filters_tests_and_methods() -> None:
    readme = (variables_module.__file__ or "").split("reconciler/manifests")[0] + "README.md"
    with open(readme, encoding="utf-8") as file:  # noqa: PTH123
        text = file.read()
    methods = [name for methods_of_type in METHODS.values() for name in methods_of_type]
    missing = [name for name in (*FILTERS, *TESTS, *methods) if f"`{name}`" not in text]
    assert not missing


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("days | first | upper ~ '-' ~ a", "TUE-1"),
        ("x | default('none') ", "none"),
        ("who.z | default(days | join(', '))", "tue, Mon, tue"),
        ("'yes' if on and not n else 'no'", "yes"),
        ("days[0:2] | reverse", ["Mon", "tue"]),
        ("who.items().0 if false else who.get('x')", "y"),
        ("'a' in 'abc' and 3 not in [1, 2] and 1 < 2 <= 2", True),
        ("(7 // 2, 7 % 2, 2 ** 10, -a, 7 / 2) | list", [3, 1, 1024, -1, 3.5]),
        ("{'k': [a, f]}", {"k": [1, 2.5]}),
        ("s.split() | last | lower", "world"),
        ("'3' | int + '4.5' | float", 7.5),
    ],
)
def test_what_people_write_works(expression: str, value: object) -> None:
    assert _value(expression) == value


# The same as Jinja2 itself

_JINJA = ImmutableSandboxedEnvironment(undefined=StrictUndefined)

_atoms = st.sampled_from(
    [
        *(
            "a",
            "f",
            "s",
            "n",
            "on",
            "days",
            "who",
            "who.x",
            "days[1]",
            "days[9]",
            "nope",
            "who.nope",
        ),
        *(
            "1",
            "0",
            "-2",
            "2.5",
            "'x'",
            "''",
            "' B c '",
            "true",
            "none",
            "[]",
            "[2, 1]",
            "{'k': 1}",
        ),
        *("'7'", "'4.5'", "'ab-cd (ef)'", "['b', 'A', 'b']", "(1, 2)"),
    ]
)
_LAZY = frozenset({"reverse", "unique"})  # iterators there, lists here


def _extended(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, inner)
    binary = [
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "~",
        "==",
        "!=",
        "<",
        ">=",
        "in",
        "not in",
        "and",
        "or",
    ]
    filters = sorted(FILTERS.keys() - _LAZY)
    with_arguments = [
        *("replace('a', 'bb')", "replace('b', '', 1)", "join('-')", "default('d')", "round(1)"),
        *("default('d', true)", "trim(' x')", "sort(reverse=true)", "round(1, 'ceil')", "int(9)"),
        *("sort(case_sensitive=true)", "max(case_sensitive=true)", "float(1.5)", "unique | list"),
        *("reverse | list", "round(0, 'floor')", "int(0, 16)"),
    ]
    methods = ["upper()", "title()", "split()", "split('-')", "strip()", "startswith('x')"]
    methods += ["replace('b', 'c')", "removeprefix('a')", "endswith('c')", "join(days)"]
    methods += ["get('x')", "get('z', 3)", "capitalize()", "lower()", "removesuffix('d')"]
    tests = sorted(TESTS.keys() - {"in", "divisibleby"})
    return st.one_of(
        st.tuples(pairs, st.sampled_from(binary)).map(lambda t: f"({t[0][0]} {t[1]} {t[0][1]})"),
        st.tuples(inner, st.sampled_from([*filters, *with_arguments]))
        .map(" | ".join)
        .map("({})".format),
        st.tuples(inner, st.sampled_from(methods)).map(".".join),
        st.tuples(inner, st.sampled_from(tests)).map(" is ".join).map("({})".format),
        st.tuples(inner, pairs).map(lambda t: f"({t[1][0]} if {t[0]} else {t[1][1]})"),
        pairs.map(lambda t: f"[{t[0]}, {t[1]}]"),
        inner.map("{}[1:]".format),
        inner.map("(not {})".format),
    )


_STRICTER = (
    *("cannot be stored", "`%` is for numbers", "does not exist", "it has no '"),
    *("has no parts", "the list has no "),
)
"""What Jinja2 lets pass: huge numbers, `%` on text, other methods, lists and tests of what is
missing."""


def _with_jinja(expression: str) -> object:
    value = _JINJA.compile_expression(expression, undefined_to_none=False)(**_VARIABLES)
    str(value)  # raises where it is undefined
    return value


@pytest.mark.filterwarnings("ignore")
@given(st.recursive(_atoms, _extended, max_leaves=6))
def test_an_expression_means_what_it_means_to_jinja(expression: str) -> None:
    try:
        wanted = _with_jinja(expression)
    except Exception:
        with pytest.raises(ExpressionError):
            _value(expression)
        return
    if isinstance(wanted, float) and not math.isfinite(wanted):
        return
    try:
        value = _value(expression)
    except ExpressionError as error:
        assert any(words in str(error) for words in _STRICTER), expression
        return
    assert (value, type(value)) == (wanted, type(wanted)), expression
