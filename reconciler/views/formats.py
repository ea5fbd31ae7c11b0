"""The registry of documents that commands print, with the formats of each.

To add a format, write one file with its function and add one line here. The function takes the
subject and a `View`, and returns text or bytes. Functions and schemas are named as `module:name`
below `reconciler.views` and loaded on first use: a command loads only the format it prints.
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
    schema: str
    """The type of the JSON document."""

    def render(self, subject: Subject, output_format: str, view: View) -> str | bytes:
        """The subject in one of the formats."""
        function: Callable[[Subject, View], str | bytes] = load(self.formats[output_format])
        return function(subject, view)


def load(path: str) -> Any:
    """The function or type at `module:name`."""
    module, _, name = path.partition(":")
    return getattr(import_module(f"reconciler.views.{module}"), name)


PLAN: Document[Plan] = Document(
    "plan",
    {
        "text": "plan.text:plan_text",
        "json": "plan.json:plan_json",
    },
    schema="plan.json:PlanDocument",
)
REPORT: Document[RunReport] = Document(
    "report",
    {
        "text": "run.report:report_text",
        "json": "run.json:report_json",
    },
    schema="run.json:ReportDocument",
)
RUN: Document[tuple[Run, Sequence[Step]]] = Document(
    "run",
    {
        "text": "run.history:run_text",
        "json": "run.json:run_json",
    },
    schema="run.json:RunWithStepsDocument",
)
HISTORY: Document[History] = Document(
    "history",
    {
        "text": "run.history:history_text",
        "json": "run.json:history_json",
    },
    schema="run.json:HistoryDocument",
)
DRIFT: Document[DriftReport] = Document(
    "drift",
    {
        "text": "reports.drift:drift_text",
        "json": "reports.drift:drift_json",
    },
    schema="reports.drift:DriftDocument",
)
EXPLANATION: Document[Explanation] = Document(
    "explanation",
    {
        "text": "reports.explanation:explanation_text",
        "json": "reports.explanation:explanation_json",
    },
    schema="reports.explanation:ExplanationDocument",
)
USAGE: Document[Usage] = Document(
    "usage",
    {
        "text": "reports.usage:usage_text",
        "json": "reports.usage:usage_json",
    },
    schema="reports.usage:UsageReportDocument",
)
COMPARISON: Document[Comparison] = Document(
    "comparison",
    {
        "text": "reports.comparison:comparison_text",
        "json": "reports.comparison:comparison_json",
    },
    schema="reports.comparison:ComparisonDocument",
)
PERMISSIONS: Document[PlatformInfo] = Document(
    "permissions",
    {
        "text": "reports.permissions:permissions_text",
        "json": "reports.permissions:permissions_json",
    },
    schema="reports.permissions:PermissionsDocument",
)
DIRECTORY: Document[DirectoryReport] = Document(
    "platform",
    {
        "text": "reports.directory:directory_text",
        "json": "reports.directory:directory_json",
    },
    schema="reports.directory:DirectoryDocument",
)
VALIDATION: Document[Validation] = Document(
    "validation",
    {
        "text": "reports.problems:validation_text",
        "json": "reports.problems:validation_json",
    },
    schema="reports.problems:ValidationDocument",
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
