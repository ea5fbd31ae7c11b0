"""Border models of the project file and the environments, and their values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, JsonValue

from reconciler.errors import Problem
from reconciler.kinds.base import Kind, Life, Scope
from reconciler.kinds.registry import KINDS
from reconciler.kinds.values.customers import Number
from reconciler.kinds.values.names import Name
from reconciler.kinds.values.refusal import refusal
from reconciler.kinds.values.urls import http_url
from reconciler.manifests.config.freeze_model import FreezeModel
from reconciler.manifests.config.validated import Model, validated
from reconciler.manifests.problems.suggestions import did_you_mean
from reconciler.manifests.settings import COUNTED_DAYS, Environment, GuardSettings
from reconciler.manifests.source import Source
from reconciler.manifests.yaml.nodes import Document, as_json
from reconciler.message import Message, Personal
from reconciler.text import with_article

_M = TypeVar("_M", bound=Model)


class MassChange(Model):
    """When a plan is a mass change."""

    count: int = Field(
        default=20, ge=1, description="The number of losses in one list that is a mass change."
    )
    percent: int = Field(
        default=30, ge=1, le=100, description="The share of a list that is a mass change."
    )


def _counted(days: int) -> int:
    if days > COUNTED_DAYS:
        message = Message.of(
            "the platform counts use over {most} days, not {days}",
            most=COUNTED_DAYS,
            days=Personal(str(days)),
        )
        hint = Message.of("write 1 to {most}", most=COUNTED_DAYS)
        raise refusal("uncounted-days", message, hint)
    return days


class DeleteInUse(Model):
    """What counts as in use."""

    recent_days: Annotated[int, AfterValidator(_counted)] = Field(
        default=COUNTED_DAYS,
        ge=1,
        description="The days over which use counts; the platform counts the last 30 only.",
        json_schema_extra={"maximum": COUNTED_DAYS},
    )


class ServiceStops(DeleteInUse):
    """When a channel that stops was in use."""


class GuardsModel(Model):
    """The thresholds of guards."""

    mass_change: MassChange = Field(default=MassChange(), alias="mass-change")
    delete_in_use: DeleteInUse = Field(default=DeleteInUse(), alias="delete-in-use")
    service_stops: ServiceStops = Field(default=ServiceStops(), alias="service-stops")


def _can_be_exclusive(kind: Kind) -> bool:
    return kind.scope is not Scope.CAMPAIGN and kind.life is Life.ENTRY and kind.has_complete_lists


OWNABLE = tuple(kind.collection for kind in KINDS if _can_be_exclusive(kind))
"""The global collections that a project may own exclusively."""


def _known_collection(name: str) -> str:
    if name not in OWNABLE:
        if KINDS.of_collection(name) is not None:
            message = Message.of(
                "{name} cannot be exclusive: its lists are never complete", name=name
            )
            raise refusal("not-exclusive", message, Message.of("leave it out"))
        message = Message.of("'{name}' is not a collection", name=Personal(name))
        raise refusal("collection", message, did_you_mean(name, OWNABLE))
    return name


class ProjectModel(Model):
    """The project file, `reconciler.yaml`."""

    project: Name = Field(description="The project's name, in the ledger.", examples=["acme"])
    ownership: dict[
        Annotated[str, AfterValidator(_known_collection)], Literal["shared", "exclusive"]
    ] = Field(
        default={},
        description="exclusive: entries of this global collection that are not in git are deleted.",
        examples=[{"statuses": "exclusive"}],
    )
    guards: GuardsModel = Field(default=GuardsModel(), description="The thresholds of guards.")


class PlatformModel(Model):
    """The platform an environment is bound to."""

    url: Annotated[str, AfterValidator(http_url)] = Field(
        description="The address of its API.", examples=["https://acme.example"]
    )
    id: Name = Field(description="The id that the platform reports.", examples=["acme-prod"])


class MapsModel(Model):
    """Names in the manifests that are other names in this environment."""

    connectors: dict[Name, Name] = Field(
        default={}, description="Connectors, by their name in git."
    )
    users: dict[Name, Name] = Field(default={}, description="Users, by their name in git.")
    numbers: dict[Number, Number] = Field(default={}, description="Numbers, by the number in git.")


def _known_ignored(names: list[str]) -> list[str]:
    for name in names:
        collection, _, field = name.partition(".")
        kind = KINDS.of_collection(collection)
        if kind is None:
            hint = did_you_mean(collection, [kind.collection for kind in KINDS])
            message = Message.of("'{name}' is not a collection", name=Personal(name))
            raise refusal("collection", message, hint, culprit=name)
        known = list(dict.fromkeys(f for body in kind.bodies.values() for f in body.model_fields))
        if field and field not in known:
            hint = did_you_mean(field, known, what="it has")
            message = Message.of(
                "'{name}' is not a field of {plural}", name=Personal(name), plural=kind.plural
            )
            raise refusal("field", message, hint, culprit=name)
    return names


def _inside(path: str) -> str:
    parts = PurePosixPath(path)
    if not path or parts.is_absolute() or ".." in parts.parts:
        message = Message.of("'{path}' is outside the project", path=Personal(path))
        raise refusal("outside", message, Message.of("keep the key in the project folder"))
    return path


class EnvironmentModel(Model):
    """One file of `environments/`, named after the environment."""

    platform: PlatformModel = Field(description="The platform it is bound to.")
    variables: dict[str, JsonValue] = Field(
        default={}, description="Values for `${{ … }}` in the manifests."
    )
    map: MapsModel = Field(default=MapsModel(), description="Names that differ here.")
    ignore: Annotated[list[str], AfterValidator(_known_ignored)] = Field(
        default=[],
        description="Collections, or collection.field, that are set on create only.",
        examples=[["members", "channels.numbers"]],
    )
    require_signature: bool = Field(
        default=False, description="Apply only plans that a key of `trust` signed."
    )
    trust: list[Annotated[str, AfterValidator(_inside)]] = Field(
        default=[],
        description="Files of public keys (Ed25519, PEM), relative to the project.",
        examples=[["keys/release.pub.pem"]],
    )
    freeze: FreezeModel | None = Field(
        default=None, description="When an apply here needs an approval."
    )


def _only(
    model: type[_M], documents: Sequence[Document], file: str, problems: list[Problem], noun: str
) -> _M | None:
    """The model of a file with one document; None after reporting problems."""
    if not documents:
        message = Message.of("the file is empty: it must contain {noun}", noun=with_article(noun))
        problems.append(Source.of_file(file).problem(message))
        return None
    for more in documents[1:]:
        message = Message.of("{file} must have one document", file=file)
        problems.append(more.source().problem(message, Message.of("remove the others")))
    return validated(model, as_json(documents[0].root), documents[0], problems, noun=noun)


def read_project_file(
    documents: Sequence[Document], file: str, problems: list[Problem]
) -> tuple[str, dict[str, Source], GuardSettings] | None:
    """The project's name, its exclusive collections with their places, and its guard settings."""
    model = _only(ProjectModel, documents, file, problems, "project file")
    if model is None:
        return None
    exclusive = {
        name: documents[0].source(("ownership", name), of_key=True)
        for name, ownership in model.ownership.items()
        if ownership == "exclusive"
    }
    guards = model.guards
    numbers = GuardSettings(
        guards.mass_change.count,
        guards.mass_change.percent,
        guards.delete_in_use.recent_days,
        guards.service_stops.recent_days,
    )
    return model.project, exclusive, numbers


def read_environment(
    documents: Sequence[Document], file: str, problems: list[Problem]
) -> Environment | None:
    """The environment in a file; None after reporting problems."""
    model = _only(EnvironmentModel, documents, file, problems, "environment")
    if model is None:
        return None
    return Environment(
        name=PurePosixPath(file).stem,
        file=file,
        url=model.platform.url,
        platform_id=model.platform.id,
        variables=dict(model.variables),
        maps={name: dict(names) for name, names in model.map},
        ignore=frozenset(model.ignore),
        require_signature=model.require_signature,
        trust=tuple(model.trust),
        freeze=model.freeze.value() if model.freeze is not None else None,
    )
