"""What is left out of the index, and by which rule.

Rules, the strongest first: secrets (setting indexer.secrets, which no file overrules); the nearest
line of a .lsfsignore; the nearest line of a .gitignore; folders marked as caches (CACHEDIR.TAG, see
https://bford.info/cachedir/); the setting indexer.exclude. Lines are git's patterns (gitignore(5)),
relative to the folder of their file, the last that matches counts, and `!` takes back what a weaker
rule leaves out. What lies in a folder that is left out is left out with it.

`Ignoring` is not thread-safe: the draining thread has one of its own, and so has whoever asks why.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from pathspec import GitIgnoreSpec

from lsfs.config import IndexerConfig
from lsfs.errors import LsfsError
from lsfs.paths import name, parent, percent_escaped
from lsfs.tree import Tree

OURS, GITS, MARK = ".lsfsignore", ".gitignore", "CACHEDIR.TAG"
RULE_FILES = frozenset({OURS, GITS, MARK})
"""Files that say what is left out: one that changes, comes or goes changes it for its folder."""
_SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"
_MOST_BYTES = 1 << 20
_MOST_FOLDERS = 20_000
_GROUP_NAME = re.compile(r"\?P<\w+>")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why a path is left out. Of a secret the name alone is known."""

    reason: str
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of one file, or setting."""

    folder: str
    told: Sequence[str]
    """What is said of each pattern."""
    spec: GitIgnoreSpec

    def last(self, path: str, is_folder: bool) -> tuple[bool, str] | None:
        """(left out, by what) of the last pattern that matches, None when none does."""
        below = path[len(self.folder) + 1 :] if self.folder else path
        found = self.spec.check_file(f"{below}/" if is_folder else below)
        if found.include is None or found.index is None:
            return None
        return found.include, self.told[found.index]


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder: why it is left out itself, or the rules that hold in it, the nearest last."""

    out: LeftOut | None
    ours: tuple[_Rules, ...] = ()
    gits: tuple[_Rules, ...] = ()


class Excluded:
    """What the patterns of a setting leave out, whatever the files of the tree say. Thread-safe."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._rules = _rules("", patterns, "by a setting")
        # a first scan asks for each file, and few match any: that is told faster by one expression
        told = (
            _GROUP_NAME.sub("", one.regex.pattern)
            for one in self._rules.spec.patterns
            if one.regex is not None
        )
        self._may_match = re.compile("|".join(told)).match
        self._is_folder_out = lru_cache(_MOST_FOLDERS)(partial(self._is_out, is_folder=True))

    def holds(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether the path is left out, or a folder that it lies in."""
        above = map(self._is_folder_out, _downward(parent(path)))
        return any(above) or self._is_out(path, is_folder)

    def _is_out(self, path: str, is_folder: bool) -> bool:
        if not self._may_match(f"{path}/" if is_folder else path):
            return False
        found = self._rules.last(path, is_folder)
        return found is not None and found[0]


class Ignoring:
    """The rules of one tree."""

    def __init__(self, config: IndexerConfig, tree: Tree) -> None:
        self._tree = tree
        self._secrets = _rules("", config.secrets, "looks like a secret (setting indexer.secrets)")
        self._excluded = _rules("", config.exclude, "left out by the setting indexer.exclude")
        self._folders: dict[str, _Folder] = {}

    def forget(self) -> None:
        """A rule file has changed, come or gone."""
        self._folders.clear()

    def why(self, path: str, *, is_folder: bool = False) -> LeftOut | None:
        """Why the path is left out; None when it is not."""
        above = self._folder(parent(path))
        return above.out or self._judged(above, path, is_folder)

    def _folder(self, path: str) -> _Folder:
        known = self._folders.get(path)
        if known:
            return known
        if len(self._folders) > _MOST_FOLDERS:
            self._folders.clear()
        found = self._folders.setdefault("", self._with_own(_Folder(None), ""))
        for folder in _downward(path):  # a loop: trees are deeper than Python's stack
            above, known = found, self._folders.get(folder)
            found = known or self._looked_at(above, folder)
            self._folders[folder] = found
        return found

    def _looked_at(self, above: _Folder, path: str) -> _Folder:
        out = above.out or self._judged(above, path, is_folder=True)
        return _Folder(out) if out else self._with_own(above, path)

    def _with_own(self, above: _Folder, path: str) -> _Folder:
        ours, gits = self._read(path, OURS), self._read(path, GITS)
        return _Folder(
            None,
            (*above.ours, ours) if ours else above.ours,
            (*above.gits, gits) if gits else above.gits,
        )

    def _judged(self, above: _Folder, path: str, is_folder: bool) -> LeftOut | None:
        secret = self._secrets.last(path, is_folder)
        if secret and secret[0]:
            return LeftOut(secret[1], is_secret=True)
        for rules in (*reversed(above.ours), *reversed(above.gits)):
            found = rules.last(path, is_folder)
            if found:
                return LeftOut(found[1]) if found[0] else None
        if is_folder and self._is_cache(path):
            return LeftOut(percent_escaped(f"a cache: {path}/{MARK} says so"))
        found = self._excluded.last(path, is_folder)
        return LeftOut(found[1]) if found and found[0] else None

    def _is_cache(self, folder: str) -> bool:
        return self._bytes(f"{folder}/{MARK}").startswith(_SIGNATURE)

    def _read(self, folder: str, file: str) -> _Rules | None:
        place = f"{folder}/{file}".lstrip("/")
        lines = self._bytes(place).decode("utf-8", "surrogateescape").splitlines()
        return _rules(folder, lines, f"left out by {place}, line") if lines else None

    def _bytes(self, path: str) -> bytes:
        with contextlib.suppress(LsfsError, OSError), self._tree.open(path) as stream:
            return stream.read(_MOST_BYTES)
        return b""


def _rules(folder: str, lines: Sequence[str], by: str) -> _Rules:
    told, patterns = [], []
    for number, line in enumerate(lines, 1):
        with contextlib.suppress(ValueError):  # a line that is no pattern matches nothing
            for pattern in GitIgnoreSpec.from_lines([line]).patterns:
                patterns.append(pattern)
                at = f" {number}" if by.endswith("line") else ""
                told.append(percent_escaped(f"{by}{at}: {line.strip()}"))
    return _Rules(folder, told, GitIgnoreSpec(patterns))


def _downward(path: str) -> Iterator[str]:
    """The folders from below the root to `path`."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)
    if path:
        yield path


def is_rule_file(path: str) -> bool:
    """Whether the file says what is left out of its folder."""
    return name(path) in RULE_FILES
