"""The signs of a query (`lsfs.query` has what they mean), and which words of a text it means, for
showing them. Pure standard library."""

from __future__ import annotations

import re

STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being but by can could "
    "did do does doing for from had has have having he her here hers him his how i if in into is "
    "it its me more most my no nor not of on once only or other our ours out over own s same she "
    "should so some such t than that the their them then there these they this those through to "
    "too under until up us very was we were what when where which while who whom why will with "
    "would you your yours der die das und ist im den dem ein eine einer zu von mit fuer für "
    "auf".split()
)
SOLID = (
    "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"  # Chinese, Japanese, Korean
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0eff\u1000-\u109f\u1780-\u17d3"  # Thai, Lao, Burmese, Khmer
)
"""What is written without spaces between words."""

PART = re.compile(
    r"""(?<!\S)(?P<sign>[+-](?=[^\W\d_]|["“]))?
        (?:(?P<key>[a-z]+):(?=\S))?
        (?: "(?P<straight>[^"]*)"(?!\w) | “(?P<curly>[^”]*)”(?!\w) | (?P<plain>\S+) )""",
    re.VERBOSE,
)
KEYS = frozenset("after before type ext path name in author size".split())
"""Of filters; before another colon stands a word."""

_PIECE = re.compile(f"[{SOLID}]+|[^\\W_{SOLID}]+")
_STARTS = r"(?:\b|_|(?<=[a-z0-9])(?=[A-Z]))"
"""Where a word starts, also within an identifier."""
_ENDS = r"(?:\b|(?=_)|(?<=[a-z0-9])(?=[A-Z]))"
_SHORT = 3
"""Words of so many letters are marked without other endings than a plural's: too many begin so."""
_LONG = 8
"""Words of so many letters are marked within others too."""


def marked(query: str) -> re.Pattern[str] | None:
    """What a query's words look like in a text: the words themselves, with other endings, and as
    parts of identifiers; of what is written without spaces any pair of characters. None: it has no
    word that says something."""
    pieces = [piece.lower() for piece in _PIECE.findall(_words(query))]
    pieces = [piece for piece in pieces if piece not in STOP_WORDS] or pieces
    solid = {piece for piece in pieces if re.match(f"[{SOLID}]", piece)}
    pairs = {piece[at : at + 2] for piece in solid for at in range(max(1, len(piece) - 1))}
    words = set(pieces) - solid
    short = {word for word in words if len(word) <= _SHORT}
    stems = {word[: max(4, len(word) - 2)] for word in words - short}
    forms = [rf"{_STARTS}(?i:{_any(stems)})\w*"] if stems else []
    forms += [rf"{_STARTS}(?i:(?:{_any(short)})(?:e?s)?){_ENDS}"] if short else []
    forms += [rf"(?i:{_any(words_)})" for words_ in (_long(words), pairs) if words_]
    return re.compile("|".join(forms)) if forms else None


def _words(query: str) -> str:
    """Without filters and what must not be there."""
    parts = PART.finditer(query)
    return " ".join(
        part[0]
        for part in parts
        if part["key"] not in KEYS and (part["key"] or part["sign"] != "-")
    )


def _long(words: set[str]) -> set[str]:
    return {word for word in words if len(word) >= _LONG}


def _any(words: set[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))
