"""Words that speak for an intent (`data/words.toml`). Read only after the first use, any thread."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

from .data import load


@lru_cache(maxsize=64)
def hint_words(intent: str) -> frozenset[str]:
    """The single words of an intent's phrases, with their usual inflections."""
    words = {word for phrase in load("words").get(intent, ()) for word in phrase.casefold().split()}
    return (
        frozenset(
            form
            for word in words
            for form in (
                word,
                word + "s",
                word + "ed",
                word + "ing",
                word.rstrip("e") + "ing",
                word + "d",
            )
            if word.isascii()
        )
        | words
    )


class Hints:
    """The words of `data/words.toml` and which intents they speak for."""

    def __init__(self) -> None:
        self._intents: dict[str, list[str]] = {}
        self._corrected = lru_cache(maxsize=4096)(self._mended)
        for intent, phrases in load("words").items():
            for phrase in phrases:
                self._intents.setdefault(_stems(phrase), []).append(intent)
        self._single = [p for p in self._intents if " " not in p and len(p) > 3 and p.isascii()]

    def of(self, text: str) -> list[str]:
        """`#INTENT` for each hint found, and `#^INTENT` for those at the very start."""
        stems = _stems(text)
        known = " ".join(self._corrected(stem) for stem in stems.split())
        found = []
        for phrase, intents in self._intents.items():
            if phrase.isascii():
                present, first = f" {phrase} " in f" {known} ", f"{known} ".startswith(f"{phrase} ")
            else:
                present, first = phrase in stems, stems.startswith(phrase)
            found += [f"#{intent}" for intent in intents if present]
            found += [f"#^{intent}" for intent in intents if first]
        return found

    def _mended(self, stem: str) -> str:
        if len(stem) < 5 or stem in self._intents or not stem.isalpha() or not stem.isascii():
            return stem
        return next(iter(difflib.get_close_matches(stem, self._single, 1, _LIKE)), stem)


_LIKE = 0.87
"""How like a word must be for a slip: "protest" is none of "protect"."""


_ENDING = re.compile(r"(?<=\w{3})(?:ing|ed|es|s|e|d)\b")


def _stems(text: str) -> str:
    words = re.findall(r"[\u3400-\u9fff]+|[^\s,:!?()]+", text.casefold().replace("’", "'"))
    return " ".join(_ENDING.sub("", word.strip(".;'\"")) for word in words)
