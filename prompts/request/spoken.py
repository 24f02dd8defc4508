"""A request while it is read: what is understood is cut out of it, what is quoted stays whole.

Pure; one of each request.
"""

from __future__ import annotations

import re

from .quoting import quotes

CUT = "\x02"
"""Stands where something was understood and taken out."""
QUOTE = "[\ue000-\uf8ff]"
"""A pattern for a whole quoted text."""
_FIRST = 0xE000
_LAST = 0xF8FF
_PRIVATE = re.compile(QUOTE)
_OWN_MARKS = re.compile(f"{QUOTE}|{CUT}")
_JOINED = re.compile(rf"{CUT}(?:\s|,|/|&|\band\b|\bor\b|{CUT})*{CUT}", re.I)


class Spoken:
    """`rest` is what is not explained yet, each quoted text one character of it."""

    def __init__(self, text: str) -> None:
        text = _OWN_MARKS.sub(" ", text)
        self._quotes = [(text[q.start : q.end], q.text) for q in quotes(text)][: _LAST - _FIRST]
        for number, (marked, _) in enumerate(self._quotes):
            text = text.replace(marked, chr(_FIRST + number), 1)
        self.rest = text

    def search(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first match in what is not explained yet."""
        return pattern.search(self.rest)

    def cut(self, start: int, end: int) -> None:
        """That part is understood."""
        self.rest = _JOINED.sub(CUT, f"{self.rest[:start]} {CUT} {self.rest[end:]}")

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first match, cut out."""
        match = pattern.search(self.rest)
        if match is not None:
            self.cut(*match.span())
        return match

    def said(self, part: str) -> str:
        """A part of `rest` as it was written, with the marks of what it quotes."""
        return _PRIVATE.sub(lambda m: self._quotes[ord(m[0]) - _FIRST][0], part)

    def meant(self, part: str) -> str:
        """A part of `rest` without marks where it is one quoted text, else as `said`."""
        part = part.strip()
        if re.fullmatch(QUOTE, part):
            return self._quotes[ord(part) - _FIRST][1]
        return self.said(part)
