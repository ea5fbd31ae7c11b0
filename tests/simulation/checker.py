"""Checks the history of a story.

It does not use the code under test. It knows only plan files, journals and audit logs.
Each finding is a sentence under one of `COUNTERS`:

    lost         the journal says that a step succeeded, and the platform or the ledger never had it
    doubled      one step took effect twice
    collateral   a write changed something besides, and neither the plan nor the journal says so
    silent       the journal or an exit code says other than the platform shows
    unreviewed   a write that no plan in force asked for, or on a base that the plan did not show
    wrong owner  a write to what another project owned then, or a resource with two owners
    protection   a delete of what was protected then, without an approval
    stuck        something that nothing can settle
    broken       a command that crashed

What `docs/safety.md` does not promise is `forgiven`, and counted too.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.history import (
    CommandResult,
    Fields,
    History,
    LedgerCommit,
    Owned,
    RunLine,
    Sent,
    StepLine,
    Write,
)

COUNTERS = (
    "lost",
    "doubled",
    "collateral",
    "silent",
    "unreviewed",
    "wrong owner",
    "protection",
    "stuck",
    "broken",
)
ATTEMPT_SECONDS = 35.0
"""The maximum duration of one attempt of a write; later arrivals may go unnoticed."""

_LOGGED = {
    "create": "create",
    "replace": "create",
    "update": "update",
    "adopt": "update",
    "delete": "delete",
    "rename": "rename",
}
_NEVER_SENT = ("pending", "skipped", "failed")


@dataclass(slots=True)
class Verdict:
    """The findings about a story by counter, and the forgiven ones."""

    found: dict[str, list[str]] = field(default_factory=lambda: {item: [] for item in COUNTERS})
    forgiven: Counter[str] = field(default_factory=Counter)

    def add(self, counter: str, text: str) -> None:
        """Add a finding once."""
        if text not in self.found[counter]:
            self.found[counter].append(text)

    @property
    def failed(self) -> tuple[str, ...]:
        """The counters that are not zero."""
        return tuple(counter for counter in COUNTERS if self.found[counter])


def check(history: History) -> Verdict:
    """Check a story."""
    return _Checker(history).check()


def folded(address: str) -> str:
    """The common form of all spellings of an address."""
    composed = unicodedata.normalize("NFC", address).casefold()
    return unicodedata.normalize("NFC", composed)


@dataclass(frozen=True, slots=True)
class _Effect:
    """One effect of a step's request: its first position, and its changes."""

    position: int
    writes: tuple[Write, ...]


class _Timeline:
    """The platform at every position of its log."""

    def __init__(
        self,
        start: Mapping[str, Fields],
        writes: Sequence[Write],
        blank: Mapping[str, Fields],
    ) -> None:
        self._states: dict[str, list[tuple[int, Fields | None]]] = {
            key: [(-1, fields)] for key, fields in start.items()
        }
        for position, write in enumerate(writes):
            if write.previous is not None:
                self._note(position, write.previous, None)
            self._note(position, write.address, write.after)
            if write.before is None and _is_campaign(write.address):
                # The audit log does not list the channels and members of a new campaign.
                for end, fields in blank.items():
                    self._note(position, f"{write.address}/{end}", fields)

    def _note(self, position: int, address: str, fields: Fields | None) -> None:
        self._states.setdefault(folded(address), []).append((position, fields))

    def states(self, address: str, since: int) -> Iterator[Fields | None]:
        """The state of an address at a position, and all later states."""
        known = self._states.get(folded(address), [])
        current: Fields | None = None
        later: list[Fields | None] = []
        for position, fields in known:
            if position < since:
                current = fields
            else:
                later.append(fields)
        yield current
        yield from later


def _is_campaign(address: str) -> bool:
    return address.startswith("campaigns/") and address.count("/") == 1


class _Ledgers:
    """The owners of resources at every position of the platform's log."""

    def __init__(self, commits: Sequence[LedgerCommit]) -> None:
        self._commits = commits
        self._now: dict[str, Mapping[str, Owned]] = {}
        self._next = 0

    def move_to(self, position: int) -> None:
        """Process everything that was committed before the write at a position."""
        while self._next < len(self._commits) and self._commits[self._next].position <= position:
            commit = self._commits[self._next]
            self._now[commit.ledger] = commit.after
            self._next += 1

    def owners(self, address: str) -> Iterator[tuple[str, Owned]]:
        """The ledgers that own an address, with their entries."""
        key = folded(address)
        for ledger, entries in self._now.items():
            if key in entries:
                yield ledger, entries[key]


class _Checker:
    def __init__(self, history: History) -> None:
        self._history = history
        self._verdict = Verdict()
        self._timeline = _Timeline(history.start, history.writes, history.blank)
        self._steps: dict[str, tuple[RunLine, StepLine]] = {
            step.key: (run, step) for run in history.runs for step in run.steps
        }
        self._effects = self._effects_by_key()

    def check(self) -> Verdict:
        self._writes()
        for run in self._history.runs:
            self._journal(run)
        self._commits()
        for result in self._history.results:
            self._result(result)
        self._final()
        for text in self._history.stuck:
            self._verdict.add("stuck", text)
        for text in self._history.broken:
            self._verdict.add("broken", text)
        return self._verdict

    def _effects_by_key(self) -> dict[str, list[_Effect]]:
        batches: dict[tuple[str, int], list[tuple[int, Write]]] = {}
        for position, write in enumerate(self._history.writes):
            if write.key is not None:
                batches.setdefault((write.key, write.request), []).append((position, write))
        found: dict[str, list[_Effect]] = {}
        for (key, _), writes in batches.items():
            effect = _Effect(writes[0][0], tuple(item for _, item in writes))
            found.setdefault(key, []).append(effect)
        return found

    def _change(self, run: RunLine, step: StepLine) -> Mapping[str, Any] | None:
        plan = self._history.plans.get(run.plan)
        if plan is None or step.seq >= len(plan["changes"]):
            return None
        change: Mapping[str, Any] = plan["changes"][step.seq]
        return change

    def _called(self, run: RunLine) -> str:
        undoes = self._history.plans.get(run.plan, {}).get("undoes")
        return f"run {run.id} (an undo)" if undoes else f"run {run.id}"

    # ---- every write -----------------------------------------------------------------------

    def _writes(self) -> None:
        ledgers = _Ledgers(self._history.commits)
        ordered = sorted(
            ((effect, key) for key, found in self._effects.items() for effect in found),
            key=lambda item: item[0].position,
        )
        for effect, key in ordered:
            ledgers.move_to(effect.position)
            self._effect(effect, key, ledgers)
        for key, found in self._effects.items():
            if len(found) > 1 and key in self._steps:
                self._doubled(found, self._steps[key][1])

    def _doubled(self, found: Sequence[_Effect], step: StepLine) -> None:
        """A key belongs to its user: with another token, an undone write is repeated."""
        users = {effect.writes[0].by for effect in found}
        undone = all(self._was_hidden(effect) for effect in found[:-1])
        if len(users) == len(found) and undone:
            self._verdict.forgiven["undone by somebody, made again under another token"] += 1
            return
        self._verdict.add("doubled", f"{step.action} {step.address} took effect {len(found)} times")

    def _effect(self, effect: _Effect, key: str, ledgers: _Ledgers) -> None:
        known = self._steps.get(key)
        if known is None:
            where = effect.writes[0].address
            self._verdict.add("unreviewed", f"{where} was written by a step of no run")
            return
        run, step = known
        change = self._change(run, step)
        if change is None:
            self._verdict.add(
                "unreviewed", f"{self._called(run)} is of a plan that nobody reviewed"
            )
            return
        if effect.position < run.began:
            self._verdict.add("unreviewed", f"{step.address} was written before its run began")
        self._is_as_planned(effect, run, step, change)
        for write in effect.writes:
            if (
                _is_direct(write) or write.action != "update"
            ):  # who refers to it is not taken from it
                self._is_ours(write, run, ledgers)
            self._is_not_protected(write, run, ledgers)

    def _is_as_planned(
        self, effect: _Effect, run: RunLine, step: StepLine, change: Mapping[str, Any]
    ) -> None:
        """Check that a write and its consequences are as the plan showed them."""
        direct = next((item for item in effect.writes if item.asked and _is_direct(item)), None)
        asked = f"{self._called(run)}, {step.action} {step.address}"
        if direct is None or folded(direct.address) != folded(change["address"]):
            where = direct.address if direct is not None else effect.writes[0].address
            self._verdict.add("unreviewed", f"{asked}: {where} was written")
            return
        if direct.action != _LOGGED.get(change["action"]):
            self._verdict.add("unreviewed", f"{asked}: it was {direct.action}d")
            return
        before = None if change["action"] in ("create", "replace") else change["before"]
        if direct.before != before:
            self._verdict.add(
                "unreviewed", f"{asked}: it was {direct.before}, and the plan showed {before}"
            )
        if direct.after != change["after"]:
            self._verdict.add(
                "unreviewed", f"{asked}: it became {direct.after}, planned was {change['after']}"
            )
        for write in effect.writes:
            if write is not direct:
                self._went_along(write, effect, run, step)

    def _went_along(self, one: Write, effect: _Effect, run: RunLine, step: StepLine) -> None:
        """Check the consequences of a write: descendants and referrers."""
        if one.action == "delete" and step.action == "delete":
            self._was_taken_along(one, effect, run, step)
        elif one.action == "rename" and step.action == "rename":
            return
        elif not self._is_shown(one, run, step):
            what = "came to refer in the moment of a delete"
            text = (
                f"{one.address} was changed from {one.before} to {one.after}, and nothing says so"
            )
            self._unless_raced(one, effect, what, ("collateral", f"{_asked(step)}: {text}"))

    def _was_taken_along(self, one: Write, effect: _Effect, run: RunLine, step: StepLine) -> None:
        where = folded(one.address)
        changes = self._history.plans[run.plan]["changes"]
        deletes = [c for c in changes if c["action"] == "delete"]
        planned = next((c for c in deletes if folded(c["address"]) == where), None)
        shown = self._born(where) if planned is None else planned["before"]
        if shown == one.before:
            return
        what = "changed in the moment its parent was deleted"
        text = f"{one.address} went along as {one.before}, and the plan showed {shown}"
        self._unless_raced(
            one, effect, what, ("unreviewed", f"{self._called(run)}, {_asked(step)}: {text}")
        )

    def _unless_raced(
        self, one: Write, effect: _Effect, what: str, finding: tuple[str, str]
    ) -> None:
        """Add a finding, unless another user wrote after the sender read the platform."""
        if self._changed_since(folded(one.address), self._sent(one).read_position, effect.position):
            self._verdict.forgiven[what] += 1
        else:
            self._verdict.add(*finding)

    def _is_shown(self, one: Write, run: RunLine, step: StepLine) -> bool:
        """Whether the plan or the journal shows that a write changes a referring field."""
        shown = {
            consequence["field"]
            for consequence in self._history.plans[run.plan]["consequences"]
            if folded(consequence["address"]) == folded(one.address)
        }
        before, after = one.before or {}, one.after or {}
        changed = {name for name in {**before, **after} if before.get(name) != after.get(name)}
        return changed <= shown or one.address in step.detail

    def _born(self, where: str) -> Fields | None:
        for end, fields in self._history.blank.items():
            if where.endswith(f"/{end}"):
                return fields
        return None

    def _sent(self, one: Write) -> Sent:
        return self._history.sent.get(one.request, Sent(0.0, 0))

    def _changed_since(self, where: str, since: int, until: int) -> bool:
        """Whether another user changed a resource or its parent between two positions."""
        for write in self._history.writes[since:until]:
            place = folded(write.address)
            if place == where or where.startswith(f"{place}/"):
                return True
        return False

    def _is_ours(self, one: Write, run: RunLine, ledgers: _Ledgers) -> None:
        along = "" if _is_direct(one) else f" along with {one.asked}"
        for address in {one.address, one.previous or one.address}:
            for ledger, _ in ledgers.owners(address):
                if ledger != run.ledger:
                    self._verdict.add(
                        "wrong owner",
                        f"{run.ledger}, {self._called(run)}: {one.action} {address}{along}, "
                        f"which {ledger} owns",
                    )

    def _is_not_protected(self, one: Write, run: RunLine, ledgers: _Ledgers) -> None:
        if one.action != "delete":
            return
        for ledger, entry in ledgers.owners(one.address):
            if entry.protect and not self._is_approved(run, "delete-protected", one.address):
                self._verdict.add(
                    "protection", f"{self._called(run)}: {one.address} of {ledger} was deleted"
                )

    def _is_approved(self, run: RunLine, code: str, address: str) -> bool:
        return any(
            finding["code"] == code
            and finding["approved"] is not None
            and folded(finding["address"]) == folded(address)
            for finding in self._history.plans[run.plan]["findings"]
        )

    # ---- every journal ---------------------------------------------------------------------

    def _journal(self, run: RunLine) -> None:
        for step in run.steps:
            change = self._change(run, step)
            if change is None:
                continue
            if step.state == "succeeded":
                self._did_happen(run, step, change)
            else:
                self._did_not_happen(run, step)

    def _did_happen(self, run: RunLine, step: StepLine, change: Mapping[str, Any]) -> None:
        if not _writes(change) or step.key in self._effects:
            return
        if self._was_ever_so(run, change):
            return
        self._verdict.add(
            "lost",
            f"{self._called(run)}: {step.action} {step.address} is said to be done, and never was",
        )

    def _was_ever_so(self, run: RunLine, change: Mapping[str, Any]) -> bool:
        """Whether the resource was as planned at any time since the verification."""
        states = list(self._timeline.states(change["address"], run.verified))
        if change["action"] == "delete":
            return None in states
        if change["action"] == "rename":
            return any(state is not None for state in states)
        return change["after"] in states

    def _did_not_happen(self, run: RunLine, step: StepLine) -> None:
        effects = self._effects.get(step.key)
        if not effects or step.state in ("sent", "unknown"):
            return
        if step.fenced or "late answer" in step.detail:
            return
        if any(self._was_late(effect) for effect in effects):
            self._verdict.forgiven["took effect after the wait"] += 1
            return
        if self._was_hidden(effects[-1]):
            self._verdict.forgiven["changed again before it could be read"] += 1
            return
        self._verdict.add(
            "silent",
            f"{self._called(run)}: {step.action} {step.address} took effect and is said to be "
            f"{step.state} ({step.detail})",
        )

    def _was_late(self, effect: _Effect) -> bool:
        return self._sent(effect.writes[0]).seconds > ATTEMPT_SECONDS

    def _was_hidden(self, effect: _Effect) -> bool:
        """Whether a later edit of the same resource hides the effect from a read."""
        places = {
            folded(address)
            for write in effect.writes
            for address in (write.address, write.previous or write.address)
        }
        later = self._history.writes[effect.position + len(effect.writes) :]
        return any(
            folded(address) == place
            or folded(address).startswith(f"{place}/")
            or place.startswith(f"{folded(address)}/")
            for item in later
            for address in (item.address, item.previous or item.address)
            for place in places
        )

    # ---- every ledger ----------------------------------------------------------------------

    def _commits(self) -> None:
        runs = {run.id: run for run in self._history.runs}
        now: dict[str, Mapping[str, Owned]] = {}
        written: dict[str, dict[str, Any]] = {}
        for commit in self._history.commits:
            run = runs[commit.run]
            plan = self._history.plans.get(run.plan)
            if plan is not None:
                self._shares(commit, run, plan["changes"], written.setdefault(run.id, {}))
            now[commit.ledger] = commit.after
            self._has_one_owner(commit, now)

    def _shares(
        self,
        commit: LedgerCommit,
        run: RunLine,
        changes: Sequence[Mapping[str, Any]],
        written: dict[str, Any],
    ) -> None:
        """What each step that succeeded did to the ledger: from what the plan showed, to what it
        planned. `written` is what earlier steps of the run made of it."""
        now = dict(commit.before)
        for seq in commit.succeeded:
            change = changes[seq]
            if not _tells(change):
                continue
            key = folded(change["address"])
            found = now.pop(_old_key(change, now), None)
            shown = written.get(key, change["previous_tracking"])
            fits = [shown]
            if not self._wrote(run, seq, key):  # made by another plan already
                fits += [c["tracking"] for c in changes if folded(c["address"]) == key]
            if not any(_is_same(found, fit) for fit in fits):
                self._verdict.add(
                    "unreviewed",
                    f"{self._called(run)}, {change['action']} {change['address']}: the ledger said "
                    f"{_words(found)}, and the plan showed {_words_of(shown)}",
                )
            written[key] = change["tracking"]
            if change["tracking"] is not None:
                now[key] = Owned(change["address"], **change["tracking"])
        for seq in commit.succeeded:
            change = changes[seq]
            key = folded(change["address"])
            if _tells(change) and not _is_same(commit.after.get(key), written[key]):
                self._verdict.add(
                    "lost",
                    f"{self._called(run)}, {change['action']} {change['address']}: the ledger says "
                    f"{_words(commit.after.get(key))}, planned was {_words_of(written[key])}",
                )

    def _wrote(self, run: RunLine, seq: int, key: str) -> bool:
        """Whether a step of the run changed what is at an identity on the platform."""
        if run.steps[seq].key in self._effects:
            return True
        keys = {step.key for step in run.steps if step.action == "delete"}
        return any(
            write.key in keys and write.action == "delete" and folded(write.address) == key
            for write in self._history.writes
        )

    def _has_one_owner(self, commit: LedgerCommit, now: Mapping[str, Mapping[str, Owned]]) -> None:
        for key in commit.after:
            for ledger, entries in now.items():
                if ledger != commit.ledger and key in entries:
                    both = " and ".join(sorted((ledger, commit.ledger)))
                    self._verdict.add("wrong owner", f"{key} is owned by {both}")

    # ---- every command, and the end --------------------------------------------------------

    def _result(self, result: CommandResult) -> None:
        whole = result.finished and all(state == "succeeded" for state in result.states)
        if (result.exit_code == 0) != whole:
            self._verdict.add(
                "silent",
                f"run {result.run}: exit {result.exit_code}, its steps {Counter(result.states)}",
            )

    def _final(self) -> None:
        for run in self._history.runs:
            if run.finished is None:
                self._verdict.add(
                    "stuck", f"{self._called(run)} of {run.ledger} was never finished"
                )
            elif any(step.state in ("pending", "sent", "unknown") for step in run.steps):
                self._verdict.add("silent", f"{self._called(run)} is finished with unsettled steps")


def _asked(step: StepLine) -> str:
    return f"{step.action} {step.address}"


def _is_direct(one: Write) -> bool:
    if one.action == "rename":
        return folded(one.asked) == folded(one.previous or "")
    return folded(one.asked) == folded(one.address)


def _writes(change: Mapping[str, Any]) -> bool:
    if change["action"] == "adopt":
        return bool(change["differences"])
    return change["action"] not in ("forget", "none")


def _tells(change: Mapping[str, Any]) -> bool:
    """Whether a change contains the resulting ledger entry."""
    return change["action"] in ("delete", "forget") or change["tracking"] is not None


def _old_key(change: Mapping[str, Any], entries: Mapping[str, Owned]) -> str:
    """Where a ledger has a resource until a change of it is made: a renamed one under its old
    name, which is beside the new one where an upper level was renamed as well."""
    key = folded(change["address"])
    if change["action"] != "rename":
        return key
    old = folded(change["previous_address"] or "")
    if old not in entries:
        old = f"{key.rpartition('/')[0]}/{old.rpartition('/')[2]}"
    return old if old in entries else key


def _is_same(owned: Owned | None, tracking: Mapping[str, Any] | None) -> bool:
    if owned is None or tracking is None:
        return owned is None and tracking is None
    return (owned.form, owned.fields, owned.protect, owned.on_remove) == (
        tracking["form"],
        tracking["fields"],
        tracking["protect"],
        tracking["on_remove"],
    )


def _words(owned: Owned | None) -> str:
    if owned is None:
        return "nothing"
    return f"{owned.fields} protect={owned.protect} on_remove={owned.on_remove} {owned.form}"


def _words_of(tracking: Mapping[str, Any] | None) -> str:
    if tracking is None:
        return "nothing"
    return (
        f"{tracking['fields']} protect={tracking['protect']} on_remove={tracking['on_remove']} "
        f"{tracking['form']}"
    )


def sentences(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """All findings, with their counters."""
    for verdict in verdicts:
        for counter in verdict.failed:
            for text in verdict.found[counter]:
                yield f"{counter}: {text}"
