"""What changed from one text to another, in words: sentences that came, went, or were reworded.

Extractive: every word shown is of one of the texts. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from .sentences import cut, plain, split_sentences, words

SHOWN = 8
"""Most sentences of a kind that are shown."""
ALIKE = 0.5
"""From that ratio on a sentence in the place of another is the same one, reworded."""
CONTEXT = 5
"""Words shown on either side of a rewording."""
MOST_TOKENS, MOST_PAIRS, MOST_UNITS = 300, 20_000, 2_000
"""Of longer sentences, of longer stretches and of longer texts no pairs are sought, or none of the
sentences that come again and again: it would take minutes."""
_TOKEN = re.compile(r"\w+|[^\w\s]|\s+")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence or line, and the line it begins at."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class _Change:
    """`mark` is "+", "-" or "~"; `weight` how much it says."""

    mark: str
    text: str
    line: int
    weight: int


def change_summary(before: str, after: str, *, by_lines: bool, numbered: bool) -> str:
    """How much was added, removed and reworded, and the weightiest of it; where lines are
    `numbered`, each with its own: of the new text, of the old one where it was removed."""
    units = _lines if by_lines else _sentences
    changes = list(_changes(units(before), units(after)))
    if not changes:
        return "nothing changed in what it says"
    what = "line" if by_lines else "sentence"
    told = [
        _counted(sum(one.mark == mark for one in changes), what, verb)
        for mark, verb in (("+", "added"), ("-", "removed"), ("~", "reworded"))
    ]
    shown = [
        f"{one.mark} {one.text}" + (f" (line {one.line})" if numbered else "")
        for one in _weightiest(changes)
    ]
    left = len(changes) - len(shown)
    rest = [f"and {left} more" if left > 0 else ""]
    return "\n".join(filter(None, [", ".join(filter(None, told)), *shown, *rest]))


def _lines(text: str) -> list[_Unit]:
    return [
        _Unit(line.strip(), number)
        for number, line in enumerate(text.splitlines(), start=1) if line.strip()
    ]  # fmt: skip


def _sentences(text: str) -> list[_Unit]:
    found, at, line = [], 0, 1
    for offset, sentence in split_sentences(text):
        line += text.count("\n", at, offset)
        at = offset
        found.append(_Unit(plain(sentence), line))
    return found


def _changes(before: Sequence[_Unit], after: Sequence[_Unit]) -> Iterator[_Change]:
    one, other = [unit.text for unit in before], [unit.text for unit in after]
    matcher = SequenceMatcher(None, one, other, autojunk=len(one) + len(other) > MOST_UNITS)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield from _replaced(before[a:b], after[c:d])


def _replaced(old: Sequence[_Unit], new: Sequence[_Unit]) -> Iterator[_Change]:
    """Sentences in the place of others: the alike ones are pairs, in order."""
    start = 0 if len(old) * len(new) <= MOST_PAIRS else len(old)
    yield from (_gone(one) for one in old[:start])
    for unit in new:
        pair = next((i for i in range(start, len(old)) if _are_alike(old[i], unit)), None)
        if pair is None:
            yield _Change("+", cut(unit.text), unit.line, len(set(words(unit.text))))
            continue
        yield from (_gone(one) for one in old[start:pair])
        yield _reworded(old[pair], unit)
        start = pair + 1
    yield from (_gone(one) for one in old[start:])


def _gone(unit: _Unit) -> _Change:
    return _Change("-", cut(unit.text), unit.line, len(set(words(unit.text))))


def _are_alike(one: _Unit, other: _Unit) -> bool:
    a, b = ([t for t in _TOKEN.findall(unit.text) if not t.isspace()] for unit in (one, other))
    if max(len(a), len(b)) > MOST_TOKENS:
        return False
    matcher = SequenceMatcher(None, a, b)
    return matcher.real_quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _reworded(old: _Unit, new: _Unit) -> _Change:
    """What stands for what: "due on [3 -> 17] March"."""
    one, other = _TOKEN.findall(old.text), _TOKEN.findall(new.text)
    parts: list[str] = []
    weight = 0
    opcodes = _joined(SequenceMatcher(None, one, other, autojunk=False).get_opcodes(), one)
    for number, (tag, a, b, c, d) in enumerate(opcodes):
        if tag == "equal":
            is_first, is_last = number == 0, number == len(opcodes) - 1
            parts.append(_context(other[c:d], is_first, is_last))
        else:
            was, now = "".join(one[a:b]), "".join(other[c:d])
            weight += len(set(words(f"{was} {now}"))) + 1
            parts.append(_swapped(was, now))
    return _Change("~", cut(" ".join("".join(parts).split())), new.line, weight)


def _swapped(was: str, now: str) -> str:
    """Written "[was -> now]", with the spaces of the new text around it."""
    space, after = now[: len(now) - len(now.lstrip())], now[len(now.rstrip()) :]
    was, now = was.strip(), now.strip()
    if not now:
        return f" [-{was}] "
    return f"{space}[{was} -> {now}]{after}" if was else f"{space}[+{now}]{after}"


def _joined(
    opcodes: Sequence[tuple[str, int, int, int, int]], tokens: Sequence[str]
) -> list[tuple[str, int, int, int, int]]:
    """Replacements with nothing but a space between them are one."""
    found: list[tuple[str, int, int, int, int]] = []
    for tag, a, b, c, d in opcodes:
        if tag == "equal" and found and found[-1][0] != "equal" and "".join(tokens[a:b]).isspace():
            tag = "replace"
        if found and tag != "equal" and found[-1][0] != "equal":
            _, first_a, _, first_c, _ = found.pop()
            found.append(("replace", first_a, b, first_c, d))
        else:
            found.append((tag, a, b, c, d))
    return found


def _context(tokens: Sequence[str], is_first: bool, is_last: bool) -> str:
    """What stays, no more of it than is needed to know the place."""
    most = CONTEXT * 2
    if is_first and len(tokens) > most:
        return "… " + "".join(tokens[-most:]).lstrip()
    if is_last and len(tokens) > most:
        return "".join(tokens[:most]).rstrip() + " …"
    if len(tokens) > 2 * most:
        return "".join(tokens[:most]).rstrip() + " … " + "".join(tokens[-most:]).lstrip()
    return "".join(tokens)


def _weightiest(changes: Sequence[_Change]) -> list[_Change]:
    """Of each kind those that say most, in the order of the text."""
    kept: set[int] = set()
    for mark in "+-~":
        own = [(-one.weight, i) for i, one in enumerate(changes) if one.mark == mark]
        kept.update(i for _, i in sorted(own)[:SHOWN])
    return [changes[i] for i in sorted(kept)]


def _counted(count: int, what: str, verb: str) -> str:
    return f"{count} {what}{'s' if count > 1 else ''} {verb}" if count else ""
