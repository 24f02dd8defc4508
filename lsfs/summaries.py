"""Summaries of files, folders, and what a query found: which texts are told of, and in what form.

The texts are those of the index; how they are summed up is `ports.Summarizer`'s business.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lsfs.catalog import Catalog
from lsfs.counting import counted
from lsfs.errors import NothingFoundError
from lsfs.paths import below, parent, path_fields, percent_escaped
from lsfs.places import place_in_words, place_json
from lsfs.plan import Summarize
from lsfs.ports import Brief, Index, Summarizer, Text
from lsfs.records import Finding, Source, Statement
from lsfs.selector import Selector

SENTENCES, FOR_EACH_MORE, MOST_SENTENCES, MOST_BY_WORDS = 5, 2, 20, 50
"""Of one file, more for each further one, up to so many; and where words are counted."""
FOUND_FILES = 5
"""Of what a query finds, where the request does not say of how many."""
MOST_FILES = 1000
MOST_CHARACTERS = 4_000_000
"""Of all texts together: of more every second, third, ... passage is looked at. A book of a
thousand pages has three million."""

_FILES_BELOW = "FROM entries WHERE gone_ns IS NULL AND kind = 'file' AND path > ? AND path < ?"


class Summaries:
    """Over one index. `is_private`: what no model may see."""

    def __init__(
        self, catalog: Catalog, index: Index, summarizer: Summarizer,
        is_private: Callable[[str], bool],
    ) -> None:  # fmt: skip
        self._catalog = catalog
        self._index = index
        self._summarizer = summarizer
        self._is_private = is_private

    def find(self, operation: Summarize) -> Finding:
        """What the files, and those in the folders, say: a row a sentence.

        Raises:
            NothingFoundError: none of them has text.
        """
        paths, count = self._files(operation.target.paths)
        texts, notices = self._texts(paths)
        if count > len(paths):
            notices.insert(0, f"only the first {len(paths)} of {count} files were looked at")
        brief = Brief(_sentences(operation, len(texts)), operation.words, operation.about)
        summary = self._summarizer.summarize(texts, brief)
        if not summary.statements:
            raise _silent(operation.target.paths, count)
        rows = tuple(map(_row, summary.statements))
        text = "\n".join(_line(one, with_path=len(paths) > 1) for one in summary.statements)
        return Finding(rows=rows, text=text, notices=(*notices, *summary.notices))

    def _files(self, paths: Sequence[str]) -> tuple[list[str], int]:
        """The first of the files, and of those in the folders; and how many there are."""
        found: list[str] = []
        count = 0
        for path in _outermost(paths):
            room = MOST_FILES - len(found)
            inside = self._catalog.row(f"SELECT count(*) {_FILES_BELOW}", below(path))[0]
            if inside:
                sql = f"SELECT path {_FILES_BELOW} ORDER BY path LIMIT ?"
                rows = self._catalog.rows(sql, (*below(path), room))
                found += [os.fsdecode(one) for (one,) in rows]
            elif not self._is_folder(path):
                found += [path][:room]
                inside = 1
            count += inside
        return found, count

    def _is_folder(self, path: str) -> bool:
        entry = self._catalog.entry(path)
        return path == "" or (entry is not None and entry.kind == "directory")

    def _texts(self, paths: Sequence[str]) -> tuple[list[Text], list[str]]:
        """Those that have text, as much of it as is looked at; and what is to be said of it."""
        share = MOST_CHARACTERS // max(1, len(paths))
        texts: list[Text] = []
        silent: list[str] = []
        thinned = 0
        for path in paths:
            chunks = self._index.text(path)
            step = -(-sum(len(chunk.text) for chunk in chunks) // share)
            thinned += step > 1
            if chunks:
                texts.append(Text(path, chunks[:: max(1, step)], self._is_private(path)))
            else:
                silent.append(path)
        return texts, list(_remarks(paths, silent, thinned))


def _outermost(paths: Sequence[str]) -> list[str]:
    """Those that do not lie below another of them, each once."""
    given = dict.fromkeys(paths)
    return [path for path in given if not any(folder in given for folder in _above(path))]


def _above(path: str) -> Iterator[str]:
    """The folders that hold it, the root last."""
    while path:
        path = parent(path)
        yield path


def _sentences(operation: Summarize, files: int) -> int:
    if operation.sentences is not None:
        return operation.sentences
    if operation.words is not None:
        return MOST_BY_WORDS
    if operation.about is not None:
        return SENTENCES
    return min(MOST_SENTENCES, SENTENCES + FOR_EACH_MORE * max(0, files - 1))


def _remarks(paths: Sequence[str], silent: Sequence[str], thinned: int) -> Iterator[str]:
    if silent and len(silent) < len(paths):
        more = f" and {len(silent) - 1} more" if len(silent) > 1 else ""
        yield f"no text of {percent_escaped(silent[0])}{more} is known"
    if thinned:
        what = counted(thinned, "file is", "files are")
        yield f"{what} so long that only a part was looked at, evenly chosen"


def _silent(paths: Sequence[str], files: int) -> NothingFoundError:
    first = paths[0] if paths else ""
    what = first or "the root"
    if len(paths) > 1:
        what = f"{first} and {len(paths) - 1} more"
    return NothingFoundError(
        f"no text of {what} is known" if files else f"there is no file in {what}", path=first,
        hint=f"`lsfs status --why '{first}'` says why",
    )  # fmt: skip


def _row(statement: Statement) -> dict[str, Any]:
    first, *others = statement.sources
    return {
        **_source(first), "text": statement.text, "by": statement.by,
        "also": [_source(one) for one in others],
    }  # fmt: skip


def _source(source: Source) -> dict[str, Any]:
    return {**path_fields(source.path), **place_json(source.place)}


def _line(statement: Statement, *, with_path: bool) -> str:
    places = dict.fromkeys(_told(one, with_path=with_path) for one in statement.sources)
    told = "; ".join(filter(None, places))
    return f"{statement.text} ({told})" if told else statement.text


def _told(source: Source, *, with_path: bool) -> str:
    parts = [percent_escaped(source.path) if with_path else "", place_in_words(source.place)]
    return ", ".join(filter(None, parts))


def asked_about(operation: Summarize) -> tuple[Summarize, Selector]:
    """The same about its query, where it has one, of the files that are found first."""
    target = operation.target
    if target.query and operation.about is None:
        operation = operation.model_copy(update={"about": target.query})
    if target.query and target.limit is None:
        target = target.model_copy(update={"limit": FOUND_FILES})
    return operation, target
