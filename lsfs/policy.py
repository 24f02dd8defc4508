"""Judges a resolved plan: allow, ask, or refuse.

Reads run. A reversible operation on one named file runs. What touches more than one file, removes,
overwrites, was chosen by a query, or is a proposal (likely meant, or by a language model) asks
first. What opens something to others always asks.
Protected paths are refused; paths outside the root and lsfs's own state never get this far
(`lsfs.paths.normalise` refuses them when the plan is made).
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import Literal

from lsfs.config import PolicyConfig
from lsfs.plan import Copy, Join, Move, Operation, Plan, Remove, Write


@dataclass(frozen=True, slots=True)
class Facts:
    """What resolving learned about a plan that its literal operations do not show.

    `files` counts every file touched, those inside folders, those copied from and those linked to
    too; `changed` are the paths that would be other than they are, without those only copied from
    or linked to; `overwrites` are existing entries that would be replaced by others; `by_query`
    says that a query chose the targets; `lost` are files that were to come back, and of which
    nothing was ever kept; `outward` says who could read what from then on, or no more;
    `left` why an undo leaves a link as it is; `is_earlier`: an undo of a kind is not of the
    last thing done.
    """

    files: int
    changed: tuple[str, ...] = ()
    overwrites: tuple[str, ...] = ()
    by_query: bool = False
    lost: tuple[str, ...] = ()
    outward: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    is_earlier: bool = False

    def told_of_lost(self) -> tuple[str, ...]:
        """What a person must know of them."""
        if not self.lost:
            return ()
        more = f" and {len(self.lost) - 1} more" if len(self.lost) > 1 else ""
        return (f"nothing was ever kept of {self.lost[0]}{more}: not brought back",)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, and why, in words for the person asked."""

    verdict: Literal["allow", "ask", "refuse"]
    reasons: tuple[str, ...] = ()


def judge(plan: Plan, facts: Facts, config: PolicyConfig) -> Judgement:
    """The verdict on a resolved plan."""
    if not plan.changes_something():
        return Judgement("allow")
    protected = [path for path in facts.changed if _is_protected(path, config)]
    if protected:
        return Judgement("refuse", (f"{protected[0]} is protected by the configuration",))
    reasons = tuple(_reasons(plan, facts))
    return Judgement("ask", reasons) if reasons else Judgement("allow")


def _reasons(plan: Plan, facts: Facts) -> list[str]:
    reasons = [*facts.outward]
    if not reasons and any(operation.effect == "outward" for operation in plan.operations):
        reasons.append("it opens something to others")
    if facts.files > 1:
        reasons.append(f"it touches {facts.files} files")
    if any(isinstance(operation, Remove) for operation in plan.operations):
        reasons.append("it removes")
    if facts.overwrites:
        reasons.append(f"it overwrites {facts.overwrites[0]}")
    if facts.by_query:
        reasons.append("a query chose what it acts on")
    if facts.is_earlier:
        reasons.append("it is not the last thing done")
    if plan.is_proposal:
        is_likely = plan.parser == "likely"
        reasons.append(
            "this is likely what you mean" if is_likely else "a language model made this plan"
        )
    return [*reasons, *facts.told_of_lost()]


def chooser(plan: Plan, facts: Facts) -> str | None:
    """Who chose what it acts on, where nobody named that for sure."""
    if facts.by_query:
        return "a query"
    if plan.is_proposal:
        return "a likely reading" if plan.parser == "likely" else "a language model"
    return None


def overwritten(operation: Operation) -> str | None:
    """The path an operation would replace with other content, if something is there."""
    match operation:
        case Write(path=path):
            return path
        case Move(to=to) | Copy(to=to) | Join(to=to):
            return to
        case _:
            return None


def _is_protected(path: str, config: PolicyConfig) -> bool:
    return any(
        fnmatch.fnmatchcase(path, pattern) or fnmatch.fnmatchcase(path, pattern.rstrip("/") + "/*")
        for pattern in config.protect
    )
