"""Rich Text Format (1.9.1): its plain text, by a single pass over groups and control words."""

from __future__ import annotations

import codecs
import re

from .extracted import Extracted, Span, failed, paragraphs
from .source import Source

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])"
    rb"|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_SILENT = frozenset(
    b"fonttbl colortbl stylesheet info pict object header footer headerl headerr footerl footerr "
    b"themedata datastore latentstyles listtable listoverridetable rsidtbl generator xmlnstbl "
    b"fldinst bkmkstart bkmkend colorschememapping filetbl revtbl".split()
)
_CHARACTERS = {
    b"par": "\n\n", b"sect": "\n\n", b"page": "\n\n", b"line": "\n", b"row": "\n\n", b"tab": "\t",
    b"cell": "\t", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’",
    b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_ABOUT = re.compile(rb"\{\\(title|author) ([^{}]{1,300})\}")
_CREATED = re.compile(rb"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")


def read_rtf(source: Source) -> Extracted:
    """Paragraphs; title, author and date from the info group."""
    data = source.file.read()
    if not data.startswith(b"{\\rtf"):
        return failed(source.type, "not RTF")
    page = re.search(rb"\\ansicpg(\d+)", data[:2000])
    encoding = _codec(f"cp{page[1].decode()}" if page else "cp1252")
    spans = tuple(Span(part) for part in paragraphs(_Reader(data, encoding).text()))
    about = {
        key.decode(): _Reader(value, encoding).text().strip() for key, value in _ABOUT.findall(data)
    }
    created = _CREATED.search(data)
    date = "-".join(part.decode().zfill(2) for part in created.groups()) if created else None
    return Extracted(
        source.type, spans, title=about.get("title"), author=about.get("author"), created=date
    )


class _Reader:
    """State of the pass: (is silent, characters to skip after \\u) for each open group."""

    def __init__(self, data: bytes, encoding: str) -> None:
        self._data = data
        self._parts: list[str] = []
        self._stack: list[tuple[bool, int]] = []
        self._silent, self._skip_count, self._to_skip = False, 1, 0
        self._encoding = encoding
        self._pending = bytearray()

    def text(self) -> str:
        """The visible text."""
        for match in _TOKEN.finditer(self._data):
            word, number, byte, symbol, brace, literal = match.groups()
            if byte:
                self._add_byte(int(byte, 16))
                continue
            self._flush()
            if brace:
                self._brace(brace)
            elif word:
                self._word(word, int(number) if number else None)
            elif symbol:
                self._symbol(symbol)
            elif literal:
                self._literal(literal)
        self._flush()
        return "".join(self._parts)

    def _brace(self, brace: bytes) -> None:
        if brace == b"{":
            self._stack.append((self._silent, self._skip_count))
        elif self._stack:
            self._silent, self._skip_count = self._stack.pop()
        self._to_skip = 0

    def _word(self, word: bytes, number: int | None) -> None:
        if word in _SILENT:
            self._silent = True
        elif word == b"uc" and number is not None:
            self._skip_count = number
        elif word == b"u" and number is not None:
            self._add(chr(number % 0x10000))
            self._to_skip = self._skip_count
        elif word in _CHARACTERS:
            self._add(_CHARACTERS[word])

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._silent = True
        elif symbol in (b"\\", b"{", b"}"):
            self._literal(symbol)
        elif symbol in (b"~", b"_"):
            self._add(" " if symbol == b"~" else "-")

    def _literal(self, literal: bytes) -> None:
        skipped = min(self._to_skip, len(literal))
        self._to_skip -= skipped
        self._add(literal[skipped:].decode(self._encoding, "replace"))

    def _add_byte(self, value: int) -> None:
        if self._to_skip:
            self._to_skip -= 1
        elif not self._silent:
            self._pending.append(value)

    def _flush(self) -> None:
        if self._pending:
            self._parts.append(self._pending.decode(self._encoding, "replace"))
            self._pending.clear()

    def _add(self, text: str) -> None:
        if not self._silent:
            self._parts.append(text)


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
