"""Help pages: examples that work as printed, and the environment variables that a command reads."""

from __future__ import annotations

from collections.abc import Sequence

VARIABLES = {
    "RECONCILER_ENV": "the environment, if --env is not given",
    "RECONCILER_TOKEN": "the token for the environment's platform",
    "RECONCILER_TOKEN_<ENV>": "the token of one environment (compare --live)",
    "RECONCILER_URL": "another host of the same platform",
    "RECONCILER_STATE": "the state: a file or a postgresql:// URL",
    "RECONCILER_STATE_TO": "the target of `state copy`, if --to is not given",
    "RECONCILER_PLAN_KEY": "encrypts and decrypts plan files",
    "RECONCILER_SANDBOX_TOKENS": "more tokens for the sandbox",
    "GITHUB_STEP_SUMMARY": "the file that --format github adds the plan to",
    "CI": "true: no progress display, and RECONCILER_STATE is required",
    "NO_COLOR": "no colours",
}
"""Every variable that a command reads, and what it is for."""

FILES = ("RECONCILER_ENV",)
STATE = (*FILES, "RECONCILER_STATE", "CI")
PLATFORM = (*FILES, "RECONCILER_TOKEN", "RECONCILER_URL", "RECONCILER_STATE", "CI")
PLANS = (*PLATFORM, "RECONCILER_PLAN_KEY")


def help_page(*examples: str, reads: Sequence[str] = ()) -> str:
    """The end of a command's help: examples, then variables."""
    blocks = [["Examples:", *(f"  {example}" for example in examples)]]
    if reads:
        width = max(map(len, reads))
        lines = (f"  {name.ljust(width)}  {VARIABLES[name]}" for name in reads)
        blocks.append(["Environment variables:", *lines])
    return "\n\n".join("\n".join(["\b", *lines]) for lines in blocks)
