"""How near a name is to a path, by their letters and words. Pure functions, any thread."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Literal

from lsfs.paths import for_terminal

Nearness = Literal["path", "name", "stem", "words", "within", "spelling"]
ORDER: tuple[Nearness, ...] = ("path", "name", "stem", "words", "within", "spelling")
CERTAIN = frozenset({"path", "name", "stem", "words"})
_EXTENSION = re.compile(r"[^.\s/]\.[a-z0-9]{1,8}$")
_LITTLE = frozenset("a an and at by for from in is of on or the to with".split())
_PICTURES = {"picture", "image", "photo", "photograph", "pic", "snapshot"}


def nearness_of(name: str, path: str) -> Nearness | None:
    """How near, None when it is not. A name may be typed as it is printed ("a\\x1bb.txt")."""
    if "\\" in name or "%" in name:
        path = for_terminal(path)
    wanted, base = name.strip("/").casefold(), base_of(path).casefold()
    stem = base.rpartition(".")[0] or base
    if path.casefold() == wanted:
        return "path"
    if base == wanted:
        return "name"
    if stem == wanted:
        return "stem"
    if "/" in wanted and path.casefold().rpartition(".")[0] == wanted:
        return "stem"
    words, own = words_of(wanted), words_of(base)
    if words == words_of(stem) or words == own:
        return "words"
    if not _EXTENSION.search(wanted) and _is_within(words, path):
        return "within"
    closest = max(_ratio(wanted, base), _ratio(wanted, stem))
    return "spelling" if closest >= 0.82 and len(wanted) > 3 else None


def _is_within(words: Sequence[str], path: str) -> bool:
    """Every word is one of the path's, at least one of them of the last part."""
    if not words or "." in "".join(words):
        return False
    singular = {singular_of(word) for word in words}
    own = {singular_of(word) for word in words_of(base_of(path))}
    anywhere = own | {singular_of(word) for word in words_of(path)}
    anywhere |= _PICTURES if _PICTURES & anywhere or own & {"jpg", "jpeg", "png"} else set()
    return bool(singular & own) and singular <= anywhere


def is_most_of(name: str, path: str) -> bool:
    """Whether the words are half of those of the path's last part, or more; numbers and little
    words aside."""
    said = {singular_of(word) for word in words_of(name)}
    stem = base_of(path).rpartition(".")[0] or base_of(path)
    own = [
        singular_of(word) for word in words_of(stem) if not word.isdigit() and word not in _LITTLE
    ]
    return 2 * sum(word in said for word in own) >= len(own)


def _ratio(a: str, b: str) -> float:
    return difflib.SequenceMatcher(None, a, b).ratio()


def words_of(text: str) -> list[str]:
    """Its words, without case."""
    return re.findall(r"[^\W_]+", text.casefold())


def singular_of(word: str) -> str:
    """ "Recipes" and "recipe" as one."""
    word = word.casefold()
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


def base_of(path: str) -> str:
    """The last part of a path."""
    return path.rpartition("/")[2]
