"""A `plan.Search` to a `SearchResult`: filters first, then words and meaning, then files.

The best passages of a hybrid search are asked again what is near them: the question's vector moves
towards theirs (pseudo-relevance feedback, Rocchio, "Relevance Feedback in Information Retrieval",
1971). How scores become one: `evidence`.

Pure SQLite and standard library; meaning comes in through `Dense`. Thread-safe: each thread uses
its own connection.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from lsfs.errors import LsfsError, MissingPathError, UnavailableError, UsageError
from lsfs.plan import Search
from lsfs.query import Query
from lsfs.records import Coverage, Hit, Match, SearchResult
from lsfs.selector import Filters, SearchMode
from lsfs.tree import Tree

from . import filters, lexical, signs, trigrams, words
from .connection import Connections
from .copies import Copies
from .documents import chunk_rows, coverage, entry_rows
from .evidence import MIN_COSINE, Candidate, Evidence

CANDIDATES = 100
"""Chunks taken from each retriever."""
MOST_CANDIDATES = 20_000
NEAREST = 5
"""Passages that the question's vector moves towards."""
PASSAGES = 3
FIRST_FILES = 3
"""Looked at for what they say of the question; what is clearly about it is among them."""
NOT_CLEAR = "nothing here is clearly about that; these are only the nearest"
PATH_MAX = 4096
"""Bytes of the longest path that the kernel takes at once; a longer one is gone step by step."""
SORTED_SHARE = 0.5
"""Sorted by something else than relevance, only hits this near to the best one are shown at all:
the newest of a hundred faint candidates is not what "newest about X" means."""
LISTED = {
    "newest": "e.mtime_ns DESC", "oldest": "e.mtime_ns", "largest": "e.size DESC",
    "smallest": "e.size", "name": "e.path", "relevance": "e.mtime_ns DESC",
}  # fmt: skip


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
    ) -> list[tuple[int, float]]:
        """The same for the mean of chunks that have vectors; empty when none has."""
        ...


class _Counted(threading.local):
    """What this thread counted, and of which state of the catalog."""

    state: tuple[int, int, int] | None = None
    coverage: Coverage


class Searcher:
    """Answers searches over one catalog. Without `dense` it answers by words alone, and says so."""

    def __init__(self, connections: Connections, root: Path, dense: Dense | None = None) -> None:
        self._connections = connections
        self._root = root
        self._dense = dense
        self._counted = _Counted()

    def search(self, request: Search, query: Query | None = None) -> SearchResult:
        """See `ports.Index.search`. `query` is what that of the request means: by default words."""
        query = query or Query(text=request.query.strip())
        started = time.perf_counter()
        connection = self._connections.get()
        if not (request.query.strip() or request.containing or not request.filters.is_empty()):
            raise UsageError(
                "nothing to search for", hint="give some words, a text it contains, or a filter"
            )
        notices: list[str] = []
        among, is_said = signs.applied(connection, query, request.filters, notices)
        if request.containing:
            among = trigrams.containing(connection, request.containing, among)
        request = request.model_copy(update={"query": query.text})
        weak = False
        if query.text:
            mode, hits, weak = self._found(connection, request, among, notices)
            if is_said and request.min_score == 0:  # what says all that it must is found
                hits += self._listed(connection, request, among, query, hits)
        else:
            mode, hits = request.mode, self._listed(connection, request, among, query)
        if weak := weak and bool(hits) and not (is_said or request.containing):
            notices.append(NOT_CLEAR)
        return replace(self._result(connection, hits, mode, started, notices), weak=weak)

    def similar(self, path: str, limit: int, given: Filters) -> SearchResult:
        """See `ports.Index.similar`."""
        started = time.perf_counter()
        connection = self._connections.get()
        row = connection.execute(
            "SELECT e.id FROM entries e JOIN documents d ON d.entry = e.id"
            " WHERE e.path = ? AND e.gone_ns IS NULL",
            (os.fsencode(path),),
        ).fetchone()
        if row is None:
            raise MissingPathError(f"{path}: not in the index", path=path, hint="run `lsfs status`")
        request = Search(query=path, limit=limit, filters=given, mode="semantic")
        among = filters.allowed(connection, given)
        notices: list[str] = []
        chunks = connection.execute(
            "SELECT id, text FROM chunks WHERE entry = ? ORDER BY sequence", row
        ).fetchall()
        evidence = self._like(connection, chunks, among, notices)
        others = {c: score for c, score in evidence.items() if c[0] != row[0]}
        found = Evidence(semantic=others)
        hits = self._ranked(connection, request, found, found.by_file("semantic"))
        return self._result(
            connection, hits, "lexical" if notices else "semantic", started, notices
        )

    def _found(
        self, connection: sqlite3.Connection, request: Search, among: list[int] | None,
        notices: list[str],
    ) -> tuple[SearchMode, list[Hit], bool]:  # fmt: skip
        """The mode that could be served; the hits: as many as are asked for, if there are; whether
        they are only the nearest."""
        count = max(CANDIDATES, request.limit)
        while True:
            told: list[str] = []
            mode, evidence = self._evidence(connection, request, among, count, told)
            files = evidence.by_file(mode)
            is_cut = count in (len(evidence.lexical), len(evidence.semantic))
            if len(files) >= request.limit or not is_cut or count >= MOST_CANDIDATES:
                notices += told
                weak = self._is_weak(connection, evidence, files)
                return mode, self._ranked(connection, request, evidence, files), weak
            count *= 4

    def _is_weak(
        self, connection: sqlite3.Connection, evidence: Evidence,
        files: Mapping[int, list[tuple[float, Candidate]]],
    ) -> bool:  # fmt: skip
        """Whether no file is clearly about the question."""
        first = list(files)[:FIRST_FILES]
        if any(map(evidence.is_named, first)) or not evidence.is_weak(said=0.0):
            return False
        passages = {
            entry: [chunk for _, (_, chunk) in files[entry][:PASSAGES] if chunk is not None]
            for entry in first
        }
        return evidence.is_weak(lexical.share_said(connection, evidence, passages))

    def _evidence(
        self, connection: sqlite3.Connection, request: Search, among: list[int] | None, count: int,
        notices: list[str],
    ) -> tuple[SearchMode, Evidence]:  # fmt: skip
        """The mode that could be served, and what `count` candidates of each retriever say."""
        query, mode = request.query, request.mode
        if not words.terms(query):  # punctuation alone means nothing
            return mode, Evidence()
        evidence = Evidence()
        if mode != "semantic":
            evidence = lexical.retrieve(connection, query, among, count)
        if mode == "lexical" or (mode == "hybrid" and not self._is_meaningful(query)):
            return mode, evidence
        try:
            evidence.semantic = self._by_meaning(connection, query, among, count)
            evidence.nearest = max(evidence.semantic.values(), default=0.0)
            if mode == "hybrid" and (best := evidence.best(NEAREST)):
                evidence.semantic = self._by_meaning(connection, query, among, count, best)
        except UnavailableError as error:
            notices.append(f"searched by words alone: {error.message}")
            mode = "lexical"
            if not evidence.lexical:
                evidence = lexical.retrieve(connection, query, among, count)
        return mode, evidence

    def _is_meaningful(self, query: str) -> bool:
        """Whether comparing meanings can add to comparing words."""
        reads = self._dense is None or self._dense.reads(query)
        return reads and words.says_something(query)

    def _by_meaning(
        self, connection: sqlite3.Connection, query: str, among: list[int] | None, count: int,
        towards: Mapping[int, float] | None = None,
    ) -> dict[Candidate, float]:  # fmt: skip
        if self._dense is None:
            raise UnavailableError("the indexing process is not running")
        nearest = self._dense.nearest(query, among, count, towards)
        near = [item for item in nearest if item[1] >= MIN_COSINE]
        return _candidates(
            connection, near, self._dense.reads if self._dense.reads(query) else None
        )

    def _like(
        self, connection: sqlite3.Connection, chunks: list[tuple[int, str]],
        among: list[int] | None, notices: list[str],
    ) -> dict[Candidate, float]:  # fmt: skip
        """What is near a document: by its vectors, else by its first words."""
        try:
            if self._dense is None:
                raise UnavailableError("the indexing process is not running")
            nearest = self._dense.nearest_to([id_ for id_, _ in chunks], among, CANDIDATES)
            found = _candidates(connection, [item for item in nearest if item[1] >= MIN_COSINE])
            return {candidate: min(score, 1.0) for candidate, score in found.items()}
        except UnavailableError as error:
            notices.append(f"compared by words alone: {error.message}")
            text = " ".join(text for _, text in chunks[:3])
            alike = lexical.retrieve(connection, text, among, CANDIDATES).lexical
            best = max(alike.values(), default=0.0)
            return {candidate: score / best for candidate, score in alike.items()}

    def _ranked(
        self, connection: sqlite3.Connection, request: Search, evidence: Evidence,
        files: Mapping[int, list[tuple[float, Candidate]]],
    ) -> list[Hit]:  # fmt: skip
        entries = [entry for entry, found in files.items() if found[0][0] >= request.min_score]
        known = entry_rows(connection, entries)
        entries = [e for e in entries if e in known]
        if request.sort != "relevance" and entries:
            least = files[entries[0]][0][0] * SORTED_SHARE
            near = [e for e in entries if files[e][0][0] >= least]
            entries = _sorted(connection, near, request.sort)
        hits: dict[int, Hit] = {}
        seen = Copies(connection)
        for entry in entries:
            path, size, mtime_ns = known[entry]
            if not self._is_there(path):
                continue
            original = seen.original_of(entry) if request.fold else None
            if original is not None:
                first = hits[original]
                hits[original] = replace(first, copies=(*first.copies, path))
                continue
            best = files[entry]
            explain = evidence.explained(best[0][1]) if request.explain else None
            matches = self._matches(connection, best[:PASSAGES])
            hits[entry] = Hit(path, min(best[0][0], 1.0), size, mtime_ns, matches, explain)
            if len(hits) == request.limit:
                break
        return list(hits.values())

    def _matches(
        self, connection: sqlite3.Connection, best: list[tuple[float, Candidate]]
    ) -> tuple[Match, ...]:
        chunks = chunk_rows(connection, [chunk for _, (_, chunk) in best if chunk is not None])
        return tuple(
            Match(chunks[chunk].text, chunks[chunk].place, score)
            for score, (_, chunk) in best
            if chunk is not None and chunk in chunks
        )

    def _listed(
        self, connection: sqlite3.Connection, request: Search, among: list[int] | None,
        query: Query, before: Sequence[Hit] = (),
    ) -> list[Hit]:  # fmt: skip
        """All that may be found, in the order asked for; each scores 1, or 0 after ranked hits."""
        hits: list[Hit] = []
        there = {path for hit in before for path in (hit.path, *hit.copies)}
        said = next(filter(None, (request.containing, *query.phrases, *query.required)), None)
        entries = _sorted(connection, among or [], request.sort)
        known = entry_rows(connection, entries)
        for entry in (e for e in entries if e in known):  # it may have gone since
            path, size, mtime_ns = known[entry]
            if len(hits) + len(before) == request.limit:
                break
            if path not in there and self._is_there(path):
                matches = self._containing(connection, entry, said)
                hits.append(Hit(path, 0.0 if before else 1.0, size, mtime_ns, matches))
        return hits

    def _containing(
        self, connection: sqlite3.Connection, entry: int, text: str | None
    ) -> tuple[Match, ...]:
        """The passages that hold the text whole (one may straddle two, and is then not shown)."""
        if not text:
            return ()
        needle = filters.folded(text)
        rows = connection.execute(
            "SELECT id, text FROM chunks WHERE entry = ? ORDER BY sequence", (entry,)
        )
        ids = [id_ for id_, chunk_text in rows if needle in filters.folded(chunk_text)][:PASSAGES]
        return self._matches(connection, [(1.0, (entry, id_)) for id_ in ids])

    def _result(
        self, connection: sqlite3.Connection, hits: list[Hit], mode: str, started: float,
        notices: list[str],
    ) -> SearchResult:  # fmt: skip
        covered = self._coverage(connection)
        elapsed_ms = (time.perf_counter() - started) * 1000
        return SearchResult(tuple(hits), mode, covered, elapsed_ms, tuple(notices))

    def _coverage(self, connection: sqlite3.Connection) -> Coverage:
        """Counted again only when the catalog has changed: among a hundred thousand files that
        takes longer than the search."""
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        state = (id(connection), version, connection.total_changes)
        if self._counted.state != state:
            self._counted.coverage, self._counted.state = coverage(connection), state
        return self._counted.coverage

    def _is_there(self, path: str) -> bool:
        """Asked of the tree itself: a file removed a moment ago must not be found."""
        whole = os.fsencode(self._root) + b"/" + os.fsencode(path)
        if len(whole) < PATH_MAX:
            return os.path.lexists(whole)
        with contextlib.closing(Tree(self._root)) as tree, contextlib.suppress(LsfsError):
            return tree.there(path) is not None
        return False


def _candidates(
    connection: sqlite3.Connection, nearest: list[tuple[int, float]],
    reads: Callable[[str], bool] | None = None,
) -> dict[Candidate, float]:  # fmt: skip
    """With their entries; chunks that are gone since are left out, and with `reads` those that the
    model cannot read: to it they are all alike, and near to anything."""
    known = chunk_rows(connection, [chunk for chunk, _ in nearest])
    return {
        (known[chunk].entry, chunk): score
        for chunk, score in nearest
        if chunk in known and (reads is None or reads(known[chunk].text))
    }


def _sorted(connection: sqlite3.Connection, entries: list[int], sort: str) -> list[int]:
    condition, values = filters.among_condition("e.id", entries)
    rows = connection.execute(
        f"SELECT e.id FROM entries e WHERE {filters.PRESENT}{condition}"
        f" ORDER BY {LISTED[sort]}, e.path",
        values,
    )
    return [id_ for (id_,) in rows]
