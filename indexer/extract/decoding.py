"""Bytes to characters, for text in any encoding.

A byte-order mark decides; then UTF-16 without a mark, told by what it would be read as; then UTF-8,
as almost everything is; then charset-normalizer, which weighs how much sense each encoding makes.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

SAMPLE_BYTES = 1 << 16
"""How much of a text in an old encoding is looked at to tell which."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(set(range(32)) - {7, 8, 9, 10, 12, 13, 27}) + b"\x7f"
_ASCII = re.compile("[\t\n\r -~]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_USUAL = re.compile(
    "[\t\n\r -~\u00a0-\u058f\u05d0-\u06ff\u0900-\u0dff\u0e00-\u0eff\u10a0-\u11ff"
    "\u1e00-\u206f\u20a0-\u20bf\u3000-\u30ff\u3105-\u312f\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef]+"
)
"""Characters of living scripts: nearly all of a text, half of what binary data would be read as."""


_MOST_USUAL = "cp1252"
_WIDE = ("utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le")
_LARGER = {"gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932"}
"""Encodings that hold more: the rest of a file may need what its sample did not."""


def looks_like_text(head: bytes) -> bool:
    """Whether the start of a file is text in some encoding rather than binary data."""
    if any(head.startswith(mark) for mark, _ in _MARKS) or _wide_encoding(head):
        return True
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return b"\0" not in head and controls * 50 <= len(head)


def decode(data: bytes) -> str:
    """The text of a whole file; undecodable bytes become U+FFFD, line ends "\\n"."""
    text = data.decode(encoding_of(data), "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def encoding_of(data: bytes) -> str:
    """The name of the encoding that `decode` reads `data` in."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    wide = _wide_encoding(data[:4096])
    if wide:
        return wide
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "utf-8" if _is_nearly_utf8(data) else _legacy_encoding(data)
    return "iso2022_jp" if b"\x1b$" in data[:SAMPLE_BYTES] else "utf-8"


def _is_nearly_utf8(data: bytes) -> bool:
    """Whether a few broken bytes stand in a text that is UTF-8 otherwise (a log, a bad join)."""
    high = sum(len(run) for run in _HIGH_RUN.findall(data))
    broken = data.decode("utf-8", "replace").count("\ufffd")
    return broken * 10 < high


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 without a mark: it has zero bytes (of spaces, digits, line ends at least), and reads
    as living scripts in one order of bytes, where the other gives noise."""
    data = head[: len(head) // 2 * 2]
    if len(data) < 4 or b"\0" not in data:
        return None
    shares = {
        name: _usual_share(data.decode(name, "replace")) for name in ("utf-16-le", "utf-16-be")
    }
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] > 0.97 and min(shares.values()) < 0.9 else None


def _usual_share(text: str) -> float:
    """How much of it is text, 0..1. A zero byte stands for an ASCII character, or for no text."""
    if not _ASCII.search(text):
        return 0.0
    return sum(len(run) for run in _USUAL.findall(text)) / len(text)


def _legacy_encoding(data: bytes) -> str:
    """By a sample around the first bytes that are not ASCII. Of what makes as much sense the most
    usual is taken: a few accents read as well in several Latin alphabets."""
    from charset_normalizer import from_bytes

    first = _HIGH_RUN.search(data)
    at = max(0, (first.start() if first else 0) - 2000)
    found = from_bytes(data[at : at + SAMPLE_BYTES], cp_exclusion=list(_WIDE))
    best = found.best()
    if best is None or any(_is_usual(one, best) for one in found):
        return _MOST_USUAL
    return _LARGER.get(best.encoding, best.encoding)


def _is_usual(one: CharsetMatch, best: CharsetMatch) -> bool:
    as_good = (one.chaos, -one.coherence) <= (best.chaos, -best.coherence)
    return _MOST_USUAL in one.could_be_from_charset and as_good
