"""Sentences and the words in them that say something. Pure."""

from __future__ import annotations

import re

_BREAK = re.compile(
    r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9À-Þ\u3400-\u9fff])|(?<=[。！？])|\n\s*\n|\n(?=\s*(?:[-*+•#|>]|"
    r"\d+[.)])\s)"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|e\.g|i\.e|cf|vs|etc|Dr|Mr|Mrs|Ms|Prof|Fig|No|St|approx|al|bzw|z\.B|ca))\.$"
)
_MARKUP = re.compile(
    r"^(?:#{1,6}\s+|[-*+•]\s+(?:\[.\]\s+)?|>\s+|\d+[.)]\s+)+|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}"
)
WORD = re.compile(r"[\u3400-\u9fff]|[^\W\d_]{2,}")
_COMMON = frozenset(
    "the a an and or but if of to in on at by for with from as is are was were be been being "
    "it its this that these those he she they we you i not no do does did has have had will "
    "would can could may might shall should must than then so there here which who whom whose "
    "what when where why how all any some each more most other such only own same too very "
    "our your their his her my me us them into over under about after before between during "
    "also just one two new".split()
)
_LONGEST = 320


def split_sentences(text: str) -> list[tuple[int, str]]:
    """(offset, sentence) in order: cut at full stops, blank lines and list items."""
    pieces: list[tuple[int, str]] = []
    start = 0
    for match in [*_BREAK.finditer(text), None]:
        end = match.start() if match else len(text)
        if match and _ABBREVIATION.search(text[start:end]):
            continue
        piece = text[start:end]
        if piece.strip():
            pieces.append((start + len(piece) - len(piece.lstrip()), piece.strip()))
        start = match.end() if match else end
    return pieces


def plain(sentence: str) -> str:
    """A sentence without list marks, emphasis and line breaks."""
    return " ".join(_MARKUP.sub("", sentence).split())


def words(text: str) -> list[str]:
    """The content words, in order, case and plural aside."""
    found = (word.casefold() for word in WORD.findall(text))
    return [
        word[:-1] if word.endswith("s") and len(word) > 4 else word
        for word in found
        if word not in _COMMON
    ]


def cut(text: str) -> str:
    """A sentence as long as one line of an answer may be."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 2].rsplit(" ", 1)[0] + " …"
