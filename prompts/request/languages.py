"""Human languages, as people and models call them: "French", "法文", "fr", "fra_Latn"
(`data/languages.toml`)."""

from __future__ import annotations

import re

from .data import load

_CODES: dict[str, list[str]] = load("languages")["codes"]

CHINESE_LANGUAGES = {
    "英文": "English",
    "英语": "English",
    "中文": "Chinese",
    "日文": "Japanese",
    "德文": "German",
    "法文": "French",
}


LANGUAGE = re.compile(rf"\b(?:{'|'.join(_CODES)})\b|{'|'.join(CHINESE_LANGUAGES)}", re.IGNORECASE)
"""The name of a human language."""


def in_english(said: str) -> str:
    """What a language model is told: "fr" is French; what is not known is as it was said."""
    name = _known(said)
    return said if name is None else name.capitalize()


def codes(said: str) -> list[str]:
    """What translation models may call it: as it was said, then by ISO 639-1, FLORES-200 and
    ISO 639-3."""
    name = _known(said)
    own = _CODES[name] if name else []
    return list(dict.fromkeys([said, *own, *(code.partition("_")[0] for code in own)]))


def _known(said: str) -> str | None:
    """The English name of a language that is given by its name or one of its codes."""
    wanted = CHINESE_LANGUAGES.get(said, said).casefold()
    for name, known in _CODES.items():
        if wanted == name or wanted in {part for code in known for part in _forms(code)}:
            return name
    return None


def _forms(code: str) -> tuple[str, str]:
    """A code as it is, and without its script, in small letters."""
    return code.casefold(), code.partition("_")[0].casefold()
