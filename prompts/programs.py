"""Programs in words: Markdown with numbered steps, or the line syntax of CoRE, to steps.

The language is described in docs/programs.md. CoRE: *CoRE: LLM as Interpreter for Natural Language
Programming, Pseudo-Code Programming, and Flow Programming of AI Agents* (Xu et al., arXiv
2405.06907): `NAME:::TYPE:::INSTRUCTION:::BRANCH::TARGET...`, a step a line. Markdown is CommonMark.

Nothing is run here, and each error names its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lsfs.errors import LsfsError, UsageError
from lsfs.program_text import checked_text
from lsfs.saying import NAME
from lsfs.worded import CONSTANTS, END, LONGEST_REQUEST, Program, Step

from .decisions import Words, condition_of
from .program_items import HINT, Item, items_of

_CORE = re.compile(r"^\s*step\s+[^:\n]+:::", re.I | re.M)
_STOP = re.compile(r"(?:stop|end|quit|finish|exit)(?:\s+(?:here|now|the\s+(?:program|run)))?", re.I)
_JUMP = re.compile(
    r"(?:go|jump|return|skip|continue|go\s+on)(?:\s+(?:back|on))?(?:\s+(?:to|at|from|with))\s+step\s+(\d+)",
    re.I,
)
_NEXT = re.compile(
    r"(?:next(?:\s+(?:one|file))?|skip\s+(?:it|this(?:\s+(?:one|file))?)|(?:go\s+on|continue|go)\s+(?:with|to)\s+the"
    r"\s+next(?:\s+(?:one|file))?)", re.I,
)  # fmt: skip
_IF = re.compile(r"(?P<how>if|unless)\s+(?P<rest>.+)", re.I | re.S)
_ELSE = re.compile(r"(?:otherwise|else|if\s+not)\s*[,:]?\s*(?P<act>.*)", re.I | re.S)
_THEN = re.compile(r"\s*(?:,\s*(?:then\s+)?|:\s+|:\s*$|\s+then\s+)", re.I)
_ELSE_WITHIN = re.compile(r"(?:[,;.]\s*|\s+)(?:otherwise|else)\s*,?\s+", re.I)
_EACH = re.compile(
    r"for\s+(?:each|every|all)\s+(?:one\s+)?(?P<rest>.+?)\s*(?::\s*$|[,:]\s+(?P<act>.+))",
    re.I | re.S,
)
_OVER_NAMED = re.compile(
    r"(?:\{(?P<each>\w+)\}\s+(?:of|in)\s+)?(?:files?\s+(?:of|in)\s+(?=\{))?(?:of\s+)?(?P<over>.+)",
    re.I | re.S,
)
_THEM = re.compile(
    r"(?:of\s+)?(?:them|those|these|it|(?:the\s+)?(?:found\s+)?(?:files?|results?|hits?)(?:\s+found)?)",
    re.I,
)
_AS = re.compile(r"\s+(?:as|and\s+call\s+(?:it|them))\s+\{(\w+)\}\s*\.?\s*$")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`|“[^”]*”|\{[^}]*\}")
MOST_NESTED = 20
"""Decisions and loops in one another."""


def read_program(text: str, name: str, known: Words) -> Program:
    """The program that the text holds.

    Raises:
        UsageError: it is none; the message says which line.
    """
    checked_text(text.encode("utf-8", "surrogateescape"), name)
    build = _Build(name, known)
    if _CORE.search(text):
        _read_core(text, build)
    else:
        build.block(items_of(text, name), within=None)
    return build.program()


# -- the steps, from either form -------------------------------------------------------------------


@dataclass(slots=True)
class _Build:
    """Steps being laid out one after the other. `ends` are the ways out of what was laid last, as
    (step, field); the next step is where they lead."""

    name: str
    known: Words
    steps: list[Step] = field(default_factory=list)
    ends: list[tuple[int, str]] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    jumps: list[tuple[int, str, str]] = field(default_factory=list)
    """(step, field, label) of what leads to a step by its label."""
    depth: int = 0

    def fail(self, line: int, problem: str, hint: str = HINT) -> UsageError:
        return UsageError(f"{self.name}, line {line}: {problem}", path=self.name, hint=hint)

    def block(self, items: Sequence[Item], within: int | None) -> None:
        """Lay out the items; `within` is the loop that they are in."""
        waiting = list(items)
        while waiting:
            item = waiting.pop(0)
            self.labels.setdefault(item.label, len(self.steps))
            other = waiting.pop(0) if waiting and _is_else(item, waiting[0]) else None
            self.item(item, other, within)

    def item(self, item: Item, other: Item | None, within: int | None) -> None:
        """Lay out an item, with the `otherwise` that follows it."""
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise self.fail(
                item.line, f"more than {MOST_NESTED} decisions and loops stand in one another"
            )
        self._item(item, other, within)
        self.depth -= 1

    def check(self, item: Item, text: str) -> None:
        """That the step says something, and no more than is read."""
        if not text:
            raise self.fail(item.line, f"step {item.label} says nothing")
        if len(text) > LONGEST_REQUEST:
            raise self.fail(
                item.line, f"the step has {len(text)} characters; {LONGEST_REQUEST} are read",
                "put long texts into a file",
            )  # fmt: skip

    def _item(self, item: Item, other: Item | None, within: int | None) -> None:
        text = item.text.rstrip(" ")
        self.check(item, text)
        if match := _IF.fullmatch(text):
            self._decision(item, match, other, within)
            return
        if _ELSE.fullmatch(text) and re.match(r"(?:otherwise|else)\b", text, re.I):
            raise self.fail(item.line, "`otherwise` follows no `if`", "If ..., ...; otherwise ...")
        if match := _EACH.fullmatch(text):
            self._loop(item, match)
            return
        if any(one.is_numbered for one in item.items):
            raise self.fail(
                item.items[0].line,
                f"step {item.label} has steps in it, and is no loop or decision",
                "steps are put below `For each of them:` or `If ...:`",
            )  # fmt: skip
        self.statement(item, text, within)

    def statement(self, item: Item, text: str, within: int | None) -> None:
        """One act: stop, go to a step, or an instruction."""
        bare = text.strip().rstrip(".!;").strip()
        if _STOP.fullmatch(bare):
            self._lay(Step("terminal", item.label, item.line, ""))
            self.ends = []
        elif match := _JUMP.fullmatch(bare):
            at = self._lay(Step("jump", item.label, item.line, bare))
            self.jumps.append((at, "then", match[1]))
            self.ends = []
        elif _NEXT.fullmatch(bare):
            if within is None:
                raise self.fail(item.line, f"{bare!r} stands in no loop")
            at = self._lay(Step("jump", item.label, item.line, bare))
            self.steps[at] = replace(self.steps[at], then=within)
            self.ends = []
        elif (match := _EACH.fullmatch(text)) or (match := _IF.fullmatch(text)):
            alone = replace(item, text=text, items=())
            self.item(alone, None, within)
        else:
            self.process(item, text)

    def process(self, item: Item, text: str, kind: str = "process") -> int:
        text = text.strip()
        name = None
        if match := _AS.search(text):
            name, text = match[1], text[: match.start()]
            self._check_new(item, name)
        step = Step(
            "terminal" if kind == "terminal" else "process", item.label, item.line, text, name
        )
        return self._lay(step)

    def _decision(
        self, item: Item, match: re.Match[str], other: Item | None, within: int | None
    ) -> None:
        asked, act = _condition(match["rest"])
        act, otherwise = (act, None) if act is None else _cut(act, _ELSE_WITHIN)
        if not act and not item.items:
            raise self.fail(item.line, "it does not say what to do then", "If ..., stop")
        at = self.decide(item, asked, is_negated=match["how"].casefold() == "unless")
        self.ends = [(at, "then")]
        self._branch(item, act, item.items, within)
        ends, self.ends = self.ends, [(at, "otherwise")]
        if otherwise:
            self.statement(item, otherwise, within)
        elif other is not None:
            self.labels.setdefault(other.label, len(self.steps))
            words = _ELSE.fullmatch(other.text)
            self._branch(other, words["act"] if words else None, other.items, within)
        self.ends += ends

    def _branch(
        self, item: Item, act: str | None, items: Sequence[Item], within: int | None
    ) -> None:
        if act:
            self.statement(item, act, within)
        self.block(items, within)

    def decide(self, item: Item, asked: str, *, is_negated: bool = False) -> int:
        """Lay a decision."""
        try:
            condition = condition_of(asked, self.known)
        except LsfsError as error:
            raise self.fail(item.line, error.message, error.hint or HINT) from error
        if is_negated:
            asked = f"unless {asked}"
            condition = replace(condition, is_negated=not condition.is_negated)
        return self._lay(Step("decision", item.label, item.line, asked, condition=condition))

    def _loop(self, item: Item, match: re.Match[str]) -> None:
        """Lay a loop and its steps; the last of them lead back to it."""
        rest = match["rest"].strip()
        named = _OVER_NAMED.fullmatch(rest)
        each = named["each"] if named else None
        over = named["over"] if named else rest
        over = "them" if _THEM.fullmatch(over) else re.sub(r"(?i)^file\b", "files", over)
        if each:
            self._check_new(item, each)
        if not match["act"] and not item.items:
            raise self.fail(item.line, "the loop has no steps", "indent its steps below it")
        at = self._lay(Step("loop", item.label, item.line, over, each or "file"))
        self.ends = [(at, "then")]
        self._branch(item, match["act"], item.items, at)
        self._lead(self.ends, at)
        self.steps[at] = replace(self.steps[at], last=len(self.steps) - 1)
        self.ends = [(at, "otherwise")]

    def _lay(self, step: Step) -> int:
        at = len(self.steps)
        self.steps.append(step)
        self._lead(self.ends, at)
        self.ends = [(at, "then")]
        return at

    def _lead(self, ends: Sequence[tuple[int, str]], to: int) -> None:
        for at, way in ends:
            self.steps[at] = replace(self.steps[at], **{way: to})  # type: ignore[arg-type]

    def _check_new(self, item: Item, name: str) -> None:
        if name in CONSTANTS:
            raise self.fail(item.line, f"{{{name}}} is known already", "choose another name")
        if not NAME.fullmatch(f"{{{name}}}"):
            raise self.fail(
                item.line, f"{{{name}}} is no name: names begin with a small letter (a to z)",
                f"{{{name.lower()}}}" if name.lower() != name else "{notes}",
            )  # fmt: skip

    def program(self) -> Program:
        """All of it, when every name and every step that is spoken of is there."""
        self._lead(self.ends, END)
        for at, way, label in self.jumps:
            if label not in self.labels:
                raise self.fail(
                    self.steps[at].line, f"there is no step {label}",
                    f"the steps are {', '.join(self.labels)}",
                )  # fmt: skip
            self._lead([(at, way)], self.labels[label])
        known = {step.name for step in self.steps if step.name} | set(CONSTANTS)
        for step in self.steps:
            for name in (match[1] for match in NAME.finditer(step.words)):
                if name not in known:
                    raise self.fail(
                        step.line, f"no step calls its outcome {{{name}}}",
                        "Find notes from last week as {notes}; known are "
                        + ", ".join(f"{{{one}}}" for one in sorted(known)),
                    )  # fmt: skip
        return Program(self.name, tuple(self.steps))


def _is_else(item: Item, following: Item) -> bool:
    return bool(
        _IF.fullmatch(item.text) and re.match(r"(?:otherwise|else)\b", following.text, re.I)
    )


def _condition(rest: str) -> tuple[str, str | None]:
    """What is asked, and what to do then, where that is said in the same sentence."""
    return _cut(rest, _THEN)


def _cut(text: str, at: re.Pattern[str]) -> tuple[str, str | None]:
    """What is before and behind the first match that is in no quotes; None: nothing is."""
    match = at.search(_QUOTED.sub(lambda quote: "x" * len(quote[0]), text))
    return (text[: match.start()], text[match.end() :].strip() or None) if match else (text, None)


# -- CoRE ------------------------------------------------------------------------------------------


def _read_core(text: str, build: _Build) -> None:
    """Each line with `:::` is a step; other lines are comments."""
    for number, line in enumerate(text.splitlines(), 1):
        if ":::" in line:
            _core_step([" ".join(part.split()) for part in line.split(":::")], number, build)


def _core_step(parts: Sequence[str], line: int, build: _Build) -> None:
    if len(parts) not in (3, 4):
        raise build.fail(
            line, "a step has four parts", "Step 1:::process:::Find notes:::next::Step 2"
        )
    label, kind, words = parts[0], parts[1].casefold(), parts[2]
    item = Item(re.sub(r"(?i)^step\s+", "", label), line, words)
    if words or kind != "terminal":
        build.check(item, words)
    key = _core_label(label)
    if key in build.labels:
        raise build.fail(line, f"there are two steps called {label}")
    build.labels[key] = len(build.steps)
    build.ends = []
    ways = _core_ways(parts[3] if len(parts) == 4 else "", line, build)
    if kind == "process":
        _check_ways(ways, {"next"}, line, build)
        _core_process(item, ways["next"], build)
    elif kind == "decision":
        _check_ways(ways, {"yes", "no"}, line, build)
        at = build.decide(item, words)
        build.jumps += [(at, "then", ways["yes"]), (at, "otherwise", ways["no"])]
    elif kind == "terminal":
        _check_ways(ways, set(), line, build)
        stops = not words or _STOP.fullmatch(words.rstrip("."))
        build.process(item, "" if stops else words, "terminal")
    else:
        raise build.fail(line, f"{parts[1]!r} is no kind of step", "process, decision or terminal")
    build.ends = []


def _core_process(item: Item, following: str, build: _Build) -> None:
    build.statement(item, item.text, None)
    build.jumps += [(at, way, following) for at, way in build.ends]


def _core_ways(text: str, line: int, build: _Build) -> dict[str, str]:
    parts = [part.strip() for part in text.split("::") if part.strip()]
    if len(parts) % 2:
        raise build.fail(
            line, f"{text!r} leads nowhere", "next::Step 2, or yes::Step 3::no::Step 4"
        )
    return {parts[at].casefold(): _core_label(parts[at + 1]) for at in range(0, len(parts), 2)}


def _check_ways(ways: dict[str, str], wanted: set[str], line: int, build: _Build) -> None:
    if set(ways) != wanted:
        needs = " and ".join(sorted(wanted, reverse=True)) or "nothing"
        raise build.fail(
            line, f"the step leads on by {', '.join(ways) or 'nothing'}; it needs {needs}"
        )


def _core_label(label: str) -> str:
    return re.sub(r"^step ", "", " ".join(label.casefold().split()))
