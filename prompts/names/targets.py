"""What a name in a request stands for: files and folders of the tree, by names alone.

A name is met, best first, by the exact path, the file's or folder's name, its stem, the same words
("q3 report" for q3-report.docx), all its words in the path ("landlord letter" for
letters/landlord.docx), or nearly the same letters. A path that is there is never taken for another.
Several equally good ones are a question, never a guess; a near miss is a question too where the act
changes something. Pure but for asking `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import SequenceMatcher

from lsfs.errors import ConfirmationError, NotUnderstoodError
from lsfs.paths import for_terminal, normalise
from lsfs.ports import Names

from ..request.nouns import OF_KIND
from ..request.quoting import PATH, Quote, looks_like_file, quotes
from ..request.refusals import is_of_machine, refuse_outside
from .nearest import Found, Nearest, strip_nouns, unquoted
from .nearness import CERTAIN, ORDER, base_of, is_most_of
from .places import PLACE, is_called_folder, no_folder, says_folder
from .translated import translations

_NO_NAME = frozenset(
    "to into in from of the a and or with by as file named called delete remove move copy read "
    "open show".split()
)
_MARKS = "\"'“”‘’`«»「」,;:"
_MOST_WORDS = 6
_OF_A_LIST = re.compile(
    r"(?:the\s+)?(?:very\s+)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|next|"
    r"previous|\d+(?:st|nd|rd|th))(?:\s+(?:and|ones?|two|three|four|five|\d+|files?|of\s+(?:them|those|these)))*",
    re.I,
)
"""A place in a list is no name of a file that holds the word."""
SLIP = 0.8
"""So alike (2 M / T of difflib) are a name and a slip of it."""
_OUTSIDE = re.compile(
    r"(?<![^\s(\u3400-\u9fff])(?:/+[^/\s]\S*|~[\w.-]*/\S*|~(?=\s|$)|\.\.(?:/\S*|(?=\s|$)))"
)
_LIST_JOIN = re.compile(r"\s*(?:,\s*and\s+|,|\band\b|&|\bplus\b|和|与)\s*", re.I)
_OF = re.compile(
    r"^(?:the\s+)?(?:file\s+)?(\S+)\s+(?:of|in|from|under|inside)\s+(?:the\s+)?(?:folder\s+)?(\S+)$",
    re.I,
)


class Targets:
    """Resolves names against the tree. It remembers what it asked: one for each request."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._nearest = Nearest(names)
        self._scant: dict[str, str] = {}
        self.is_likely = False
        """Whether something was found that its name only likely means."""

    def entry(self, name: str, *, careful: bool, loose: bool = True) -> str | None:
        """The one file or folder that a name in words stands for, None when there is none. "The
        folder X" and "X/" stand for a folder alone. `loose`: "note" may be "notes/".

        Raises:
            ConfirmationError: several are equally near, or `careful` and none is near enough.
        """
        if says_folder(name):
            return self._only_folder(name, loose=loose)
        clean, whole = strip_nouns(name), unquoted(name)
        if exact := self._nearest.exactly(whole) or self._nearest.exactly(clean):
            return exact
        if _OF_A_LIST.fullmatch(name.strip()):
            return None
        if whole != clean and self._nearest.is_entry(whole):
            return self._near(whole, name, careful=careful)
        found = self._inside(clean, careful=careful) or self._near(clean, name, careful=careful)
        return found or (self.directory(clean) if loose else None)

    def existing(self, name: str, *, careful: bool) -> str:
        """What a literal name stands for; met by nothing, for itself: the engine will say.

        Raises:
            ConfirmationError: see `entry`.
            NotUnderstoodError: a folder is meant, and a file is there.
        """
        path = self.within_root(name)
        if _OF_A_LIST.fullmatch(name.strip()) and not self._nearest.exactly(name):
            raise NotUnderstoodError(
                f"I do not know of which list you mean {for_terminal(name.strip())!r}",
                hint="name the file; in a session it is a place in what was shown last",
            )
        if not says_folder(name):
            found = self._nearest.exactly(name) or self._inside(path, careful=careful)
            found = found or self._near(path, name, careful=careful)
            return found or self.directory(name) or path
        folder = self._only_folder(name, loose=True)
        if folder is None and path in self._nearest.files(path):
            raise no_folder(path)
        return folder or path

    def existing_at(self, text: str, span: Quote, *, careful: bool) -> str:
        """What a mention in `text` stands for, given the words beside it: "the folder |X|", "|X| in
        FOLDER"."""
        if is_called_folder(text, span.start, span.end):
            return self.existing(f"{span.text}/", careful=careful)
        place = self.place_after(text, span.end, careful=careful)
        if place is None or "/" in span.text.strip("/"):
            return self.existing(span.text, careful=careful)
        path = f"{place}/{self.within_root(span.text)}"
        return self.in_folder(span.text, place, careful=careful) or path

    def place_after(self, text: str, position: int, *, careful: bool = True) -> str | None:
        """The folder of "in FOLDER" that begins there.

        Raises:
            NotUnderstoodError: it says that it is one, or `careful` and "in", and there is none.
        """
        match = PLACE.match(text, position)
        folder = self.place(match) if match else None
        if match is None or folder is not None:
            return folder
        name = unquoted(match["name"])
        is_said = "/" in name or (careful and match["within"])
        if is_said and not self._nearest.exactly(name):
            raise no_folder(name)
        return None

    def place(self, match: re.Match[str]) -> str | None:
        """The folder that a match of `PLACE` names; a path that is not there may be gone.

        Raises:
            NotUnderstoodError: it says that it is one, and there is none.
        """
        name = unquoted(match["name"])
        says_so = bool(match["before"] or match["after"])
        folder = self.directory(name, loose=says_so)
        if folder is None and says_so and "/" not in name:
            raise no_folder(name)
        return folder

    def in_folder(self, name: str, folder: str, *, careful: bool) -> str | None:
        """The entry of that name in a folder.

        Raises:
            ConfirmationError: several are equally near.
        """
        clean = strip_nouns(name)
        if exact := self._nearest.exactly(f"{folder}/{clean}"):
            return exact
        best = self._nearest.best_in(folder, clean)
        if careful and best and best[0].nearness not in CERTAIN:
            return None
        return self._only(f"{clean} in {folder}", [found.path for found in best])

    def knows(self, name: str) -> bool:
        """Whether a file or folder has exactly that path, name or stem, but for case."""
        return self._nearest.knows(name)

    def holding(self, words: Collection[str]) -> list[str]:
        """Paths of files and folders whose own name holds one of the words, in lower case."""
        files, folders = (self._nearest.holding(words, folders=them) for them in (False, True))
        return [*files, *folders]

    def is_file(self, path: str) -> bool:
        """Whether a file is at exactly that path."""
        return path in self._nearest.files(path)

    def is_there(self, path: str) -> bool:
        """Whether a file or folder is at exactly that path."""
        return self._nearest.exactly(path) is not None

    def is_named(self, name: str) -> bool:
        """Whether words certainly stand for a file or folder, or for one of several."""
        try:
            return self.entry(name, careful=True, loose=False) is not None
        except ConfirmationError:
            return False

    def sole_file(self, name: str) -> str | None:
        """The one file that a name certainly stands for."""
        for called in (name, re.sub(r"\s+(?:list|file)$", "", name.strip(), flags=re.I)):
            try:
                found = self.entry(called, careful=True, loose=False)
            except ConfirmationError:
                return None
            if found:
                return found if self.is_file(found) else None
        return None

    def near(self, name: str) -> list[str]:
        """Up to three paths that `name` might have meant."""
        return list(dict.fromkeys(self._nearest.files(strip_nouns(name))))[:3]

    def directory(self, name: str, *, loose: bool = True) -> str | None:
        """The folder `name` stands for by path or name, or, if `loose`, by singular for plural."""
        found = self._nearest.folders_called(name, loose=loose)
        return min(found, key=lambda path: (path.count("/"), path)) if found else None

    def translated(
        self, name: str, folder: str | None = None, *, only_folders: bool = False
    ) -> str | None:
        """What a Chinese name says in English, and likely means; see `translations`.

        Raises:
            ConfirmationError: several are equally near.
        """
        found = translations(self._nearest, name, folder, only_folders=only_folders)
        self.is_likely |= bool(found)
        for one in found:
            if one.is_scant:
                self._scant[one.path] = name
        return self._only(name, [one.path for one in found])

    def refuse_slip(self, name: str) -> None:
        """A folder that is to be made is not called nearly as one that is there.

        Raises:
            ConfirmationError: it is, and by more than a number.
        """
        is_bare = not re.search(r"[./]", name.strip("/"))
        for path in self._nearest.folders(name) if is_bare else ():
            said, there = (re.sub(r"\d", "", one.casefold()) for one in (name, base_of(path)))
            if said != there and SequenceMatcher(None, said, there).ratio() >= SLIP:
                raise ConfirmationError(
                    f"no folder is called {for_terminal(name)!r}",
                    hint=f"did you mean {for_terminal(path)}? if not, say 'the new folder {name}'",
                )

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

    def quoted_entries(self, text: str) -> list[Quote]:
        """The quotes that are names of files or folders which are there."""
        return [
            quote for quote in quotes(text) if quote.text and self._nearest.is_entry(quote.text)
        ]

    def _widened(self, text: str, span: Quote) -> Quote:
        """The whole of an unquoted name with spaces: "shopping list.txt", not "list.txt"."""
        if text[span.start] in _MARKS:
            return span
        before = list(re.finditer(r"\S+(?=\s)", text[: span.start]))[1:][-_MOST_WORDS:]
        if before and (before[-1][0].casefold() in _NO_NAME or before[-1][0][-1] in _MARKS):
            before = []
        for word in before:
            if self._nearest.is_entry(text[word.start() : span.end]):
                return Quote(word.start(), span.end, text[word.start() : span.end])
        has_end = "." in base_of(span.text) or span.text.endswith("/")
        after = [] if has_end else list(re.finditer(r"\s\S+", text[span.end :]))[:_MOST_WORDS]
        for word in reversed(after):
            end = span.end + word.end()
            if self._nearest.is_entry(text[span.start : end]):
                return Quote(span.start, end, text[span.start : end])
        return span

    def within_root(self, name: str) -> str:
        """`name` as a path from the root; with a slash in front only when it is there,
        or its first folder is and is none that every machine has.

        Raises:
            PolicyError: it starts at the machine's root or in a home, and is no entry here.
        """
        path = name.strip().strip("/")
        if not self._nearest.exactly(name.strip()) and not self._is_below_folder(name):
            refuse_outside(name)
        return path

    def _is_below_folder(self, name: str) -> bool:
        """Whether it is "/FOLDER/...", of a folder of the root: no such name of the machine."""
        first, slash, _ = name.strip().lstrip("/").partition("/")
        is_absolute = name.strip().startswith("/") and bool(slash)
        return is_absolute and not is_of_machine(first) and first in self._nearest.folders(first)

    def refuse_paths_outside(self, text: str) -> None:
        """Refuse every unquoted path of `text` that lies outside the root.

        Raises:
            PolicyError: there is one; "/a/b.txt" for an entry a/b.txt of the root is none.
        """
        spans = {span.start: span.text for span, _ in self.mentioned(text)}
        for match in _OUTSIDE.finditer(_blanked(text, quotes(text))):
            name = spans.get(match.start(), match[0].rstrip(".,;:!?)"))
            normalise(self.within_root(name))

    def gone(self, name: str) -> str | None:
        """The file of exactly that path or name that was there last, where none is now.

        Raises:
            ConfirmationError: several that are gone had that name.
        """
        path = self.within_root(name)
        ranked = self._nearest.ranked(path)
        if self._nearest.exactly(path) or any(
            found.nearness in ("path", "name") for found in ranked
        ):
            return None
        paths = list(self._names.gone(name))
        if len(paths) > 1 and name not in paths:
            raise _which(name, paths)
        return name if name in paths else paths[0] if paths else None

    def came_from(self, path: str) -> str | None:
        """Where what is at the path was before it was moved, or renamed, to there."""
        return self._names.came_from(path)

    def known_or_new(self, name: str) -> str:
        """The entry of exactly that path or name, else the name itself: a file to be made.

        Raises:
            ConfirmationError: several entries have that name.
        """
        path = self.within_root(name)
        exact = [f.path for f in self._nearest.ranked(path) if f.nearness in ("path", "name")]
        if path in exact:
            return path
        if len(exact) > 1:
            raise _which(name, exact)
        return exact[0] if exact else path

    def _inside(self, name: str, *, careful: bool) -> str | None:
        """ "X of FOLDER", "X in FOLDER"."""
        match = _OF.match(name)
        folder = self.directory(match[2]) if match else None
        return self.in_folder(match[1], folder, careful=careful) if match and folder else None

    def _near(self, clean: str, name: str, *, careful: bool) -> str | None:
        best = self._nearest.best(clean, careful=careful) if clean else []
        if careful and len(best) == 1 and not _is_sure(clean, best[0]):
            raise _which(name, [best[0].path])
        if len(best) == 1 and _is_scant(clean, best[0]):
            self._scant[best[0].path] = name
        return self._only(name, [found.path for found in best])

    def refuse_scant(self, paths: Iterable[str]) -> None:
        """What an act is done to is named by more than a word or two of a long name.

        Raises:
            ConfirmationError: it was not.
        """
        for path in paths:
            if name := self._scant.get(path):
                raise _which(name, [path])

    def _only_folder(self, name: str, *, loose: bool) -> str | None:
        return self._only(name, self._nearest.folders_called(name, loose=loose))

    def _only(self, name: str, paths: Sequence[str]) -> str | None:
        if len(paths) > 1:
            raise _which(name, paths)
        return paths[0] if paths else None


def split_list(text: str) -> list[str]:
    """ "a, b and c" as its parts."""
    return [part for part in _LIST_JOIN.split(text) if part.strip()]


def _blanked(text: str, spans: Sequence[Quote]) -> str:
    for span in spans:
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text


def _is_sure(name: str, found: Found) -> bool:
    """Whether an act may take it for what was named: never another path than the one that was, but
    for its ending, nor one of which less than half of the words were said."""
    is_path = "/" in name.strip("/")
    if _is_scant(name, found):
        return False
    return found.nearness in (("path", "stem") if is_path else ORDER[:-1])


def _is_scant(name: str, found: Found) -> bool:
    """Whether less than half of the words of its name were said, or no more than a kind: "picture"
    is none of "epub with a picture"."""
    is_kind = re.fullmatch(OF_KIND, name, re.I) is not None
    return found.nearness == "within" and (is_kind or not is_most_of(name, found.path))


def _which(name: str, paths: Sequence[str]) -> ConfirmationError:
    shown = ", ".join(for_terminal(path) for path in paths[:6])
    return ConfirmationError(
        f"{for_terminal(name.strip())!r} could be {len(paths)} things"
        if len(paths) > 1
        else f"nothing is called {for_terminal(name.strip())!r}",
        hint=f"say which one by its path: {shown}" if len(paths) > 1 else f"did you mean {shown}?",
    )
