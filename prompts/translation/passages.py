"""A text cut into passages that a model can translate, so that it can be put together again.

What is not to be translated (white space, the marks of pages and slides, rules, figures alone)
stands between the pieces and comes back as it was. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..summaries.sentences import count_tokens, split_sentences

_BETWEEN = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_MARK = re.compile(r"\[(?:(?:page|slide|sheet|cell|message) [^\]\n]*|\d+(?::\d\d)+)\]")
"""As the text of a document tells its places."""
_HEADING = re.compile(r"^#{1,6}[ \t].*\n", re.MULTILINE)
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, or a part of a long one, and what stands behind it up to the next."""

    text: str
    after: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Pieces that are translated together, behind what stands before the first of the text."""

    before: str
    pieces: tuple[Piece, ...]

    def put_together(self, texts: Sequence[str]) -> str:
        """The passage with these texts for those of its pieces."""
        joined = "".join(text + piece.after for text, piece in zip(texts, self.pieces, strict=True))
        return self.before + joined


def passages(text: str, most_tokens: int) -> list[Passage]:
    """Passages of about `most_tokens` (a single word may have more); put together with their own
    texts they are `text` again. Nothing, where there is nothing to translate."""
    before, pieces = _pieces(text, most_tokens)
    found: list[Passage] = []
    held: list[Piece] = []
    size = 0
    for piece in pieces:
        tokens = count_tokens(piece.text)
        if held and size + tokens > most_tokens:
            found.append(Passage("" if found else before, tuple(held)))
            held, size = [], 0
        held.append(piece)
        size += tokens
    return [*found, Passage("" if found else before, tuple(held))] if held else found


def _pieces(text: str, most_tokens: int) -> tuple[str, list[Piece]]:
    """What stands before the first piece, and the pieces."""
    before, found = "", list[Piece]()
    for part, is_said in _parts(text, most_tokens):
        if is_said:
            found.append(Piece(part, ""))
        elif found:
            found[-1] = Piece(found[-1].text, found[-1].after + part)
        else:
            before += part
    return before, found


def _parts(text: str, most_tokens: int) -> Iterator[tuple[str, bool]]:
    """The text in order, cut; whether a part is to be translated."""
    for block in _cut_at(_BETWEEN, text):
        bare = block.strip()
        if not _LETTER.search(bare) or _MARK.fullmatch(bare):
            yield block, False
            continue
        lead = len(block) - len(block.lstrip())
        yield block[:lead], False
        for part in split_long(bare, most_tokens):
            yield part, part.strip() != ""
        yield block[lead + len(bare) :], False


def _cut_at(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """What lies between the matches, and the matches."""
    at = 0
    for match in pattern.finditer(text):
        yield text[at : match.start()]
        yield match[0]
        at = match.end()
    yield text[at:]


def split_long(text: str, most_tokens: int) -> list[str]:
    """A paragraph as it is, or, where it is too long for one passage, its sentences in parts that
    are not, and the white space between those; a sentence that is too long is cut at its words."""
    if count_tokens(text) <= most_tokens:
        return [text]
    parts: list[str] = []
    size = most_tokens
    for sentence in _whole_words(split_at_sentences(text), most_tokens):
        tokens = count_tokens(sentence)
        if not sentence.strip():
            parts.append(sentence)
            continue
        if size + tokens <= most_tokens and parts:
            space = parts.pop() if parts[-1].isspace() else ""
            parts[-1] += space + sentence
            size += tokens
        else:
            parts.append(sentence)
            size = tokens
    return parts


def split_at_sentences(text: str) -> list[str]:
    """Sentences and headings, and the white space between them, in turn."""
    parts: list[str] = []
    for block in _cut_at(_HEADING, text):
        at = 0
        for offset, sentence in split_sentences(block):
            parts += [block[at:offset], sentence]
            at = offset + len(sentence)
        parts.append(block[at:])
    return [part for part in parts if part]


def _whole_words(parts: Sequence[str], most_tokens: int) -> Iterator[str]:
    """The same, where what is too long is cut at its words, or between characters."""
    for part in parts:
        if count_tokens(part) <= most_tokens:
            yield part
            continue
        held, size = "", 0
        for word in re.findall(r"\s+|[^\s\u2e80-\uffff]{1,400}|[\u2e80-\uffff]", part):
            tokens = count_tokens(word)
            if size + tokens > most_tokens and held.strip():
                yield from _with_ends(held)
                held, size = "", 0
            held += word
            size += tokens
        yield from _with_ends(held)


def _with_ends(text: str) -> Iterator[str]:
    """A stretch, and the white space around it apart."""
    bare = text.strip()
    lead = len(text) - len(text.lstrip())
    yield from (one for one in (text[:lead], bare, text[lead + len(bare) :]) if one)
