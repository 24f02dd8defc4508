"""Which sentences of some files say most, together: for summaries.

Sentences are ranked by LexRank over TF-IDF (Erkan & Radev, JAIR 2004), one graph over all files.
With a question its walk returns to the sentences that share words with that (Otterbacher, Erkan &
Radev, "Using Random Walks for Question-focused Sentence Retrieval", HLT/EMNLP 2005). They are
chosen one by one: what a sentence adds is less where its file is represented already (a concave
reward by group: Lin & Bilmes, "A Class of Submodular Functions for Document Summarization", ACL
2011), and where what it says is said (maximal marginal relevance: Carbonell & Goldstein, SIGIR
1998).

Pure standard library: it runs in the daemon.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from lsfs.ports import Brief
from lsfs.records import Source, Statement

from .candidates import SHORT, WHOLE, Candidate
from .sentences import FIGURE, count_words, first_words, stems

MOST_SENTENCES = 400
"""Sentences that are compared pairwise; of more the most central are, and one of each file."""
DAMPING = 0.85
ROUNDS = 30
LEAST_SIMILAR = 0.05
SAME = 0.75
"""Sentences of that cosine and the same figures say the same: one is shown, and the other's place
named with it."""
FIRST = 0.8
"""What being a file's first sentence is worth; the fourth has half of it, the sixteenth a quarter.
Chosen on Cranfield: more helps one abstract, and costs a text that is about many things
(scripts/eval/summaries.py)."""

CENTRAL = 0.2
"""With a question: what being central, or first, is worth beside having to do with it. It decides
where few sentences do; of files in which none does nothing is said."""

Length = Callable[[Candidate, bool], int]
"""What a sentence takes of `Brief.words`, and whether it is the first chosen of its file."""
Weights = Mapping[str, float]
"""TF-IDF of the words of a sentence, L2-normalised."""


@dataclass(slots=True)
class _Sentence:
    """`file` counts the files, `position` the candidates of a file, `before` the whole sentences
    that come before it."""

    candidate: Candidate
    file: int
    position: int
    before: int
    weights: Weights
    relevance: float = 0.0
    rank: float = 0.0
    also: list[Source] = field(default_factory=list)

    @property
    def figures(self) -> list[str]:
        return FIGURE.findall(self.candidate.text)


def in_words(one: Candidate, _is_first: bool) -> int:
    """The length of a sentence alone."""
    return count_words(one.text)


def most_salient(
    files: Sequence[Sequence[Candidate]], brief: Brief, length: Length = in_words
) -> tuple[list[Statement], bool]:
    """The sentences to be shown, by file and in the order they stand; and whether any shares a word
    with what they are to be about."""
    sentences = _shortlist(files, brief)
    _rank(sentences)
    is_about = not brief.about or any(one.relevance for one in sentences)
    chosen = _choose(sentences, brief, length)
    chosen.sort(key=lambda one: (one.file, one.position))
    found = [Statement(one.candidate.text, (one.candidate.source, *one.also)) for one in chosen]
    return found, is_about


def within(statements: Sequence[Statement], most_words: int | None) -> tuple[Statement, ...]:
    """The first of them that have so many words together (None: all); of a single one that is
    longer, its beginning."""
    kept: list[Statement] = []
    left = most_words
    for one in statements:
        length = count_words(one.text)
        if left is not None and length > left:
            if not kept:
                kept.append(replace(one, text=first_words(one.text, left)))
            break
        kept.append(one)
        left = None if left is None else left - length
    return tuple(kept)


# -- ranking ---------------------------------------------------------------------------------------


def _shortlist(files: Sequence[Sequence[Candidate]], brief: Brief) -> list[_Sentence]:
    """The sentences worth comparing, weighed. Of a long text the words alone are held in memory."""
    shared: dict[str, str] = {}
    told = [
        [[shared.setdefault(stem, stem) for stem in stems(one.text)] for one in file]
        for file in files
    ]
    total = sum(map(len, told))
    frequency = Counter(word for file in told for one in file for word in set(one))
    idf = {word: math.log(1 + total / count) for word, count in frequency.items()}
    asked = Counter(stems(brief.about or ""))
    central: Counter[str] = Counter()
    for file in told:
        for one in file:
            central.update(_weights(one, idf))
    length = math.sqrt(sum(weight * weight for weight in central.values())) or 1.0

    before = [[*accumulate((one.worth == WHOLE for one in file), initial=0)] for file in files]

    def weighed(number: int, at: int) -> _Sentence:
        found = told[number][at]
        weights = _weights(found, idf)
        rank = sum(weight * central[word] for word, weight in weights.items()) / length
        relevance = _relevance(Counter(found), asked, idf)
        candidate = files[number][at]
        return _Sentence(candidate, number, at, before[number][at], weights, relevance, rank)

    every = (weighed(number, at) for number, file in enumerate(told) for at in range(len(file)))
    return _kept(every, len(files))


def _kept(every: Iterable[_Sentence], files: int) -> list[_Sentence]:
    """The most central and relevant, and the best of each file, in order."""
    kept: list[tuple[float, int, _Sentence]] = []
    best: dict[int, tuple[float, int, _Sentence]] = {}
    for number, one in enumerate(every):
        item = (one.rank + one.relevance) * one.candidate.worth, -number, one
        push = heapq.heappush if len(kept) < MOST_SENTENCES else heapq.heappushpop
        push(kept, item)
        best[one.file] = max(item, best.get(one.file, item))
    if files <= MOST_SENTENCES:
        kept += best.values()
    chosen = {-number: one for _, number, one in kept}
    return [chosen[number] for number in sorted(chosen)]


def _weights(found: Sequence[str], idf: Mapping[str, float]) -> Weights:
    weights = {word: (1 + math.log(n)) * idf[word] for word, n in Counter(found).items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {word: weight / length for word, weight in weights.items()}


def _relevance(found: Counter[str], asked: Counter[str], idf: Mapping[str, float]) -> float:
    """Otterbacher, Erkan & Radev's relevance of a sentence to a question."""
    return sum(
        math.log1p(found[word]) * math.log1p(count) * idf[word]
        for word, count in asked.items()
        if word in found
    )


def _rank(sentences: Sequence[_Sentence]) -> None:
    """Give each its share of the walk, and what its form and its place in the file are worth."""
    near = _neighbours(sentences)
    sums = [sum(weight for _, weight in row) or 1.0 for row in near]
    n = len(sentences)
    relevant = sum(one.relevance for one in sentences)
    start = [one.relevance / relevant if relevant else 1.0 / n for one in sentences]
    rank = start
    stay = DAMPING if not relevant else 1 - DAMPING
    for _ in range(ROUNDS):
        rank = [
            (1 - stay) * start[i] + stay * sum(rank[j] * weight / sums[j] for j, weight in near[i])
            for i in range(n)
        ]
    top = max(rank, default=1.0) or 1.0
    for one, share in zip(sentences, rank, strict=True):
        first = FIRST / math.sqrt(1 + one.before)
        other = CENTRAL * (one.rank + first) if relevant else first
        is_asked_for = one.relevance and one.candidate.worth == SHORT
        one.rank = (share / top + other) * (WHOLE if is_asked_for else one.candidate.worth)


def _neighbours(sentences: Sequence[_Sentence]) -> list[list[tuple[int, float]]]:
    """(number, cosine) of the sentences that are like each, through the words they share."""
    holding: dict[str, list[tuple[int, float]]] = defaultdict(list)
    near: list[list[tuple[int, float]]] = [[] for _ in sentences]
    for i, one in enumerate(sentences):
        shared: dict[int, float] = defaultdict(float)
        for word, weight in one.weights.items():
            for j, other in holding[word]:
                shared[j] += weight * other
            holding[word].append((i, weight))
        for j, similarity in shared.items():
            if similarity > LEAST_SIMILAR:
                near[i].append((j, similarity))
                near[j].append((i, similarity))
    return near


# -- choosing --------------------------------------------------------------------------------------


def _choose(sentences: Sequence[_Sentence], brief: Brief, length: Length) -> list[_Sentence]:
    """Within the budget, one by one, what adds most."""
    about = {one.file for one in sentences if one.relevance}
    left = [one for one in sentences if one.file in about or not about]
    overlap = {id(one): 0.0 for one in left}
    covered: dict[int, float] = defaultdict(float)
    room = brief.words if brief.words is not None else math.inf
    chosen: list[_Sentence] = []

    def gain(one: _Sentence) -> float:
        had = covered[one.file]
        added = math.sqrt(had + one.rank) - math.sqrt(had)
        return added * (1 - min(overlap[id(one)], 1.0))

    while left and len(chosen) < brief.sentences:
        best = max(left, key=gain)
        left.remove(best)
        taken = length(best.candidate, not covered[best.file])
        if taken > room and chosen:
            continue
        room -= taken
        chosen.append(best)
        covered[best.file] += best.rank
        for one in list(left):
            alike = _cosine(one.weights, best.weights)
            overlap[id(one)] = max(overlap[id(one)], alike)
            if alike >= SAME and one.figures == best.figures:
                left.remove(one)
                if one.file != best.file and all(
                    source.path != one.candidate.source.path for source in best.also
                ):
                    best.also.append(one.candidate.source)
    return chosen


def _cosine(a: Weights, b: Weights) -> float:
    if len(b) < len(a):
        a, b = b, a
    return sum(weight * b.get(word, 0.0) for word, weight in a.items())
