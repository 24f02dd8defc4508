"""A `plan.Search` to a `SearchResult`: filters first, then what is found (`retrieval`), then hits.

Pure SQLite and standard library; meaning comes in through `retrieval.Dense`. Thread-safe: each
thread uses its own connection.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Protocol

from lsfs.errors import LsfsError, MissingPathError, UnavailableError, UsageError
from lsfs.paths import name, percent_escaped
from lsfs.plan import Search, Similar
from lsfs.query import Query
from lsfs.records import Coverage, Hit, Match, SearchResult
from lsfs.selector import Ranking, SearchMode
from lsfs.tree import Tree

from . import filters, lexical, signs, trigrams, words
from .chunk import embedded_text
from .connection import Connections
from .copies import Copies
from .documents import chunk_rows, coverage, entry_rows
from .evidence import Candidate, Evidence, Files
from .retrieval import Dense, Retrieval
from .upgrade import answering_model

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


class Reranking(Protocol):
    """A model that reads question and passage together. `count` is how many it is given."""

    count: int

    def scores(self, query: str, passages: Sequence[str]) -> list[float]:
        """Of the first of the passages, as many as there was time for; more is better.

        Raises:
            UnavailableError: of none of them.
        """
        ...


class _Counted(threading.local):
    """What this thread counted, and of which state of the catalog."""

    state: tuple[int, int, int] | None = None
    coverage: Coverage


class Searcher:
    """Answers searches over one catalog. Without `dense` it answers by words alone, and says so."""

    def __init__(
        self, connections: Connections, root: Path, dense: Dense | None = None,
        reranker: Reranking | None = None,
    ) -> None:  # fmt: skip
        self._connections = connections
        self._root = root
        self._retrieval = Retrieval(dense)
        self._reranker = reranker
        self._counted = _Counted()

    def search(self, request: Search, query: Query | None = None) -> SearchResult:
        """See `ports.Index.search`. `query` is what that of the request means: by default words."""
        query = query or Query(text=request.query.strip())
        started = time.perf_counter()
        connection = self._connections.get()
        is_open = not (request.query.strip() or request.containing) and request.filters.is_empty()
        if is_open and request.sort == "relevance":
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
            among = filters.every(connection) if is_open and among is None else among
            mode, hits = request.mode, self._listed(connection, request, among, query)
        if weak := weak and not (is_said or request.containing) and bool(hits or request.clear):
            notices += [NOT_CLEAR] if hits else []
        return replace(self._result(connection, hits, mode, started, notices), weak=weak)

    def similar(self, request: Similar) -> SearchResult:
        """See `ports.Index.similar`."""
        started = time.perf_counter()
        connection = self._connections.get()
        if not self._is_there(request.path):
            raise MissingPathError(f"{request.path}: no such file", path=request.path)
        entry = _file_at(connection, request.path)
        notices: list[str] = []
        mode, evidence, files = self._near(connection, entry, request, notices)
        files.pop(entry, None)
        hits = self._ranked(connection, request, evidence, files)
        return self._result(connection, hits, mode, started, notices)

    def _found(
        self, connection: sqlite3.Connection, request: Search, among: list[int] | None,
        notices: list[str],
    ) -> tuple[SearchMode, list[Hit], bool]:  # fmt: skip
        """The mode that could be served; the hits: as many as are asked for, if there are; whether
        they are only the nearest."""
        try:
            evidence, files = self._retrieval.ranking(connection, request, among)
        except UnavailableError as error:
            notices.append(f"searched by words alone: {error.message}")
            request = request.model_copy(update={"mode": "lexical"})
            evidence, files = self._retrieval.ranking(connection, request, among)
        first = dict(islice(files.items(), FIRST_FILES))
        weak = not _clear(connection, evidence, first)
        if request.clear and not request.containing:
            clear = set() if weak else _clear(connection, evidence, files)
            files = {entry: found for entry, found in files.items() if entry in clear}
        if request.rerank and request.sort == "relevance":
            files = self._reranked(connection, request.query, evidence, files, notices)
        return request.mode, self._ranked(connection, request, evidence, files), weak

    def _near(
        self, connection: sqlite3.Connection, entry: int, request: Similar, notices: list[str]
    ) -> tuple[SearchMode, Evidence, Files]:
        """What is near a file: by its vectors, else by its first words, else by its name."""
        among = filters.allowed(connection, request.filters)
        texts = connection.execute(
            f"SELECT text FROM chunks WHERE entry = ? ORDER BY sequence LIMIT {PASSAGES}", (entry,)
        ).fetchall()
        told = " ".join(text for (text,) in texts) or words.name_words(request.path)[0]
        asked = Search(query=told, filters=request.filters, limit=request.limit, mode="semantic")
        try:
            found = self._retrieval.near(connection, entry, asked, among)
            if found is not None:
                return "semantic", *found
            if not texts:
                notices.append(f"{request.path} has no text: compared by its name")
                asked = asked.model_copy(update={"mode": "hybrid"})
            return asked.mode, *self._retrieval.ranking(connection, asked, among)
        except UnavailableError as error:
            notices.append(f"compared by words alone: {error.message}")
            asked = asked.model_copy(update={"mode": "lexical"})
            return asked.mode, *self._retrieval.ranking(connection, asked, among)

    def _reranked(
        self, connection: sqlite3.Connection, query: str, evidence: Evidence, files: Files,
        notices: list[str],
    ) -> Files:  # fmt: skip
        """In the order that the reranker gives the first of them, as far as it gets in its time; a
        file whose name is the question keeps its place."""
        if self._reranker is None:
            return files
        chosen = [entry for entry in files if evidence.names.get(entry, 0.0) < 1]
        candidates = [files[entry][0][1] for entry in chosen[: self._reranker.count]]
        try:
            scores = self._reranker.scores(query, _told(connection, candidates))
        except UnavailableError as error:
            notices.append(f"not reranked: {error.message}")
            return files
        if len(scores) < len(candidates):
            notices.append(
                f"reranked the first {len(scores)} of {len(candidates)}: there was no time for more"
                " (setting search.rerank_ms)"
            )
        evidence.reranked = dict(zip(candidates, scores, strict=False))
        return evidence.reordered(files)

    def _ranked(
        self, connection: sqlite3.Connection, request: Ranking, evidence: Evidence, files: Files
    ) -> list[Hit]:
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
        may_show = filters.Shown(request.filters, request.query)
        for entry in (e for e in entries if e in known):  # it may have gone since
            path, size, mtime_ns = known[entry]
            if len(hits) + len(before) == request.limit:
                break
            if path not in there and may_show(path) and self._is_there(path):
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


def _clear(connection: sqlite3.Connection, evidence: Evidence, files: Files) -> set[int]:
    """Those that are clearly about the question."""
    if evidence.lacks_number:
        return set()
    nearest = evidence.nearest_of(files)
    clear = {
        entry for entry in files
        if evidence.is_named(entry) or evidence.is_clear(0.0, nearest[entry])
    }  # fmt: skip
    passages = {
        entry: [chunk for _, (_, chunk) in found[:PASSAGES] if chunk is not None]
        for entry, found in files.items() if entry not in clear
    }  # fmt: skip
    said = lexical.shares_said(connection, evidence, passages)
    bare = _without_vectors(connection, list(said))
    for entry, chunks in passages.items():
        if any(
            evidence.is_clear(said[chunk], None if chunk in bare else nearest[entry])
            for chunk in chunks
        ):
            clear.add(entry)
    return clear


def _without_vectors(connection: sqlite3.Connection, chunks: list[int]) -> set[int]:
    """Those that the model that answers has not seen yet."""
    condition, values = filters.among_condition("id", chunks)
    rows = connection.execute(
        "SELECT id FROM chunks WHERE NOT EXISTS"
        f" (SELECT 1 FROM vectors v WHERE v.chunk = chunks.id AND v.model = ?){condition}",
        (answering_model(connection)[0], *values),
    )
    return {id_ for (id_,) in rows}


def _file_at(connection: sqlite3.Connection, path: str) -> int:
    row = connection.execute(
        "SELECT id, kind FROM entries WHERE path = ? AND gone_ns IS NULL", (os.fsencode(path),)
    ).fetchone()
    if row is None:
        hint = "is it new? `lsfs index` takes it in"
        raise MissingPathError(f"{path}: not in the index", path=path, hint=hint)
    if row[1] == "directory":
        raise UsageError(f"{path}: a folder; name a file", path=path)
    return int(row[0])


def _told(connection: sqlite3.Connection, candidates: Sequence[Candidate]) -> list[str]:
    """What a reranker reads of each: the file's name and the passage."""
    files = entry_rows(connection, [entry for entry, _ in candidates])
    chunks = chunk_rows(connection, [chunk for _, chunk in candidates if chunk is not None])
    told = []
    for entry, chunk in candidates:
        named = percent_escaped(name(files[entry][0])) if entry in files else ""
        passage = chunks.get(chunk) if chunk is not None else None
        text = embedded_text(passage.text, passage.place, None) if passage else ""
        told.append(f"{named}\n{text}")
    return told


def _sorted(connection: sqlite3.Connection, entries: list[int], sort: str) -> list[int]:
    condition, values = filters.among_condition("e.id", entries)
    rows = connection.execute(
        f"SELECT e.id FROM entries e WHERE {filters.PRESENT}{condition}"
        f" ORDER BY {LISTED[sort]}, e.path",
        values,
    )
    return [id_ for (id_,) in rows]
