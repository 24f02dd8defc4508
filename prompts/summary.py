"""What texts say, in their own sentences; what a change did; what a group is about.

Extractive, without a model: sentences are ranked by LexRank over TF-IDF (Erkan & Radev, JAIR 2004)
with redundancy held down by maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998); key
words of groups by class-based TF-IDF (Grootendorst, "BERTopic", 2022). Text is data: nothing in it
is obeyed. Pure functions, any thread.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lsfs.records import Chunk, Place

MOST_SENTENCES = 300
"""Sentences that are compared pairwise; of longer texts the most central are."""
_BREAK = re.compile(
    r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9À-Þ\u3400-\u9fff])|(?<=[。！？])|\n\s*\n|\n(?=\s*(?:[-*+•#|>]|"
    r"\d+[.)])\s)"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|e\.g|i\.e|cf|vs|etc|Dr|Mr|Mrs|Ms|Prof|Fig|No|St|approx|al|bzw|z\.B|ca))\.$"
)
_MARKUP = re.compile(
    r"^(?:#{1,6}\s+|[-*+•]\s+(?:\[.\]\s+)?|>\s+|\d+[.)]\s+)+|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}"
)
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\d_]{2,}")
_COMMON = frozenset(
    "the a an and or but if of to in on at by for with from as is are was were be been being "
    "it its this that these those he she they we you i not no do does did has have had will "
    "would can could may might shall should must than then so there here which who whom whose "
    "what when where why how all any some each more most other such only own same too very "
    "our your their his her my me us them into over under about after before between during "
    "also just one two new".split()
)
_LONGEST = 320
_DIVERSITY = 0.65
_DAMPING = 0.85


@dataclass(frozen=True, slots=True)
class _Sentence:
    order: int
    text: str
    place: Place
    weights: dict[str, float]


class ExtractiveSummarizer:
    """Implements `lsfs.ports.Summarizer`."""

    def summarize(self, chunks: Sequence[Chunk], sentences: int) -> str:
        """The most salient sentences, one a line in the order they stand, each with its place."""
        return "\n".join(
            f"{sentence.text}{_shown(sentence.place)}" for sentence in _chosen(chunks, sentences)
        )


def change_summary(diff: str, lines: int = 6) -> str:
    """A unified diff in words: how much was added and removed, and the weightiest such lines."""
    added = [line[1:] for line in diff.splitlines() if line.startswith("+") and line[:3] != "+++"]
    removed = [line[1:] for line in diff.splitlines() if line.startswith("-") and line[:3] != "---"]
    if not added and not removed:
        return "nothing changed"
    shown = [f"+ {line}" for line in _weightiest(added, removed, lines)]
    shown += [f"- {line}" for line in _weightiest(removed, added, lines)]
    return "\n".join([f"{_counted(len(added))} added, {_counted(len(removed))} removed", *shown])


def key_words(groups: Sequence[Sequence[str]], count: int = 3) -> list[list[str]]:
    """For each group of texts the words that set it apart from the others, weightiest first."""
    counted = [Counter(_words(" ".join(texts))) for texts in groups]
    everywhere = sum(counted, Counter[str]())
    mean = sum(everywhere.values()) / max(1, len(groups))

    def weight(word: str, own: Counter[str]) -> float:
        return own[word] / sum(own.values()) * math.log(1 + mean / everywhere[word])

    return [
        sorted(own, key=lambda word, own=own: (-weight(word, own), word))[:count]  # type: ignore[misc]
        for own in counted
    ]


# -- sentences -------------------------------------------------------------------------------------


def split_sentences(text: str) -> list[tuple[int, str]]:
    """(offset, sentence) in order: cut at full stops, blank lines and list items."""
    pieces: list[tuple[int, str]] = []
    start = 0
    for match in [*_BREAK.finditer(text), None]:
        end = match.start() if match else len(text)
        if match and _ABBREVIATION.search(text[start:end]):
            continue
        piece = text[start:end]
        if piece.strip():
            pieces.append((start + len(piece) - len(piece.lstrip()), piece.strip()))
        start = match.end() if match else end
    return pieces


def _chosen(chunks: Sequence[Chunk], count: int) -> list[_Sentence]:
    every = _sentences(chunks)
    central = _centroid(every)
    kept = sorted(every, key=lambda s: -_cosine(s.weights, central))[:MOST_SENTENCES]
    kept.sort(key=lambda s: s.order)
    ranks = _lexrank(kept)
    chosen: list[_Sentence] = []
    while kept and len(chosen) < count:
        best = max(kept, key=lambda s: _marginal(s, ranks[s.order], chosen))
        kept.remove(best)
        chosen.append(best)
    return sorted(chosen, key=lambda s: s.order)


def _sentences(chunks: Sequence[Chunk]) -> list[_Sentence]:
    found: dict[str, Place] = {}
    for chunk in chunks:
        for offset, raw in split_sentences(chunk.text):
            text = " ".join(_MARKUP.sub("", raw).split())
            if text not in found and _says_something(raw, text):
                found[text] = _place_of(chunk, offset, raw)
    frequency = Counter(word for text in found for word in set(_words(text)))
    return [
        _Sentence(i, _cut(text), place, _weights(text, frequency, len(found)))
        for i, (text, place) in enumerate(found.items())
    ]


def _says_something(raw: str, text: str) -> bool:
    """No heading, no table row, no line of symbols."""
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    return len(words) >= 4 and letters > 0.5 * len(text.replace(" ", "")) and raw[0] not in "#|"


def _place_of(chunk: Chunk, offset: int, raw: str) -> Place:
    """Exact lines where the chunk's text is line for line the file's, else the chunk's place."""
    place = chunk.place
    if place.line_from is None or place.line_to is None:
        return place
    if chunk.text.rstrip("\n").count("\n") != place.line_to - place.line_from:
        return place
    first = place.line_from + chunk.text.count("\n", 0, offset)
    return Place(
        line_from=first, line_to=first + raw.count("\n"), page=place.page, heading=place.heading
    )


def _weights(text: str, frequency: Counter[str], total: int) -> dict[str, float]:
    weights = {
        word: (1 + math.log(n)) * math.log(1 + total / frequency[word])
        for word, n in Counter(_words(text)).items()
    }
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {word: weight / length for word, weight in weights.items()}


def _words(text: str) -> list[str]:
    words = (word.casefold() for word in _WORD.findall(text))
    return [
        word[:-1] if word.endswith("s") and len(word) > 4 else word
        for word in words
        if word not in _COMMON
    ]


def _centroid(sentences: Sequence[_Sentence]) -> dict[str, float]:
    total: Counter[str] = Counter()
    for sentence in sentences:
        total.update(sentence.weights)
    return dict(total)


def _cosine(a: dict[str, float], b: dict[str, float]) -> float:
    if len(b) < len(a):
        a, b = b, a
    return sum(weight * b.get(word, 0.0) for word, weight in a.items())


def _lexrank(sentences: Sequence[_Sentence]) -> dict[int, float]:
    """Share of a random walk over similar sentences, by `order`; early ones weigh a little more."""
    n = len(sentences)
    if not n:
        return {}
    near: list[list[tuple[int, float]]] = [[] for _ in range(n)]
    for i in range(n):
        for j in range(i):
            if (similarity := _cosine(sentences[i].weights, sentences[j].weights)) > 0.05:
                near[i].append((j, similarity))
                near[j].append((i, similarity))
    sums = [sum(weight for _, weight in row) or 1.0 for row in near]
    rank = [1.0 / n] * n
    for _ in range(30):
        rank = [
            (1 - _DAMPING) / n + _DAMPING * sum(rank[j] * weight / sums[j] for j, weight in near[i])
            for i in range(n)
        ]
    top = max(rank, default=1.0)
    return {s.order: rank[i] / top + 0.2 / (1 + i) for i, s in enumerate(sentences)}


def _marginal(sentence: _Sentence, rank: float, chosen: Sequence[_Sentence]) -> float:
    overlap = max((_cosine(sentence.weights, other.weights) for other in chosen), default=0.0)
    return _DIVERSITY * rank - (1 - _DIVERSITY) * overlap


# -- showing ---------------------------------------------------------------------------------------


def _shown(place: Place) -> str:
    if place.page is not None:
        return f" (page {place.page})"
    if place.sheet is not None:
        return f" (sheet {place.sheet})"
    if place.line_from is None:
        return ""
    if place.line_to in (None, place.line_from):
        return f" (line {place.line_from})"
    return f" (lines {place.line_from}-{place.line_to})"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 2].rsplit(" ", 1)[0] + " …"


def _weightiest(lines: Sequence[str], others: Sequence[str], count: int) -> list[str]:
    """The lines with the most words the other side does not have, in their order."""
    known = Counter(word for line in others for word in _words(line))
    scored = [
        (sum(word not in known for word in set(_words(line))), i) for i, line in enumerate(lines)
    ]
    best = sorted(
        sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:count], key=lambda pair: pair[1]
    )
    return [_cut(lines[i].strip()) for _, i in best if lines[i].strip()]


def _counted(n: int) -> str:
    return f"{n} line" if n == 1 else f"{n} lines"
