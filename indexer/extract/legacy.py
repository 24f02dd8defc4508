"""Word and PowerPoint files from before 2007, through kreuzberg: nothing is downloaded, no program
is started, nothing is cached."""

from __future__ import annotations

import re

from .extracted import Extracted, Span, failed, paragraphs
from .properties import compound_properties
from .source import Source

_MIME = {"doc": "application/msword", "ppt": "application/vnd.ms-powerpoint"}
_FIELD_CODE = re.compile(
    r'(?:HYPERLINK|PAGEREF|REF|MERGEFIELD|INCLUDEPICTURE) (?:\\\w )?"?[^"\s]*"?(?: \\\w)*'
)
"""What Word computes a text from, left standing before it."""


def read_legacy(source: Source) -> Extracted:
    """Paragraphs; which slide they stand on is not told."""
    import kreuzberg

    about = compound_properties(source.file)
    config = kreuzberg.ExtractionConfig(use_cache=False)
    try:
        found = kreuzberg.extract_bytes_sync(source.file.read(), _MIME[source.kind], config=config)
    except kreuzberg.KreuzbergError as error:
        is_locked = "encrypt" in str(error).lower() or "password" in str(error).lower()
        reason = "locked with a password" if is_locked else f"cannot be read: {error}"
        return failed(source.type, reason)
    text = _FIELD_CODE.sub("", found.content)
    return Extracted(source.type, tuple(map(Span, paragraphs(text))), **about)


def read_encrypted(source: Source) -> Extracted:
    """An Office file behind a password."""
    return failed(source.type, "locked with a password")
