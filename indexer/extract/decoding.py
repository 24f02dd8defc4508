"""Bytes to characters, for text in any encoding.

A byte-order mark decides; then UTF-16 without a mark, told by where its zero bytes stand; then
UTF-8, as almost everything is; then GB 2312, told by its pairs of high bytes; then Windows-1252, in
which every byte means something.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(set(range(32)) - {7, 8, 9, 10, 12, 13, 27}) + b"\x7f"
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")


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
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" or _is_nearly_utf8(data):
            return "utf-8"
        return _legacy_encoding(data)
    return "utf-8"


def _is_nearly_utf8(data: bytes) -> bool:
    """Whether a few broken bytes stand in a text that is UTF-8 otherwise (a log, a bad join)."""
    high = sum(len(run) for run in _HIGH_RUN.findall(data))
    broken = data.decode("utf-8", "replace").count("\ufffd")
    return broken * 10 < high


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 without a mark: mostly Latin text has a zero in every second byte."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    even, odd = head[: pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    for encoding, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > pairs * 0.4 and others * 10 < zeros:
            text = head[: pairs * 2].decode(encoding, "replace")
            odd_ones = sum(not (c.isprintable() or c.isspace()) for c in text)
            return encoding if odd_ones * 50 <= len(text) else None
    return None


def _legacy_encoding(data: bytes) -> str:
    runs = _HIGH_RUN.findall(data[:65536])
    if len(runs) >= 2 and all(len(run) % 2 == 0 for run in runs[:-1]):
        try:
            data.decode("gb2312")
        except UnicodeDecodeError:
            return "cp1252"
        return "gb2312"
    return "cp1252"
