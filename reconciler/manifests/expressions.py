"""Jinja2 as manifests use it: `${{ … }}` alone, sandboxed, over variables alone.

Imported only once an expression is met, for Jinja2 is slow to import.
"""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import StrictUndefined, TemplateError, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

_LONGEST_RESULT = 1_000_000
_LARGEST_OPERAND = 10_000
_UNUSED = "\x00\x01"
"""Begins what YAML cannot hold, so statements and comments of Jinja2 never occur."""


class ExpressionError(ValueError):
    """What is wrong with an expression; `undefined` names a variable there is none of."""

    def __init__(self, message: str, undefined: str = "") -> None:
        self.undefined = undefined
        super().__init__(message)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Refuses to build what would fill the memory."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
        sizes = [len(x) if isinstance(x, str | list | tuple) else 0 for x in (left, right)]
        numbers = [abs(x) if isinstance(x, int | float) else 0 for x in (left, right)]
        too_large = operator == "**" and max(numbers) > _LARGEST_OPERAND
        if too_large or max(sizes) * max(numbers) > _LONGEST_RESULT:
            raise SecurityError(f"`{operator}` would make something too large")
        return super().call_binop(context, operator, left, right)  # type: ignore[arg-type]


class Expressions:
    """Evaluates texts that hold expressions."""

    def __init__(self, variables: Mapping[str, object]) -> None:
        self._variables = dict(variables)
        self._jinja = _Sandbox(
            variable_start_string="${{",
            variable_end_string="}}",
            block_start_string=_UNUSED + "%",
            block_end_string="%" + _UNUSED,
            comment_start_string=_UNUSED + "#",
            comment_end_string="#" + _UNUSED,
            keep_trailing_newline=True,
            undefined=StrictUndefined,
            autoescape=False,
        )
        self._jinja.globals.clear()
        del self._jinja.filters["random"]  # the same manifests must mean the same

    def value(self, text: str) -> object:
        """What a text with expressions in it stands for. Raises ExpressionError."""
        try:
            tree = self._jinja.parse(text)
            if _is_whole(tree):
                expression = text.strip()[3:-2]
                compiled = self._jinja.compile_expression(expression, undefined_to_none=False)
                value = compiled(**self._variables)
                if isinstance(value, StrictUndefined):
                    str(value)
                return value
            result = self._jinja.from_string(text).render(self._variables)
        except UndefinedError as error:
            raise self._undefined(text, error) from None
        except TemplateError as error:
            raise ExpressionError(f"this expression cannot be read: {error.message}") from None
        except (ArithmeticError, TypeError, ValueError, LookupError, RecursionError) as error:
            raise ExpressionError(f"this expression has no value: {error}") from None
        if len(result) > _LONGEST_RESULT:
            raise ExpressionError(f"this gives over {_LONGEST_RESULT:,} characters")
        return result

    def _undefined(self, text: str, error: UndefinedError) -> ExpressionError:
        used = meta.find_undeclared_variables(self._jinja.parse(text))
        missing = sorted(used - self._variables.keys())
        if missing:
            return ExpressionError(f"there is no variable '{missing[0]}'", missing[0])
        return ExpressionError(f"this expression has no value: {error.message}")


def _is_whole(tree: nodes.Template) -> bool:
    """Whether a text is one expression, and nothing before or after it."""
    if len(tree.body) != 1 or not isinstance(tree.body[0], nodes.Output):
        return False
    parts = tree.body[0].nodes
    return len(parts) == 1 and not isinstance(parts[0], nodes.TemplateData)
