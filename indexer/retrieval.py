"""What is found for a question among the files that may be found: words and meaning, in order.

The best passages of a hybrid search are asked again what is near them: the question's vector moves
towards theirs (pseudo-relevance feedback, Rocchio, "Relevance Feedback in Information Retrieval",
1971). How scores become one: `evidence`. Where to the vector moves, and what scores are measured
by, is asked of all files: those that meet a filter are found with it as without, in the same order.

Pure SQLite and standard library; meaning comes in through `Dense`. Thread-safe, with a connection
for each thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from lsfs.errors import UnavailableError
from lsfs.plan import Search

from . import lexical, words
from .documents import ChunkRow, chunk_rows, entry_rows
from .evidence import MIN_COSINE, Candidate, Evidence, Files, Standard
from .filters import Shown

CANDIDATES = 100
"""Chunks taken from each retriever."""
MOST_CANDIDATES = 20_000
NEAREST = 5
"""Passages that the question's vector moves towards."""


class Dense(Protocol):
    """Retrieval by meaning."""

    def reads(self, query: str) -> bool:
        """Whether the model knows the writing of the query."""
        ...

    def nearest(
        self, query: str, among: Sequence[int] | None, limit: int,
        towards: Mapping[int, float] | None = None,
    ) -> list[tuple[int, float]]:  # fmt: skip
        """(chunk, cosine), nearest first, of the entries given (None: of all); with the question's
        vector moved `towards` those of chunks, by their weights.

        Raises:
            UnavailableError: there is no model yet, or it failed.
        """
        ...

    def nearest_to(
        self, chunks: Sequence[int], among: Sequence[int] | None, limit: int
    ) -> list[tuple[int, float]] | None:
        """The same for the mean of chunks that have vectors; None where none has."""
        ...


class Retrieval:
    """Over words, and by `dense` over meaning."""

    def __init__(self, dense: Dense | None) -> None:
        self._dense = dense

    def ranking(
        self, connection: sqlite3.Connection, request: Search, among: list[int] | None
    ) -> tuple[Evidence, Files]:
        """What may be found, in order. Raises UnavailableError: not in this mode."""
        if not words.terms(request.query) or among == []:  # punctuation alone means nothing
            return Evidence(), {}
        question = _Question(connection, request, self._dense)
        shown = _shown(connection, Shown(request.filters, request.query))
        if request.mode == "semantic":
            return _widened(request, Standard(), partial(question.evidence, among), shown)
        whole, towards = question.of_all()

        def ask(count: int) -> Evidence:
            if among is None and count == CANDIDATES:
                return whole
            return question.evidence(among, count, towards)

        return _widened(request, whole.standard, ask, shown)

    def near(
        self, connection: sqlite3.Connection, entry: int, request: Search, among: list[int] | None
    ) -> tuple[Evidence, Files] | None:
        """What is near an entry, without itself; None where it has no vectors (yet).

        Raises:
            UnavailableError: no model, or no vectors of any file.
        """
        rows = connection.execute("SELECT id FROM chunks WHERE entry = ?", (entry,))
        own, dense = [id_ for (id_,) in rows], _there(self._dense)
        if dense.nearest_to(own, among, 1) is None:
            return None

        def ask(count: int) -> Evidence:
            nearest = dense.nearest_to(own, among, count + len(own)) or []
            known = _known(connection, nearest)
            found: dict[Candidate, float] = {
                (known[chunk].entry, chunk): score
                for chunk, score in nearest
                if chunk in known and known[chunk].entry != entry
            }
            return Evidence(semantic=found, is_cut=_is_cut(nearest, count + len(own)))

        return _widened(request, Standard(), ask, _shown(connection, Shown(request.filters, "")))


class _Question:
    """What the retrievers have for one question."""

    def __init__(
        self, connection: sqlite3.Connection, request: Search, dense: Dense | None
    ) -> None:
        self._connection = connection
        self._query, self._mode = request.query, request.mode
        self._dense = dense

    def of_all(self) -> tuple[Evidence, Mapping[int, float] | None]:
        """What there is among all files, and the passages that the question moves towards."""
        said = self._words(None, CANDIDATES)
        if not self._has_meaning():
            return said, None
        first = self._with_meaning(said, None, CANDIDATES)
        towards, said = first.best(NEAREST), replace(said, near=first.near)
        return self._with_meaning(said, None, CANDIDATES, towards), towards

    def evidence(
        self, among: list[int] | None, count: int, towards: Mapping[int, float] | None = None
    ) -> Evidence:
        """`count` candidates of each retriever."""
        said = self._words(among, count)
        if not self._has_meaning():
            return said
        if towards:
            said = replace(said, near=self._with_meaning(Evidence(), among, count).near)
        return self._with_meaning(said, among, count, towards)

    def _has_meaning(self) -> bool:
        """Whether comparing meanings is asked for, and can add to comparing words."""
        if self._mode != "hybrid":
            return self._mode == "semantic"
        reads = self._dense is None or self._dense.reads(self._query)
        return reads and words.says_something(self._query)

    def _words(self, among: list[int] | None, count: int) -> Evidence:
        if self._mode == "semantic":
            return Evidence()
        said = lexical.retrieve(self._connection, self._query, among, count)
        return replace(said, is_cut=count in (len(said.lexical), len(said.names)))

    def _with_meaning(
        self, said: Evidence, among: list[int] | None, count: int,
        towards: Mapping[int, float] | None = None,
    ) -> Evidence:  # fmt: skip
        """Chunks that are gone since are left out, and where the model reads the question those
        that it cannot read: to it they are all alike, and near to anything."""
        dense = _there(self._dense)
        nearest = dense.nearest(self._query, among, count, towards)
        known, is_picky = _known(self._connection, nearest), dense.reads(self._query)
        found: dict[Candidate, float] = {
            (known[chunk].entry, chunk): score
            for chunk, score in nearest
            if chunk in known and (not is_picky or dense.reads(known[chunk].text))
        }
        near = said.near if towards else found if nearest else None
        is_cut = said.is_cut or _is_cut(nearest, count)
        return replace(said, semantic=found, near=near, is_cut=is_cut)


def _there(dense: Dense | None) -> Dense:
    if dense is None:
        raise UnavailableError("the indexing process is not running")
    return dense


def _known(
    connection: sqlite3.Connection, nearest: Sequence[tuple[int, float]]
) -> dict[int, ChunkRow]:
    """Those that have something to do with the question, and are there."""
    return chunk_rows(connection, [chunk for chunk, score in nearest if score >= MIN_COSINE])


def _is_cut(nearest: Sequence[tuple[int, float]], count: int) -> bool:
    """Whether there may be more chunks that have something to do with the question."""
    return len(nearest) == count and nearest[-1][1] >= MIN_COSINE


def _shown(
    connection: sqlite3.Connection, may_show: Callable[[str], bool]
) -> Callable[[Files], Files]:
    """Leaves out what is hidden, before what is found is counted."""

    def shown(files: Files) -> Files:
        known = entry_rows(connection, list(files))
        return {one: at for one, at in files.items() if one in known and may_show(known[one][0])}

    return shown


def _widened(
    request: Search, standard: Standard, ask: Callable[[int], Evidence],
    shown: Callable[[Files], Files],
) -> tuple[Evidence, Files]:  # fmt: skip
    """Ask for candidates until they are of as many files as are wanted, if there are."""
    count = max(CANDIDATES, request.limit)
    while True:
        evidence = ask(count)
        files = shown(evidence.by_file(request.mode, standard))
        if len(files) >= request.limit or not evidence.is_cut or count >= MOST_CANDIDATES:
            return evidence, files
        count *= 4
