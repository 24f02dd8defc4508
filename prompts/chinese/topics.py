"""What a Chinese search is about: which signs of it, of those not understood otherwise, are its topic.

Learnt from marked requests (tests/data/topics.toml) by scripts/train_slots.py. Words of asking, and
what people tell beside, are passed over: so only what looks may go by it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..request.tagger import shipped
from .text import BLANK, NAME, Phrase

_AROUND = (-4, -3, -2, -1, 0, 1, 2, 3, 4)
_LATIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9'+#.-]*")


def topic_in(phrase: Phrase, left: Sequence[str]) -> str | None:
    """The topic of a phrase whose filters are blanked, None where it has none; `left` is what the
    grammar takes for it."""
    places = places_in(phrase.text)
    labels, _ = shipped("topics.zh").tag(features_of(phrase, left))
    runs: list[list[int]] = []
    for number, label in enumerate(labels):
        if label == "B":
            runs.append([])
        if label != "O" and runs:
            runs[-1].append(number)
    said = (phrase.part(places[run[0]][0], places[run[-1]][1]).original() for run in runs)
    return " ".join(filter(None, (one.strip("的") for one in said))) or None


def places_in(text: str) -> list[tuple[int, int]]:
    """Where the signs and Latin words of a phrase stand."""
    places, at = [], 0
    while at < len(text):
        latin = _LATIN.match(text, at)
        end = latin.end() if latin else at + 1
        places.append((at, end))
        at = end
    return places


def features_of(phrase: Phrase, left: Sequence[str]) -> list[list[str]]:
    """Of each sign: itself, its neighbours, what pairs they make, whether the grammar takes it for
    the topic."""
    shown = [_shown(phrase.text[start:end]) for start, end in places_in(phrase.text)]
    taken = ["<edge>", *_taken(phrase, left), "<edge>"]
    return [
        [*_around(shown, at), *_by_grammar(shown[at], taken[at : at + 3], len(left))]
        for at in range(len(shown))
    ]


def _by_grammar(sign: str, taken: Sequence[str], parts: int) -> Iterator[str]:
    before, this, after = taken
    yield f"grammar {this}"
    yield f"grammar {before} {this}"
    yield f"grammar {this} {after}"
    yield f"grammar {this} {sign}"
    yield f"grammar of {parts}"
    yield f"grammar {this} of {parts}"


def _taken(phrase: Phrase, left: Sequence[str]) -> list[str]:
    """Of each place, whether it is "in" what the grammar takes for the topic, or "out"."""
    said = [
        "" if BLANK in phrase.text[start:end] else phrase.part(start, end).original()
        for start, end in places_in(phrase.text)
    ]
    whole = "".join(said).replace(" ", "")
    inside: set[int] = set()
    for part in (part.replace(" ", "") for part in left):
        start = whole.find(part)
        inside |= set(range(start, start + len(part))) if start >= 0 else set()
    taken, at = [], 0
    for one in (one.replace(" ", "") for one in said):
        taken.append("in" if not inside.isdisjoint(range(at, at + len(one))) else "out")
        at += len(one)
    return taken


def _shown(said: str) -> str:
    if said == BLANK:
        return "<cut>"
    if re.fullmatch(NAME, said):
        return "<name>"
    if "\ue800" <= said[0] <= "\uefff":
        return "<quoted>"
    return said.casefold()


def _around(shown: list[str], at: int) -> Iterator[str]:
    def there(place: int) -> str:
        return shown[place] if 0 <= place < len(shown) else "<edge>"

    yield "any"
    for offset in _AROUND:
        yield f"{offset} {there(at + offset)}"
    for offset in (-2, -1, 0, 1):
        yield f"{offset}{offset + 1} {there(at + offset)} {there(at + offset + 1)}"
    yield f"-3-2-1 {there(at - 3)} {there(at - 2)} {there(at - 1)}"
    yield f"+1+2+3 {there(at + 1)} {there(at + 2)} {there(at + 3)}"
    if shown[at].isascii() and shown[at][0].isalnum():
        yield "latin"
    if "<cut>" in shown[:at]:
        yield "after a cut"
    if "<cut>" in shown[at:]:
        yield "before a cut"
