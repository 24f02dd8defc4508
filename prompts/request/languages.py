"""Names of human languages."""

from __future__ import annotations

import re

_LANGUAGES = (
    "english german french spanish italian portuguese dutch swedish norwegian danish finnish "
    "polish czech russian ukrainian greek turkish arabic hebrew persian hindi bengali urdu "
    "chinese mandarin cantonese japanese korean vietnamese thai indonesian malay hungarian "
    "romanian bulgarian croatian serbian latin catalan"
).split()


CHINESE_LANGUAGES = {
    "英文": "English",
    "英语": "English",
    "中文": "Chinese",
    "日文": "Japanese",
    "德文": "German",
    "法文": "French",
}


LANGUAGE = re.compile(
    rf"\b(?:{'|'.join(_LANGUAGES)})\b|{'|'.join(CHINESE_LANGUAGES)}", re.IGNORECASE
)
"""The name of a human language."""
