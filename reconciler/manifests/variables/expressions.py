"""Evaluates `${{ … }}`: Jinja2's grammar, a list of allowed filters and methods, limited work.

Jinja2 only parses. Each operation is one of `functions`, counts what it reads and makes, and is
refused before the result is too large. Limits are counts, not seconds, so the same manifests mean
the same on every machine. Imported only if an expression occurs, because Jinja2 is slow to import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from jinja2 import Environment, TemplateError, nodes

from reconciler.manifests.problems.suggestions import did_you_mean
from reconciler.manifests.variables.functions import (
    COMPARISONS,
    FILTERS,
    METHODS,
    OPERATORS,
    TAKE_MISSING,
    TESTS,
    Function,
    Missing,
    MissingValueUsed,
    concatenated,
    item_or_missing,
    present,
)
from reconciler.manifests.variables.limits import MOST_IN_ALL, TooMuch, WorkCounter
from reconciler.message import NO_MESSAGE, Message, Personal

_MOST_TOKENS = 2_000
_COST_OF_TOKEN = 20
_LONGEST_TEXT = 1_000_000
_UNUSED = "\x00\x01"
"""A prefix that YAML does not allow, so Jinja2 statements and comments never occur."""


class ExpressionError(ValueError):
    """What is wrong with an expression; `undefined` names a variable that does not exist."""

    def __init__(self, message: Message, undefined: str = "", hint: Message = NO_MESSAGE) -> None:
        self.message = message
        self.undefined = undefined
        self.hint = hint
        super().__init__(str(message))


class Expressions:
    """Evaluates texts with expressions."""

    def __init__(self, variables: Mapping[str, object]) -> None:
        self._variables = dict(variables)
        self._spent = 0
        self._jinja = Environment(
            variable_start_string="${{",
            variable_end_string="}}",
            block_start_string=_UNUSED + "%",
            block_end_string="%" + _UNUSED,
            comment_start_string=_UNUSED + "#",
            comment_end_string="#" + _UNUSED,
            keep_trailing_newline=True,
            autoescape=False,  # noqa: S701 - nothing is rendered
        )

    @property
    def exhausted(self) -> bool:
        """Whether the expressions so far have used the limit for all of them."""
        return self._spent > MOST_IN_ALL

    def value(self, text: str) -> object:
        """The value of a text with expressions. Raises ExpressionError."""
        work = WorkCounter(self._spent)
        try:
            return self._value(text, work)
        except TooMuch as error:
            raise ExpressionError(Message.of("this expression {error}", error=str(error))) from None
        except TemplateError as error:
            message = Message.of(
                "this expression cannot be read: {message}", message=Personal(error.message or "")
            )
            raise ExpressionError(message) from None
        except RecursionError:
            raise ExpressionError(Message.of("this expression is nested too deep")) from None
        except MissingValueUsed as error:
            raise self._undefined(error) from None
        except ExpressionError:
            raise
        except (ArithmeticError, TypeError, ValueError, LookupError) as error:
            raise ExpressionError(
                Message.of("this expression has no value: {error}", error=Personal(str(error)))
            ) from None
        finally:
            self._spent = work.spent

    def _value(self, text: str, work: WorkCounter) -> object:
        work.spend(len(text))
        if len(text) > _LONGEST_TEXT:
            raise TooMuch(f"is in a text of over {_LONGEST_TEXT:,} characters")
        tokens = sum(1 for _ in islice(self._jinja.lex(text), _MOST_TOKENS + 1))
        if tokens > _MOST_TOKENS:
            raise TooMuch(f"has over {_MOST_TOKENS:,} parts")
        work.spend(tokens * _COST_OF_TOKEN)
        parts = [
            part
            for output in self._jinja.parse(text).body
            if isinstance(output, nodes.Output)
            for part in output.nodes
        ]
        evaluation = _Evaluation(self._variables, work)
        if len(parts) == 1:
            return work.looked_at(present(evaluation.value(parts[0])))
        return evaluation.apply(concatenated, *evaluation.values(parts))

    @staticmethod
    def _undefined(error: MissingValueUsed) -> ExpressionError:
        if error.variable:
            return ExpressionError(error.why, error.variable)
        return ExpressionError(Message.of("this expression has no value: {why}", why=error.why))


class _Evaluation:
    """Evaluates the expressions of one text."""

    def __init__(self, variables: Mapping[str, object], work: WorkCounter) -> None:
        self._variables = variables
        self._work = work
        self._meanings: Mapping[type[nodes.Node], Callable[[Any], object]] = {
            nodes.Const: lambda node: node.value,
            nodes.TemplateData: lambda node: node.data,
            nodes.Name: lambda node: self._variable(node.name),
            nodes.List: lambda node: self.values(node.items),
            nodes.Tuple: lambda node: tuple(self.values(node.items)),
            nodes.Dict: self._mapping,
            nodes.CondExpr: self._choice,
            nodes.And: lambda node: self._left(node) and self.value(node.right),
            nodes.Or: lambda node: self._left(node) or self.value(node.right),
            nodes.Not: lambda node: not present(self.value(node.node)),
            nodes.Compare: self._comparison,
            nodes.Concat: lambda node: self.apply(concatenated, *self.values(node.nodes)),
            nodes.Getattr: lambda node: item_or_missing(self.value(node.node), node.attr),
            nodes.Getitem: self._item,
            nodes.Filter: self._filtered,
            nodes.Test: self._test,
            nodes.Call: self._call,
            **{getattr(nodes, name): self._operation for name in OPERATORS},
        }

    def value(self, node: nodes.Node) -> object:
        """The value of a node."""
        meaning = self._meanings.get(type(node))
        if meaning is None:
            what = type(node).__name__.lower()
            raise ExpressionError(
                Message.of("this expression has a part that is not allowed: {what}", what=what)
            )
        return meaning(node)

    def values(self, several: Sequence[nodes.Node]) -> list[object]:
        """The value of each node. Raises MissingValueUsed for a missing one."""
        return [present(self.value(node)) for node in several]

    def _variable(self, name: str) -> object:
        if name in self._variables:
            return self._variables[name]
        return Missing(
            Message.of("the variable '{name}' does not exist", name=Personal(name)), name
        )

    def _mapping(self, node: nodes.Dict) -> dict[object, object]:
        return {
            present(self.value(pair.key)): present(self.value(pair.value)) for pair in node.items
        }

    def _left(self, node: nodes.BinExpr) -> object:
        return present(self.value(node.left))

    def _choice(self, node: nodes.CondExpr) -> object:
        if present(self.value(node.test)):
            return self.value(node.expr1)
        if node.expr2 is None:
            return Missing(Message.of("the condition is false and there is no `else`"))
        return self.value(node.expr2)

    def _comparison(self, node: nodes.Compare) -> bool:
        left = present(self.value(node.expr))
        for operand in node.ops:
            right = present(self.value(operand.expr))
            if not self.apply(COMPARISONS[operand.op], left, right):
                return False
            left = right
        return True

    def _operation(self, node: nodes.BinExpr | nodes.UnaryExpr) -> object:
        sides = (node.left, node.right) if isinstance(node, nodes.BinExpr) else (node.node,)
        values = self.values(sides)
        return self.apply(OPERATORS[type(node).__name__], *values)

    def _item(self, node: nodes.Getitem) -> object:
        holder = self.value(node.node)
        if not isinstance(node.arg, nodes.Slice):
            return item_or_missing(holder, present(self.value(node.arg)))
        bounds = [
            None if bound is None else present(self.value(bound))
            for bound in (node.arg.start, node.arg.stop, node.arg.step)
        ]
        whole = present(holder)
        if not isinstance(whole, str | list | tuple):
            raise ExpressionError(Message.of("this expression slices a value that has no parts"))
        return self._work.looked_at(whole[slice(*bounds)])

    # Filters, tests and methods

    def _filtered(self, node: nodes.Filter) -> object:
        if node.node is None:
            raise ExpressionError(
                Message.of("the filter `{name}` has no value to work on", name=Personal(node.name))
            )
        function = _known(FILTERS, node.name, "filter", "the filters are")
        return self._called(node.name, function, self.value(node.node), node)

    def _test(self, node: nodes.Test) -> object:
        function = _known(TESTS, node.name, "test", "the tests are")
        return self._called(node.name, function, self.value(node.node), node)

    def _call(self, node: nodes.Call) -> object:
        if not isinstance(node.node, nodes.Getattr):
            shown = (
                Message.of(" '{name}'", name=Personal(node.node.name))
                if isinstance(node.node, nodes.Name)
                else NO_MESSAGE
            )
            hint = Message.of("use a filter, such as `x | upper`")
            raise ExpressionError(
                Message.of("the function{shown} does not exist here", shown=shown), hint=hint
            )
        name, holder = node.node.attr, present(self.value(node.node.node))
        kind = next((kind for kind in METHODS if isinstance(holder, kind)), None)
        function = _known(METHODS[kind] if kind is not None else {}, name, "method", "there are")
        return self._called(name, function, holder, node)

    def _called(
        self,
        name: str,
        function: Function,
        value: object,
        node: nodes.Filter | nodes.Test | nodes.Call,
    ) -> object:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise ExpressionError(Message.of("`*` and `**` arguments are not allowed here"))
        if function not in TAKE_MISSING:
            present(value)
        unnamed = self.values(node.args)
        named = {str(pair.key): present(self.value(pair.value)) for pair in node.kwargs}
        try:
            return self.apply(function, value, *unnamed, **named)
        except TypeError as error:
            why = str(error).rpartition("() ")[2]
            raise ExpressionError(
                Message.of("`{name}` cannot be used this way: {why}", name=name, why=Personal(why))
            ) from None

    def apply(self, function: Function, *values: object, **named: object) -> object:
        """The result of a function; arguments and result count as work."""
        for value in (*values, *named.values()):
            self._work.look_at(value)
        return self._work.looked_at(function(*values, **named))


def _known(functions: Mapping[str, Function], name: str, noun: str, listing: str) -> Function:
    function = functions.get(name)
    if function is None:
        hint = did_you_mean(name, sorted(functions), what=listing)
        raise ExpressionError(
            Message.of("the {noun} '{name}' does not exist here", noun=noun, name=Personal(name)),
            hint=hint,
        )
    return function
