"""The registry of documents that commands print, with the formats of each.

To add a format, write one file with its function and name the file here. The function takes the
subject and a `View`, and returns text or bytes. It is loaded on first use: a command loads only the
format it prints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from reconciler.applying.report import RunReport
    from reconciler.live.platform import PlatformInfo, Usage
    from reconciler.planning.plan import Plan
    from reconciler.planning.reports.comparison import Comparison
    from reconciler.planning.reports.directory import DirectoryReport
    from reconciler.planning.reports.drift import DriftReport
    from reconciler.planning.reports.explanation import Explanation
    from reconciler.state.journal import Step
    from reconciler.state.runs import Run
    from reconciler.views.reports.problems import Validation
    from reconciler.views.run.history import History
    from reconciler.views.style.view import View

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Document(Generic[Subject]):
    """Something a command prints. The first format is the default."""

    name: str
    formats: Mapping[str, str]
    """Each format's module below `reconciler.views`; it has a function `NAME_FORMAT`,
    with `_` for `-`."""
    json_type: str
    """The type of the JSON document, in the module of that format."""

    def render(self, subject: Subject, output_format: str, view: View) -> str | bytes:
        """The subject in one of the formats."""
        function: Callable[[Subject, View], str | bytes] = self._load(
            output_format, f"{self.name}_{output_format.replace('-', '_')}"
        )
        return function(subject, view)

    def load_json_type(self) -> Any:
        """The type of the JSON document."""
        return self._load("json", self.json_type)

    def _load(self, output_format: str, name: str) -> Any:
        return getattr(import_module(f"reconciler.views.{self.formats[output_format]}"), name)


PLAN: Document[Plan] = Document(
    "plan",
    {
        "text": "plan.text",
        "json": "plan.json",
        "markdown": "plan.markdown",
        "github": "plan.github",
        "gitlab": "plan.gitlab",
        "code-quality": "plan.code_quality",
        "sarif": "plan.sarif",
    },
    "PlanDocument",
)
REPORT: Document[RunReport] = Document(
    "report", {"text": "run.report", "json": "run.json"}, "ReportDocument"
)
RUN: Document[tuple[Run, Sequence[Step]]] = Document(
    "run", {"text": "run.history", "json": "run.json"}, "RunWithStepsDocument"
)
HISTORY: Document[History] = Document(
    "history", {"text": "run.history", "json": "run.json"}, "HistoryDocument"
)
DRIFT: Document[DriftReport] = Document(
    "drift", {"text": "reports.drift", "json": "reports.drift"}, "DriftDocument"
)
EXPLANATION: Document[Explanation] = Document(
    "explanation",
    {"text": "reports.explanation", "json": "reports.explanation"},
    "ExplanationDocument",
)
USAGE: Document[Usage] = Document(
    "usage", {"text": "reports.usage", "json": "reports.usage"}, "UsageReportDocument"
)
COMPARISON: Document[Comparison] = Document(
    "comparison", {"text": "reports.comparison", "json": "reports.comparison"}, "ComparisonDocument"
)
PERMISSIONS: Document[PlatformInfo] = Document(
    "permissions",
    {"text": "reports.permissions", "json": "reports.permissions"},
    "PermissionsDocument",
)
DIRECTORY: Document[DirectoryReport] = Document(
    "platform", {"text": "reports.directory", "json": "reports.directory"}, "DirectoryDocument"
)
VALIDATION: Document[Validation] = Document(
    "validation", {"text": "reports.problems", "json": "reports.problems"}, "ValidationDocument"
)

DOCUMENTS: tuple[Document[Any], ...] = (
    PLAN,
    REPORT,
    RUN,
    HISTORY,
    DRIFT,
    EXPLANATION,
    USAGE,
    COMPARISON,
    PERMISSIONS,
    DIRECTORY,
    VALIDATION,
)
