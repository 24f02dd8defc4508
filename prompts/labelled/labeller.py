"""Which words of a request fill which slot of its intent.

A linear-chain conditional random field (Lafferty, McCallum and Pereira, "Conditional Random
Fields", 2001) over the words, by CRFsuite; it is learnt from marked requests
(scripts/train_slots.py) and comes with lsfs (`data/slots.en.crf`).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Literal

import pycrfsuite

from ..likely.parts import Part, parts_of
from ..likely.words import learnt
from ..names.targets import Targets
from .chinese import chinese_mentions
from .words import Word, features_of, words_in

Role = Literal[
    "target", "set", "from", "to", "name", "text", "old", "new", "when", "group", "language", "number"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """What fills a slot, and where it stands."""

    role: Role
    said: str
    start: int
    end: int
    is_quoted: bool = False


class Labeller:
    """Finds the slots of requests. Any thread."""

    def __init__(self, file: Path) -> None:
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(file))
        self._tagging = threading.Lock()

    def slots(self, text: str, intent: str, mentions: Sequence[Part]) -> tuple[list[Slot], float]:
        """The slots in their order, and the probability of them all."""
        words = words_in(text)
        if not words:
            return [], 1.0
        with self._tagging:
            labels = self._tagger.tag(features_of(words, intent, mentions))
            chance = self._tagger.probability(labels)
        return list(slots_of(text, words, labels)), chance


def shipped(language: str) -> Labeller:
    """The one that comes with lsfs."""
    data = Path(str(resources.files("lsfs.prompts").joinpath("data")))
    return Labeller(data / f"slots.{language}.crf")


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
