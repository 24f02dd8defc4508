"""What the engine asks of the rooms: small protocols, implemented there, wired in `lsfs.app`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from lsfs.plan import BaseOperation, Plan, Search, Similar
from lsfs.records import About, Chunk, Coverage, SearchResult, Summary, Topic
from lsfs.selector import Filters
from lsfs.worded import Program


class Index(Protocol):
    """Search over the text of entries. Implementations answer degraded (lexical) before failing."""

    def search(self, request: Search) -> SearchResult:
        """Ranked hits for the request; filters are applied before the cut.

        Raises:
            UsageError: no query, no `containing` and no filter.
            UnavailableError: the index cannot answer at all.
        """
        ...

    def similar(self, request: Similar) -> SearchResult:
        """Entries nearest to that at the request's path, itself left out.

        Raises:
            MissingPathError: nothing is known of it.
            UsageError: it is a folder.
        """
        ...

    def text(self, path: str) -> Sequence[Chunk]:
        """The extracted text of an entry in order; empty when there is none."""
        ...

    def extract(self, file: Path, name: str) -> Sequence[str]:
        """The text in a file of lsfs's state that was called `name`, by paragraphs, rows or pages;
        nothing when it has none.

        Raises:
            UnavailableError: there is nobody who could read it.
        """
        ...

    def files(self, filters: Filters) -> Mapping[str, About]:
        """Every file that meets the filters, in the order of their paths: without links, secrets,
        and what a rule leaves out."""
        ...

    def topics(self, paths: Sequence[str], count: int | None) -> Sequence[Topic]:
        """The topics of these files, the largest first: `count` of them at most, or as many as set
        the files apart best. Files without vectors, and those that are about nothing that others
        are about, are in none. The same files have the same topics.

        Raises:
            UnavailableError: it cannot be found out.
        """
        ...

    def coverage(self) -> Coverage:
        """How far the index is."""
        ...

    def nudge(self) -> None:
        """Say that the queue has grown; returns at once."""
        ...


class Workshop(Index, Protocol):
    """An index together with the worker that fills it."""

    def drain(self, *, timeout_s: float | None = None) -> None:
        """Wait until the queue is empty and all vectors are there, or the time is over.

        Raises:
            UnavailableError: it took longer, or was told to `hasten`.
        """
        ...

    def hasten(self) -> None:
        """Have those who wait in `drain` wait no longer."""
        ...

    def progress(self) -> Mapping[str, Any]:
        """{"done", "total", "rate" (entries a second), "eta_s", "stage"}."""
        ...

    def failed(self) -> Sequence[tuple[str, str, str]]:
        """(path, status, reason) of every file whose text could not be read, or not all of it:
        those that "failed", that are "too large" or "without a reader", and "read in part"."""
        ...

    def rendered(self, path: str) -> str | None:
        """The extracted text of an entry as one text; None when there is none."""
        ...

    def with_text(self, folder: str) -> Sequence[tuple[str, int, int]]:
        """(name, bytes of its text as UTF-8, mtime_ns) of the files in a folder that have text, and
        of the folders in it, whose number of bytes is -1."""
        ...

    def standing(self, path: str) -> Mapping[str, Any] | None:
        """{"status", "reason", "type", "title", "author", "created", "language", "passages",
        "embedded", "waiting", "described", "undescribed"} of a file; None when nothing is known of
        it."""
        ...

    def undescribable(self) -> Sequence[str]:
        """Why models that say what pictures show and recordings say cannot be used, a line each."""
        ...

    def standing_below(self, folder: str) -> Mapping[str, int]:
        """How many files below a folder have each status."""
        ...

    def close(self) -> None:
        """End the worker."""
        ...


class Embedder(Protocol):
    """Texts to vectors, for whoever compares meanings."""

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """[n, dim], rows L2-normalised.

        Raises:
            UnavailableError: no working embedding model.
        """
        ...


class CutShort(Exception):
    """An answer that was not at its end after as many tokens as were asked for. No error of lsfs:
    who asked tries less."""


class LanguageModel(Protocol):
    """A generative model, local or behind an OpenAI-compatible endpoint."""

    name: str

    def complete(
        self, system: str, prompt: str, schema: Mapping[str, Any] | None = None,
        tokens: int | None = None,
    ) -> str:  # fmt: skip
        """The model's answer; JSON conforming to `schema` when one is given. With `tokens` it is
        whole, and has at most so many.

        Raises:
            UnavailableError: unreachable, too slow, or it refused.
            CutShort: it has more than `tokens`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What of a text is to be in which language: `most` passages from the `start`th on, which
    counts from 1. `source` is the text's own language (ISO 639-1), None where it is not known."""

    language: str
    start: int
    most: int
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Translation:
    """The text of the passages up to (and without) `next`, of `passages` in all, and remarks."""

    text: str
    next: int
    passages: int
    notices: tuple[str, ...] = ()


class Translator(Protocol):
    """Texts into other languages."""

    name: str

    def translate(self, text: str, wish: Wish) -> Translation:
        """As many passages as are wished for, or could be had; what stands between paragraphs as
        it was. Where there is nothing to translate, the text as it is.

        Raises:
            UsageError: it has no such language, or the text no such passage.
            UnavailableError: not even the first of them could be had.
        """
        ...


class Names(Protocol):
    """What a parser may know of the tree: names, never contents."""

    def candidates(self, name: str) -> Sequence[str]:
        """Paths that `name` may mean, best first: exact path, exact name, stem, fuzzy."""
        ...

    def directories(self, name: str) -> Sequence[str]:
        """Folders that `name` may mean, best first."""
        ...

    def holding(self, words: Collection[str], *, folders: bool) -> Sequence[str]:
        """Paths of files, or of folders, whose own name holds one of these words, which are in
        lower case; also as a part of a longer one."""
        ...

    def gone(self, name: str) -> Sequence[str]:
        """Paths of files that are gone and had exactly that path or name, the last gone first."""
        ...

    def came_from(self, path: str) -> str | None:
        """Where what is at the path was before it was moved, or renamed, to there."""
        ...


class NamesThen(Names, Protocol):
    """The names of the tree as they will be."""

    def note(self, operation: BaseOperation) -> None:
        """Take in what an operation makes, and what it takes away."""
        ...


class Parser(Protocol):
    """Words to a plan."""

    def parse(
        self, request: str, actor: str, shown: Sequence[str] = (), names: Names | None = None,
        folder: str | None = None,
    ) -> Plan:  # fmt: skip
        """A plan that is only proposed: the engine validates, resolves and judges it. `shown` are
        paths that were shown before, in order: "the second one", "those"; `names` those of the
        tree it is about, by default as it is; `folder` is where the person stands, and what paths
        and new places count from.

        Raises:
            NotUnderstoodError: with a hint naming the nearest things it can do.
        """
        ...

    def names(self) -> NamesThen:
        """The names of the tree, to be kept up with what will be done."""
        ...

    def program(self, text: str, name: str) -> Program:
        """The program that `text` holds (docs/programs.md); `name` is what its file is called.

        Raises:
            UsageError: it is none, and in which line.
        """
        ...

    def decide(self, question: str, known: str) -> bool:
        """What a language model says to a question of yes or no about what is `known`.

        Raises:
            UnavailableError: there is none, or it does not answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class Telling:
    """How a change is told: `by_lines` where a line, not a sentence, is what a person reads (code,
    tables); `numbered` where lines have numbers; `private`: it is shown to no model."""

    by_lines: bool = False
    numbered: bool = True
    private: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """What the file at `path` says; `is_private`: it is shown to no model."""

    path: str
    chunks: Sequence[Chunk]
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """How much a summary may say, in sentences and in words (a Chinese character is one), and the
    question it is to be about."""

    sentences: int
    words: int | None = None
    about: str | None = None


class Summarizer(Protocol):
    """Texts to a short account of them."""

    def summarize(self, texts: Sequence[Text], brief: Brief) -> Summary:
        """What the files say, together: nothing twice, each statement with where it is said."""
        ...

    def changes(self, before: str, after: str, telling: Telling) -> str:
        """What changed from one text to the other, in words."""
        ...


class Namer(Protocol):
    """Topics to names."""

    def names(self, topics: Sequence[Topic], passages: Sequence[Sequence[str]]) -> Sequence[str]:
        """A short name for each topic; `passages` are the beginnings of some files of each."""
        ...
