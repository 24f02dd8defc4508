"""What a name in a request stands for: files and folders of the tree, by names alone.

A name is met, best first, by the exact path, the file's name, its stem, the same words ("q3 report"
for q3-report.docx), all its words in the path ("landlord letter" for letters/landlord.docx), or
nearly the same letters. Several equally good ones are a question, never a guess; a near miss is a
question too where the act changes something. Pure but for asking `Names`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from lsfs.errors import ConfirmationError
from lsfs.paths import for_terminal, normalise
from lsfs.ports import Names

from .phrase import PATH, Quote, looks_like_file, quotes
from .whole import refuse_outside

Nearness = Literal["path", "name", "stem", "words", "within", "spelling"]
_ORDER: tuple[Nearness, ...] = ("path", "name", "stem", "words", "within", "spelling")
_CERTAIN = frozenset({"path", "name", "stem", "words"})
_DETERMINERS = re.compile(
    r"^(?:the|a|an|my|our|your|this|that|its|file|document|folder|directory|of)\s+", re.I
)
_NO_NAME = frozenset(
    "to into in from of the a and or with by as file named called delete remove move copy read "
    "open show".split()
)
_NOUNS = re.compile(
    r"\s+(?:file|document|doc|folder|directory|paper|note|spreadsheet|pdf|text)s?$", re.I
)
_MARKS = "\"'“”‘’`«»「」,;:"
_MOST_WORDS = 6
_OUTSIDE = re.compile(
    r"(?<![^\s(\u3400-\u9fff])(?:/+[^/\s]\S*|~[\w.-]*/\S*|~(?=\s|$)|\.\.(?:/\S*|(?=\s|$)))"
)
_EXTENSION = re.compile(r"[^.\s/]\.[a-z0-9]{1,8}$")
_PICTURES = {"picture", "image", "photo", "photograph", "pic", "snapshot"}
_LIST_JOIN = re.compile(r"\s*(?:,\s*and\s+|,|\band\b|&|\bplus\b|和|与)\s*", re.I)
_OF = re.compile(
    r"^(?:the\s+)?(?:file\s+)?(\S+)\s+(?:of|in|from|under|inside)\s+(?:the\s+)?(?:folder\s+)?(\S+)$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A path and how near the name is to it."""

    path: str
    nearness: Nearness


class Targets:
    """Resolves names against the tree. It remembers what it asked: one for each request."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[str, list[Found]] = {}
        self._folders: dict[str, Sequence[str]] = {}
        self._entries: dict[str, bool] = {}

    def file(self, name: str, *, careful: bool = False) -> str | None:
        """The one entry `name` stands for, None when there is none.

        Raises:
            ConfirmationError: several are equally near, or `careful` and only the spelling is near.
        """
        return self._file(strip_nouns(name), name, careful=careful)

    def _file(self, clean: str, name: str, *, careful: bool) -> str | None:
        if not clean:
            return None
        inside = self._inside(clean)
        if inside:
            return inside
        best = self._best(clean)
        if not best:
            return None
        if len(best) > 1 or (careful and best[0].nearness == "spelling"):
            raise _which(name, [found.path for found in best])
        return best[0].path

    def near(self, name: str) -> list[str]:
        """Up to three paths that `name` might have meant."""
        return list(dict.fromkeys(self._names.candidates(strip_nouns(name))))[:3]

    def directory(self, name: str, *, loose: bool = True) -> str | None:
        """The folder `name` stands for by path or name, or, if `loose`, by singular for plural."""
        clean = strip_nouns(name.strip().strip("\"'")).strip("/")
        wanted = clean.casefold()
        if clean not in self._folders:
            self._folders[clean] = self._names.directories(clean) if clean else ()
        found = self._folders[clean]
        for same in (
            lambda path: path == clean,
            lambda path: path.casefold() == wanted,
            lambda path: _base(path).casefold() == wanted,
            lambda path: loose and _singular(_base(path)) == _singular(wanted),
        ):
            matching = [path for path in found if same(path)]
            if matching:
                return min(matching, key=lambda path: (path.count("/"), path))
        return None

    def mentioned(self, text: str) -> list[tuple[Quote, str]]:
        """Paths and quoted file names in `text` with the entry each stands for (itself if none)."""
        spans = [q for q in quotes(text) if looks_like_file(q.text)]
        bare = _blanked(text, quotes(text))
        spans += [Quote(m.start(), m.end(), m[0]) for m in PATH.finditer(bare)]
        wide = sorted(
            (self._widened(text, span) for span in spans), key=lambda s: (s.start, -s.end)
        )
        apart: list[Quote] = []
        for span in wide:
            if not apart or span.start >= apart[-1].end:
                apart.append(span)
        return [(span, span.text) for span in apart]

    def _widened(self, text: str, span: Quote) -> Quote:
        """The whole of an unquoted name with spaces: "shopping list.txt", not "list.txt"."""
        if text[span.start] in _MARKS:
            return span
        before = list(re.finditer(r"\S+(?=\s)", text[: span.start]))[1:][-_MOST_WORDS:]
        if before and (before[-1][0].casefold() in _NO_NAME or before[-1][0][-1] in _MARKS):
            before = []
        for word in before:
            if self._is_entry(text[word.start() : span.end]):
                return Quote(word.start(), span.end, text[word.start() : span.end])
        has_end = "." in _base(span.text) or span.text.endswith("/")
        after = [] if has_end else list(re.finditer(r"\s\S+", text[span.end :]))[:_MOST_WORDS]
        for word in reversed(after):
            end = span.end + word.end()
            if self._is_entry(text[span.start : end]):
                return Quote(span.start, end, text[span.start : end])
        return span

    def _is_entry(self, name: str) -> bool:
        """Whether a file or folder has exactly that path or name."""
        if name not in self._entries:
            wanted = name.strip("/").casefold()
            found = self._names.candidates(name)
            if "." not in _base(name):
                found = [*found, *self._names.directories(name)]
            self._entries[name] = any(
                wanted in (path.casefold(), _base(path).casefold()) for path in found
            )
        return self._entries[name]

    def within_root(self, name: str) -> str:
        """`name` as a path from the root; with a slash in front only when it is there.

        Raises:
            PolicyError: it starts at the machine's root or in a home, and is no entry here.
        """
        path = name.strip().strip("/")
        known = path and path in (*self._names.candidates(path), *self._names.directories(path))
        if not known:
            refuse_outside(name)
        return path

    def refuse_paths_outside(self, text: str) -> None:
        """Refuse every unquoted path of `text` that lies outside the root.

        Raises:
            PolicyError: there is one; "/a/b.txt" for an entry a/b.txt of the root is none.
        """
        spans = {span.start: span.text for span, _ in self.mentioned(text)}
        for match in _OUTSIDE.finditer(_blanked(text, quotes(text))):
            name = spans.get(match.start(), match[0].rstrip(".,;:!?)"))
            normalise(self.within_root(name))

    def existing(self, name: str, *, careful: bool) -> str:
        """Like `file`, but a name that is met by nothing stands for itself: the engine will say."""
        literal = self.within_root(name)
        return self._file(literal, name, careful=careful) or self.directory(name) or literal

    def gone(self, name: str) -> str | None:
        """The file of exactly that path or name that was there last, where none is now.

        Raises:
            ConfirmationError: several that are gone had that name.
        """
        ranked = self._ranked(self.within_root(name))
        if any(found.nearness in ("path", "name") for found in ranked):
            return None
        paths = list(self._names.gone(name))
        if len(paths) > 1 and name not in paths:
            raise _which(name, paths)
        return name if name in paths else paths[0] if paths else None

    def known_or_new(self, name: str) -> str:
        """The entry of exactly that path or name, else the name itself: a file to be made.

        Raises:
            ConfirmationError: several entries have that name.
        """
        path = self.within_root(name)
        exact = [f.path for f in self._ranked(path) if f.nearness in ("path", "name")]
        if exact and exact[0] == path:
            return exact[0]
        if len(exact) > 1:
            raise _which(name, exact)
        return exact[0] if exact else path

    def _inside(self, name: str) -> str | None:
        """ "X of FOLDER", "X in FOLDER"."""
        match = _OF.match(name)
        folder = self.directory(match[2]) if match else None
        if match is None or folder is None:
            return None
        within = [f.path for f in self._ranked(match[1]) if f.path.startswith(folder + "/")]
        return within[0] if within else None

    def _best(self, name: str) -> list[Found]:
        ranked = self._ranked(name)
        return [found for found in ranked if found.nearness == ranked[0].nearness]

    def _ranked(self, name: str) -> list[Found]:
        """What `name` may mean, nearest first; asked more widely only while nothing fits."""
        if name in self._known:
            return self._known[name]
        ranked: list[Found] = []
        asked: dict[str, None] = {}
        for question in _questions(name.strip("/")):
            for path in self._names.candidates(question):
                if path not in asked and (nearness := _nearness(name, path)) is not None:
                    ranked.append(Found(path, nearness))
                asked[path] = None
            if any(found.nearness in _CERTAIN for found in ranked):
                break
        ranked.sort(key=lambda found: _ORDER.index(found.nearness))
        self._known[name] = ranked
        return ranked


def _questions(name: str) -> Iterable[str]:
    """Spellings under which a file of that name may be known, the likeliest first."""
    yield name
    words = _words(name)
    if len(words) > 1:
        yield "-".join(words)
        yield "_".join(words)
        for pair in pairwise(words):
            yield " ".join(pair)
        yield from (word for word in words if len(word) > 2)
    elif words and words[0].endswith("s"):
        yield words[0][:-1]


def strip_nouns(name: str) -> str:
    """ "the aios.txt file" -> "aios.txt"; quotes and determiners go as well."""
    name = name.strip().strip("\"'“”‘’`").strip()
    while True:
        shorter = _NOUNS.sub("", _DETERMINERS.sub("", name)).strip()
        if shorter == name:
            return name
        name = shorter


def split_list(text: str) -> list[str]:
    """ "a, b and c" as its parts."""
    return [part for part in _LIST_JOIN.split(text) if part.strip()]


def _blanked(text: str, spans: Sequence[Quote]) -> str:
    for span in spans:
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text


def _nearness(name: str, path: str) -> Nearness | None:
    wanted, base = name.strip("/").casefold(), _base(path).casefold()
    stem = base.rpartition(".")[0] or base
    if path.casefold() == wanted:
        return "path"
    if base == wanted:
        return "name"
    if stem == wanted:
        return "stem"
    words, own = _words(wanted), _words(base)
    if words == _words(stem) or words == own:
        return "words"
    if not _EXTENSION.search(wanted) and _is_within(words, path):
        return "within"
    closest = max(_ratio(wanted, base), _ratio(wanted, stem))
    return "spelling" if closest >= 0.82 and len(wanted) > 3 else None


def _is_within(words: Sequence[str], path: str) -> bool:
    """Every word is one of the path's, at least one of them of the last part."""
    if not words or "." in "".join(words):
        return False
    singular = {_singular(word) for word in words}
    own = {_singular(word) for word in _words(_base(path))}
    anywhere = own | {_singular(word) for word in _words(path)}
    anywhere |= _PICTURES if _PICTURES & anywhere or own & {"jpg", "jpeg", "png"} else set()
    return bool(singular & own) and singular <= anywhere


def _ratio(a: str, b: str) -> float:
    return difflib.SequenceMatcher(None, a, b).ratio()


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _singular(word: str) -> str:
    word = word.casefold()
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _which(name: str, paths: Sequence[str]) -> ConfirmationError:
    shown = ", ".join(for_terminal(path) for path in paths[:6])
    return ConfirmationError(
        f"{for_terminal(name.strip())!r} could be {len(paths)} things"
        if len(paths) > 1
        else f"nothing is called {for_terminal(name.strip())!r}",
        hint=f"say which one by its path: {shown}" if len(paths) > 1 else f"did you mean {shown}?",
    )
