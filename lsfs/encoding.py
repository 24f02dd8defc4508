"""Which encoding a file's text is in, so that text added to it is in the same.

Only what can be told for certain: a byte order mark, valid UTF-8, or bytes of an 8-bit encoding to
which plain ASCII may be added. Anything that is not text is refused.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping

from lsfs.errors import UsageError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def encoded_like(path: str, before: bytes, text: str) -> bytes:
    """`text` in the encoding of the bytes it will stand beside.

    Raises:
        UsageError: `before` is not text, or its encoding cannot hold `text`.
    """
    encoding = _encoding(before)
    if encoding is None:
        raise UsageError(
            f"{path} is not a text file; text cannot be put into it", path=path,
            hint="open it with the program that made it",
        )  # fmt: skip
    try:
        return text.encode(encoding, "surrogateescape")
    except UnicodeEncodeError as error:
        raise UsageError(
            f"{path} is in an 8-bit encoding that lsfs cannot tell, so only plain ASCII can be"
            " put into it",
            path=path,
            hint="convert the file to UTF-8 first",
        ) from error


def joined(parts: Mapping[str, bytes]) -> bytes:
    """The texts of several files, by path, one after the other.

    Raises:
        UsageError: one is not text, or they are in different encodings.
    """
    encodings = {path: _encoding(data) for path, data in parts.items()}
    first = next(iter(encodings.values()))
    for path, encoding in encodings.items():
        if encoding is None or encoding != first:
            raise UsageError(
                f"{path} is not text in the encoding of the others", path=path,
                hint="only text files of one encoding can be joined",
            )  # fmt: skip
    return b"".join(parts.values())


def _encoding(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    if b"\0" in data:
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "ascii"
    return "utf-8"
