"""Small numbers in words, English and Chinese. Pure functions, any thread."""

from __future__ import annotations

import re

_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
ENGLISH = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, **_TENS,
    "couple": 2, "a couple of": 2, "dozen": 12, "a dozen": 12,
}  # fmt: skip
CHINESE = {character: number for number, character in enumerate("一二三四五六七八九", 1)} | {
    "两": 2
}

NUMBER = (
    r"(?:\d{1,6}|a couple of|a dozen|"
    rf"(?:{'|'.join(_TENS)})[- ](?:one|two|three|four|five|six|seven|eight|nine)\b|"
    + "|".join(word for word in ENGLISH if " " not in word and word not in {"a", "an"})
    + r"|[一二两三四五六七八九]百(?:零?[一二三四五六七八九]?十?[一二三四五六七八九]?)?"
    r"|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
)
"""A pattern for a whole number in digits or words, without the articles."""


def value(text: str) -> int:
    """The number a match of `NUMBER` (or "a", "an") stands for.

    Raises:
        KeyError: it is no number.
    """
    word = " ".join(text.casefold().split())
    if word.isdecimal():
        return int(word)
    if word in ENGLISH:
        return ENGLISH[word]
    if "百" in word:
        hundreds, _, rest = word.partition("百")
        return CHINESE[hundreds] * 100 + (value(rest.lstrip("零")) if rest else 0)
    if "十" in word:
        tens, _, ones = word.partition("十")
        return CHINESE.get(tens, 1) * 10 + CHINESE.get(ones, 0)
    if compound := re.fullmatch(r"(\w+)[- ](\w+)", word):
        return ENGLISH[compound[1]] + ENGLISH[compound[2]]
    return CHINESE[word]
