"""What files may be called, whatever they hold: "papers", "things", "results" (`data/kinds.toml`).

Patterns, to be compiled without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .data import load

_GENERIC = load("kinds")["generic"]


def spelt(nouns: Iterable[str]) -> str:
    """A pattern for those nouns, the longest first, with their plurals."""
    longest = sorted(nouns, key=len, reverse=True)
    return "|".join(_with_plural(noun) for noun in longest)


def _with_plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{re.escape(noun[:-1])}(?:y|ies)"
    if noun.endswith(("ch", "ss")):
        return f"{re.escape(noun)}(?:es)?"
    return re.escape(noun).replace(r"\ ", r"\s+") + "s?"


def _any_of(*groups: str) -> str:
    return f"(?:{spelt(noun for group in groups for noun in _GENERIC[group])})"


FILES = _any_of("files")
"""Any file: "file", "documents"."""
ONE = "|".join(
    re.escape(noun) for group in ("files", "writings", "kinds") for noun in _GENERIC[group]
)
"""One file: "file", "paper", "photo"."""
OF_KIND = _any_of("kinds")
"""A file of a kind: "pdf", "photos"."""
HITS = _any_of("files", "hits")
"""What a search lists: "results", "files"."""
WRITINGS = _any_of("files", "writings")
"""What one writes and reads: "papers", "notes"."""
MASS = f"(?:{'|'.join(_GENERIC['mass'])})"
"""What is not counted: "stuff", "anything"."""
GENERIC = f"(?:{MASS}|{_any_of('files', 'writings', 'hits', 'things')})"
"""What says nothing about its subject: "papers", "stuff"."""
COUNTED = _any_of("files", "writings", "hits", "things", "subjects", "kinds")
"""What is counted: "papers", "invoices", "photos"."""
