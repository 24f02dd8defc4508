"""Runs plans: resolve, judge, record the intent, act, verify, report. The only writer.

Every plan goes the same way, whoever made it. A plan is all or nothing: when a step fails, the
steps before it are turned back. An undo is a plan too.

Threading: `run` may be called from many threads; plans that change something run one at a time,
under the observer's lock.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lsfs.acts import Acts
from lsfs.config import PolicyConfig
from lsfs.counting import counted
from lsfs.errors import ConflictError, LsfsError, PartialError, PolicyError
from lsfs.journal import Journal
from lsfs.observer import Observer
from lsfs.partition import Parted
from lsfs.plan import Plan
from lsfs.policy import Judgement, chooser, judge
from lsfs.reads import Reads
from lsfs.records import Change, Finding
from lsfs.resolve import Resolved, Resolver
from lsfs.stepping import Stepping
from lsfs.times import await_tick

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Consent:
    """What the caller has agreed to: everything (`yes`), one shown plan (`token`), or nothing.

    `dry_run` only plans.
    """

    yes: bool = False
    token: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a plan. `plan` is the literal one that was shown or run; `reasons` why it is
    asked about, `notices` what must be known of it though it was done."""

    status: str
    plan: Plan
    findings: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    reasons: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    undo: int | None = None


class Engine:
    """Runs plans over one tree and one catalog."""

    def __init__(
        self, resolver: Resolver, reads: Reads, acts: Acts, journal: Journal, policy: PolicyConfig
    ) -> None:
        self._resolver = resolver
        self._reads = reads
        self.acts = acts
        self._journal = journal
        self._policy = policy

    def run(
        self, plan: Plan, consent: Consent, observer: Observer,
        take_in: Callable[[], None] = lambda: None,
    ) -> Outcome:  # fmt: skip
        """Run a proposed plan as far as policy and consent allow. `take_in` what the mounts did and
        kept before a plan looks that changes something.

        Raises:
            ConflictError: `consent.token` was given for other operations or other states.
            LsfsError: resolving failed, nothing was done.
        """
        if not plan.changes_something():
            resolved = self._resolver.resolve(plan)
            found = tuple(self._reads.find(operation) for operation in resolved.plan.operations)
            return Outcome("done", resolved.plan, found)
        parted = self._resolver.parted(plan)
        with observer.lock:
            take_in()
            outcome = self._changed(parted, consent, observer)
        return replace(outcome, notices=(*parted.notices, *outcome.notices))

    def _changed(self, parted: Parted, consent: Consent, observer: Observer) -> Outcome:
        resolved = self._resolver.resolve(parted.plan, is_chosen=parted.is_chosen)
        self._refuse_conflicting_undo(resolved)
        verdict = self._judged(resolved, consent)
        if verdict.verdict == "refuse":
            raise PolicyError(f"refused: {verdict.reasons[0]}", hint="see `lsfs config` policy")
        if consent.dry_run:
            return _only_shown("planned", resolved, verdict)
        if verdict.verdict == "ask":
            return _only_shown("needs_confirmation", resolved, verdict)
        try:
            return self._act(resolved)
        finally:
            observer.settle()

    def _judged(self, resolved: Resolved, consent: Consent) -> Judgement:
        verdict = judge(resolved.plan, resolved.facts, self._policy)
        if consent.token is not None:
            if consent.token != resolved.plan.token:
                raise ConflictError(
                    "the files changed after the plan was shown; nothing was done",
                    hint="ask again to see the plan as it would be now",
                )
            return Judgement("allow") if verdict.verdict == "ask" else verdict
        if verdict.verdict != "ask" or not consent.yes or consent.dry_run:
            return verdict
        limit = self._policy.max_without_review
        who = chooser(resolved.plan, resolved.facts)
        if who is not None and resolved.facts.files > limit:
            told = f"{who} chose {counted(resolved.facts.files, 'file')}, more than {limit}"
            return Judgement("refuse", (f"{told} (setting policy.max_without_review)",))
        return Judgement("allow")

    def _act(self, resolved: Resolved) -> Outcome:
        await_tick()  # who took the time before a plan means what was before it
        plan = resolved.plan
        times_before = self._times_to_put_back(resolved.undoes)
        journal = self._journal.begin(plan, resolved.undoes)
        stepping = Stepping(self.acts, self._journal, journal, plan.actor)
        changes = stepping.changes
        findings: list[Finding] = []
        try:
            for operation in plan.operations:
                if operation.effect == "read":
                    stepping.finish()
                    findings.append(self._reads.find(operation))
                else:
                    stepping.run(operation, minds_locks=resolved.undoes is None)
                    findings += self.acts.opened(operation)
            stepping.finish()
        except Exception as error:
            self._turn_back(journal, changes, error)
            raise
        self.acts.put_times_back(times_before)
        self._journal.finish(journal, "done", changes, self.acts.folder_times(stepping.folders))
        undo = journal if changes else None
        lost, left = resolved.facts.told_of_lost(), resolved.facts.left
        return Outcome(
            "partial" if lost else "done", plan, tuple(findings), tuple(changes),
            notices=(*lost, *left), undo=undo,
        )  # fmt: skip

    def _times_to_put_back(self, undone: int | None) -> dict[str, int]:
        """The times that folders had before a row that is being turned back, of those that nobody
        has changed since."""
        if undone is None:
            return {}
        left = self._journal.times_left(undone)
        found = self._journal.folder_times(undone)
        now = self.acts.folder_times({one.after for one in found})
        return {
            one.before: one.mtime_ns for one in found if now.get(one.after) == left.get(one.after)
        }

    def _turn_back(self, journal: int, changes: Sequence[Change], cause: Exception) -> None:
        """Reverse what a failed plan did; PartialError when that fails as well."""
        left = self.reverse(journal)
        self._journal.finish(journal, "failed" if left else "reversed", changes if left else ())
        if left:
            raise PartialError(
                f"{cause}; and what was done before could not all be turned back: {left[0]}",
                hint=f"`lsfs undo {journal}` tries again; nothing is lost",
            ) from cause
        if changes and isinstance(cause, LsfsError):
            cause.message += "; what was done before it is turned back"

    def reverse(self, journal: int) -> list[str]:
        """Turn back a plan that did not end, as far as its acts happened; what could not be.

        A step is turned back only where the files are as it left them: what somebody has changed
        since is not ours to take away.
        """
        failed = []
        for step in self._journal.steps(journal):
            self.acts.sweep(step.leaves)
            try:
                if self.acts.is_as(step.leaves):
                    for operation in step.inverse:
                        self.acts.inverse(operation, "recovery")  # takes the present state
                        self.acts.keep_for_good()
                        self.acts.perform(operation, "recovery")
                elif step.done:
                    failed.append(f"{next(iter(step.leaves), '?')} has changed since")
            except (LsfsError, OSError) as error:
                log.error("cannot turn back a step of %d: %s", journal, error)
                failed.append(str(error))
        if not failed:
            times = {one.before: one.mtime_ns for one in self._journal.folder_times(journal)}
            self.acts.put_times_back(times)
        return failed

    def recover(self) -> int:
        """Turn back every plan that a crash interrupted; how many there were."""
        unfinished = self._journal.unfinished()
        for journal in unfinished:
            left = self.reverse(journal)
            self._journal.finish(journal, "failed" if left else "reversed", ())
        return len(unfinished)

    def _refuse_conflicting_undo(self, resolved: Resolved) -> None:
        """An undo needs the files as the undone plan left them, or later work would be lost."""
        if resolved.undoes is None or resolved.plan.forced:
            return
        for path, state in self._journal.left_behind(resolved.undoes).items():
            if not self.acts.is_as({path: state}):
                raise ConflictError(
                    f"{path} has changed since; the undo would take that change away", path=path,
                    hint=f"`lsfs undo {resolved.undoes} --force` keeps both (or say: undo"
                    f" {resolved.undoes} and keep both); or `lsfs history '{path}'` and"
                    " `lsfs rollback`",
                )  # fmt: skip


def _only_shown(status: str, resolved: Resolved, verdict: Judgement) -> Outcome:
    return Outcome(status, resolved.plan, reasons=verdict.reasons, notices=resolved.facts.left)
