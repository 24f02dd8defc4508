"""Which words of a request fill which slot of its intent: labels learnt from marked requests
(scripts/train_slots.py) and come with lsfs (`data/slots.*.crf`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..likely.parts import Part, parts_of
from ..likely.words import learnt
from ..names.targets import Targets
from ..request.tagger import shipped
from .chinese import chinese_mentions
from .words import Word, features_of, words_in

Role = Literal[
    "target", "set", "from", "to", "name", "text", "old", "new", "when", "group", "language",
    "number",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """What fills a slot, and where it stands."""

    role: Role
    said: str
    start: int
    end: int
    is_quoted: bool = False


def labelled(
    text: str, intent: str, mentions: Sequence[Part], language: str = "en"
) -> tuple[list[Slot], float]:
    """The slots of a request in their order, and the probability of them all."""
    words = words_in(text)
    labels, chance = shipped(f"slots.{language}").tag(features_of(words, intent, mentions))
    return slots_of(text, words, labels), chance


def mentions_in(text: str, intent: str, targets: Targets, language: str = "en") -> list[Part]:
    """What of the tree, or by its marks, is named or quoted."""
    if language == "zh":
        return chinese_mentions(text, targets)
    return [
        replace(part, is_folder=part.path is not None and targets.directory(part.path) == part.path)
        for part in parts_of(text, targets, learnt(intent))
    ]


def slots_of(text: str, words: Sequence[Word], labels: Sequence[str]) -> list[Slot]:
    """The runs of words with a label."""
    slots: list[Slot] = []
    at = 0
    while at < len(words):
        if labels[at] == "O":
            at += 1
            continue
        role, end = labels[at][2:], at + 1
        while end < len(words) and labels[end] == f"I-{role}":
            end += 1
        first, last = words[at], words[end - 1]
        is_quoted = first.is_quoted and end == at + 1
        said = first.text if is_quoted else text[first.start : last.end]
        slots.append(Slot(role, said, first.start, last.end, is_quoted))  # type: ignore[arg-type]
        at = end
    return slots
