"""Words for the lexical index: of text, of names, and of queries (FTS5 expressions).

Chinese and Japanese are written without spaces: their characters are indexed one by one, and a
run of them in a query becomes phrases of two, which needs no dictionary and no model.
"""

from __future__ import annotations

import re
from itertools import pairwise

VERSION = "2"
"""Part of the index's fingerprint: the contentless FTS tables can only be kept in step by
deriving the same words again."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_CJK_CHARACTER = re.compile(f"([{_CJK}])")
_QUERY_PIECE = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
MAX_TERMS = 64

STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being but by can could "
    "did do does doing for from had has have having he her here hers him his how i if in into is "
    "it its me more most my no nor not of on once only or other our ours out over own s same she "
    "should so some such t than that the their them then there these they this those through to "
    "too under until up us very was we were what when where which while who whom why will with "
    "would you your yours der die das und ist im den dem ein eine einer zu von mit fuer für "
    "auf".split()
)


def segmented(text: str) -> str:
    """The text as the index sees it: a space around each CJK character."""
    return text if text.isascii() else _CJK_CHARACTER.sub(r" \1 ", text)


def name_words(path: str) -> tuple[str, str]:
    """(words of the name, words of the folders) of a path; camelCase and digits taken apart too."""
    folder, _, name = path.rpartition("/")
    return _split(name), _split(folder)


def _split(name: str) -> str:
    plain = re.sub(r"[_\W]+", " ", name.encode("utf-8", "replace").decode("utf-8"))
    apart = _CAMEL.sub(" ", plain)
    return segmented(plain if apart == plain else f"{plain} {apart}")


def terms(query: str) -> list[str]:
    """The query's words in order, repetitions kept; stop words dropped while others remain."""
    pieces = _QUERY_PIECE.findall(query)
    telling = [piece for piece in pieces if piece.lower() not in STOP_WORDS]
    return (telling or pieces)[:MAX_TERMS]


def says_something(query: str) -> bool:
    """Whether a word of it is more than a stop word: what meaning can be compared with."""
    return any(piece.lower() not in STOP_WORDS for piece in _QUERY_PIECE.findall(query))


def match_expression(query: str) -> str | None:
    """An FTS5 OR expression of the query's words; None when it has none."""
    return " OR ".join(phrases(query)) or None


def phrases(query: str) -> list[str]:
    """The query's words as FTS5 strings, quoted so that none is ever taken for syntax."""
    return [f'"{phrase}"' for term in terms(query) for phrase in _phrases(term)]


def _phrases(term: str) -> list[str]:
    if not _CJK_CHARACTER.match(term):
        return [term]
    if len(term) == 1:
        return [term]
    return [f"{first} {second}" for first, second in pairwise(term)]
