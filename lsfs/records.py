"""The nouns of lsfs as frozen records, without behaviour.

Paths are relative to the root, `/`-separated, without a leading slash; the root itself is "".
A path is text decoded with `os.fsdecode` (surrogateescape), so that any bytes the kernel allows
in a name survive; `lsfs.paths` turns it into what JSON and terminals may show.
Times are integer nanoseconds since the epoch (`*_ns`); sizes are bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

EntryKind = Literal["file", "directory", "symlink", "other"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or directory of the tree. It keeps its `id` (and so its history) when renamed.

    `content` is the hex BLAKE3 of the last captured bytes, None when never captured; `captured`
    says that those are the bytes this row describes (same size, mtime and ctime).
    `gone_ns` is when it was found missing, None while it is there.
    """

    id: int
    path: str
    kind: EntryKind
    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int
    mode: int
    content: str | None = None
    captured: bool = False
    gone_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document a chunk stands. Lines count from 1 and include both ends.

    `page` counts from 1 what the document is made of: pages of a PDF, slides, chapters of a book,
    cells of a notebook, messages of a mailbox, members of an archive. `sheet` is a spreadsheet's
    sheet, whose rows are the lines, and `columns` the columns in use ("A:F"); `heading` the nearest
    heading above, the attachment, the member of an archive or the path of keys; `symbol` the
    qualified name of a function or class in source code ("Class.method"); `seconds` how far into a
    recording it is said.
    """

    line_from: int | None = None
    line_to: int | None = None
    page: int | None = None
    sheet: str | None = None
    heading: str | None = None
    symbol: str | None = None
    columns: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of an entry's extracted text; `sequence` counts from 0 within the entry."""

    sequence: int
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Match:
    """One passage of a hit."""

    text: str
    place: Place
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked entry with its best passages, best first. `score` lies in 0..1."""

    path: str
    score: float
    size: int
    mtime_ns: int
    matches: tuple[Match, ...] = ()
    explain: dict[str, float | int | None] | None = None
    copies: tuple[str, ...] = ()
    """Paths of further files that say the same, where the search folds them."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the tree the index holds: entries in all, with text, with vectors; `undescribed`
    are pictures and recordings that a model has yet to see or hear."""

    entries: int
    indexed: int
    embedded: int
    pending: int
    failed: int
    undescribed: int = 0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, what they were drawn from, and remarks on degraded answers."""

    hits: tuple[Hit, ...]
    mode: str
    coverage: Coverage
    elapsed_ms: float
    notices: tuple[str, ...] = ()
    weak: bool = False
    """Nothing is clearly about what was asked: the hits are only the nearest there is."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What of an entry beside its bytes an undo must bring back."""

    mode: int
    uid: int
    gid: int
    mtime_ns: int
    xattrs: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    """The state of an entry at a moment.

    `content` is the blob's hex BLAKE3 (files), `target` the link's text (symlinks). `gap` says why
    the bytes could not be kept (then `content` is None). `at_ns` is when the state came to be.
    """

    id: int
    entry: int
    path: str
    at_ns: int
    kind: EntryKind
    size: int
    metadata: Metadata
    content: str | None
    target: str | None
    actor: str
    gap: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an entry. `to` is where a move or copy ended, `version` the one made."""

    action: str
    path: str
    to: str | None = None
    version: int | None = None
    sha256: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of entries, virtual until links, copies or moves are asked for."""

    name: str
    paths: tuple[str, ...]
    created_ns: int
    query: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where something is said."""

    path: str
    place: Place


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a summary, and where it is said, by a file each; `by` is the model whose words
    they are, None where they are the first source's own."""

    text: str
    sources: tuple[Source, ...]
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What files say, and remarks on how it came about."""

    statements: tuple[Statement, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a file beside its text: its type, author and language (ISO 639-1), None
    where it does not say."""

    mtime_ns: int
    type: str | None = None
    author: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """Files that are about the same, the most typical first, and the words that set them apart from
    the other topics, weightiest first."""

    words: tuple[str, ...]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one operation gave: changes made, hits found, rows listed, text shown, and remarks."""

    changes: tuple[Change, ...] = ()
    result: SearchResult | None = None
    rows: tuple[dict[str, Any], ...] = ()
    text: str | None = None
    notices: tuple[str, ...] = ()
