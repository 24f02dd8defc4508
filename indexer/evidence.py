"""What the retrievers found for one query, and the score that each file gets from it.

Scores of words and of meaning are brought to 0..1, each from its theoretical least to the best that
the question has among all files, so that a filter changes none; and combined half and half at the
level of chunks (a convex combination; Bruch, Gai and Ingber, "An Analysis of Fusion Functions for
Hybrid Retrieval", 2023), the lexical half weighed by how much of the question its best passage
says. A file scores as its best chunk; what its name says of the question counts beside that, so
that a file is found by its name first.

These scores say which is best, not whether the best is any good: that says `is_clear`, from what is
not relative to the other candidates.

Pure standard library.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lsfs.selector import SearchMode

MIN_COSINE = 0.15
"""Below this two texts have nothing to do with each other, whichever they are: so it is with the
packaged model, and the cosines of every other are brought to that."""
GOOD_COSINE = 0.55
"""Where nothing is as near as this, the nearest counts for less: that it is nearest says little."""
CONFIDENCE = 1.5
"""Power of the share of the question that the best passage says in the same words: where it is
small, words count for little beside meaning."""
CLEAR_COSINE = 0.35
"""As near as this to the question is clearly about it, in whatever words. This and the next two are
the largest hundredths that call at most a tenth of the answerable questions over the sample home
weak (docs/retrieval.md)."""
CLEAR_COSINE_ALONE = 0.28
"""The same where words were not asked for."""
CLEAR_SHARE_ALONE = 0.19
"""Share of the question that a passage says, where meanings could not be compared."""
_ROUNDING = 1e-9
CLEAR_NAME = 0.5
"""A name that says so much of the question is what is asked for."""

Candidate = tuple[int, "int | None"]
"""(entry, chunk); the chunk is None where only the name was found."""

Files = dict[int, "list[tuple[float, Candidate]]"]
"""Each file's chunks, (score in 0..1, candidate), best first; files in order of the best."""


@dataclass(frozen=True, slots=True)
class Standard:
    """What a question's scores are measured by: the best of its words and of its meaning among all
    files, and the BM25 of a passage that says all of it (0: not known)."""

    lexical: float = 0.0
    semantic: float = 0.0
    expected: float = 0.0

    @property
    def confidence(self) -> float:
        """0..1: how much of what was asked the best passage says in the same words. Where it holds
        one common word of many, being the best of them must not outvote the meaning."""
        if self.expected <= 0:
            return 1.0
        return math.pow(min(1.0, self.lexical / self.expected), CONFIDENCE)


@dataclass(slots=True)
class Evidence:
    """Raw scores of each retriever: BM25, cosine, and 0..1 for what a file's name says; those of a
    reranker, where one has looked. `expected` is the BM25 of a passage that says all of the
    question (0: not known)."""

    lexical: dict[Candidate, float] = field(default_factory=dict)
    semantic: dict[Candidate, float] = field(default_factory=dict)
    names: dict[int, float] = field(default_factory=dict)
    expected: float = 0.0
    weights: dict[str, float] = field(default_factory=dict)
    """Phrase of the question -> how rare it is, above 0; empty when words were not asked for."""
    parts: dict[str, set[int]] = field(default_factory=dict)
    """Phrase that stands nowhere by itself -> chunks that hold it as a part of longer words."""
    lacks_number: bool = False
    """Whether a number of the question, or of an identifier in it, stands nowhere."""
    near: dict[Candidate, float] | None = None
    """Cosines of passages to the question itself; None when meaning was not asked for, or there is
    no vector to compare it with."""
    reranked: dict[Candidate, float] = field(default_factory=dict)
    is_cut: bool = False
    """Whether there may be more candidates than were asked for."""

    @property
    def standard(self) -> Standard:
        """Of a question that was asked of all files."""
        best_words = max(self.lexical.values(), default=0.0)
        return Standard(best_words, max(self.semantic.values(), default=0.0), self.expected)

    def by_file(self, mode: SearchMode, standard: Standard | None = None) -> Files:
        """The first score of a file is its own: that of its best chunk, and of its name. Without a
        `standard` this is all there is."""
        found: Files = {}
        for candidate, score in self._by_chunk(mode, standard or self.standard).items():
            found.setdefault(candidate[0], []).append((score, candidate))
        named = {} if mode == "semantic" else self.names
        for entry in named.keys() - found.keys():
            found[entry] = [(0.0, (entry, None))]
        for entry, chunks in found.items():
            chunks.sort(key=lambda one: -one[0])
            best, candidate = chunks[0]
            chunks[0] = 1 - (1 - best) * (1 - named.get(entry, 0.0)), candidate
        order = sorted(found, key=lambda e: (-found[e][0][0], -named.get(e, 0.0), e))
        return {entry: found[entry] for entry in order}

    def best(self, count: int) -> dict[int, float]:
        """The best chunks of a hybrid search of all files, with their scores."""
        scores = self._by_chunk("hybrid", self.standard)
        chunks = ((chunk, score) for (_, chunk), score in scores.items() if chunk is not None)
        return dict(sorted(chunks, key=lambda item: -item[1])[:count])

    def is_named(self, entry: int) -> bool:
        """Whether its name is reason enough to think that it is what is asked for."""
        return self.names.get(entry, 0.0) >= CLEAR_NAME

    def nearest_of(self, entries: Iterable[int]) -> dict[int, float | None]:
        """The cosine of the nearest passage of each; None where meanings are not compared."""
        if self.near is None:
            return dict.fromkeys(entries)
        found: dict[int, float | None] = dict.fromkeys(entries, 0.0)
        for (entry, _), cosine in self.near.items():
            if entry in found:
                found[entry] = max(found[entry] or 0.0, cosine)
        return found

    def is_clear(self, said: float, nearest: float | None) -> bool:
        """Whether a file is clearly about the question, of which a passage of it says the share
        `said`, and one is as near as `nearest`. Half of its words do not make up for half of the
        nearness: a passage that has but the commoner ones is about something else."""
        if nearest is None:
            return said >= CLEAR_SHARE_ALONE
        if not self.weights:
            return nearest >= CLEAR_COSINE_ALONE
        return nearest / CLEAR_COSINE + said**2 >= 1 - _ROUNDING

    def reordered(self, files: Files) -> Files:
        """The files that were reranked by their best chunk change places with each other, the best
        first. A score stays with its place: those of two models say nothing to each other."""
        chosen = [entry for entry, found in files.items() if found[0][1] in self.reranked]
        best_first = sorted(chosen, key=lambda entry: -self.reranked[files[entry][0][1]])
        taking = dict(zip(chosen, best_first, strict=True))
        found: Files = {}
        for place, ((score, _), *_) in files.items():
            entry = taking.get(place, place)
            found[entry] = [(min(score, own), candidate) for own, candidate in files[entry]]
            found[entry][0] = score, files[entry][0][1]
        return found

    def explained(self, candidate: Candidate) -> dict[str, float | int | None]:
        """Rank (from 1) and raw score of a chunk in each retriever; what its file's name says."""
        parts = {"lexical": self.lexical, "semantic": self.semantic}
        if self.reranked:
            parts["rerank"] = self.reranked
        found: dict[str, float | int | None] = {}
        for name, raw in parts.items():
            order = sorted(raw, key=lambda c: -raw[c])
            found[f"{name}_rank"] = order.index(candidate) + 1 if candidate in raw else None
            found[f"{name}_score"] = raw.get(candidate)
        found["name_score"] = self.names.get(candidate[0])
        return found

    def _by_chunk(self, mode: SearchMode, standard: Standard) -> dict[Candidate, float]:
        if mode == "semantic":
            return {candidate: min(cosine, 1.0) for candidate, cosine in self.semantic.items()}
        words = _scaled(self.lexical, 0.0, standard.lexical)
        if mode == "lexical":
            return words
        meaning = _scaled(self.semantic, MIN_COSINE, max(standard.semantic, GOOD_COSINE))
        share = 0.5 * standard.confidence
        return {
            candidate: share * words.get(candidate, 0.0) + 0.5 * meaning.get(candidate, 0.0)
            for candidate in {**words, **meaning}
        }


def _scaled(scores: Mapping[Candidate, float], floor: float, best: float) -> dict[Candidate, float]:
    """Scores above `floor` to 0..1, 1 for `best`."""
    if best <= floor:
        return {}
    return {
        candidate: max(score - floor, 0.0) / (best - floor) for candidate, score in scores.items()
    }
