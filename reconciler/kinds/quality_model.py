"""QualityModel: `quality_models/{name}`: how interactions are judged; campaigns name theirs."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from reconciler.kinds.base import Body, Kind, Renaming, Scope
from reconciler.kinds.name_lists import refuse_duplicates
from reconciler.kinds.values.names import Name
from reconciler.kinds.values.text import Text


class Option(Body):
    """An answer and its score."""

    label: Name = Field(description="The text that the evaluator chooses.")
    score: int = Field(default=0, ge=-10_000, le=10_000, description="The points it gives.")


class Question(Body):
    """A question an evaluator answers about an interaction."""

    text: Text = Field(min_length=1, max_length=1000, description="The question.")
    description: Text = Field(default="", description="How to judge it.")
    options: list[Option] = Field(default=[], description="The answers, in order.")

    @model_validator(mode="after")
    def _options_differ(self) -> Self:
        refuse_duplicates((option.label for option in self.options), "the option ")
        return self


class Category(Body):
    """Questions under one heading."""

    name: Name = Field(description="Heading of the category.")
    questions: list[Question] = Field(default=[], description="In the order they are asked.")

    @model_validator(mode="after")
    def _questions_differ(self) -> Self:
        refuse_duplicates((question.text for question in self.questions), "the question ")
        return self


class QualityModel(Body):
    """A set of questions for judging interactions."""

    description: Text = Field(default="", description="What it is for.")
    categories: list[Category] = Field(default=[], description="In the order they are shown.")

    @model_validator(mode="after")
    def _categories_differ(self) -> Self:
        refuse_duplicates((category.name for category in self.categories), "the category ")
        return self


QUALITY_MODEL = Kind(
    name="QualityModel",
    noun="quality model",
    plural="quality models",
    collection="quality_models",
    scope=Scope.GLOBAL,
    identity="name",
    bodies={"": QualityModel},
    renaming=Renaming.REPLACE,
    keyed_lists={
        "categories": "name",
        "categories.questions": "text",
        "categories.questions.options": "label",
    },
    is_personal=False,
    permission_section="quality_models",
)
