"""Small numbers in words, English and Chinese. Pure functions, any thread."""

from __future__ import annotations

ENGLISH = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
    "couple": 2, "a couple of": 2, "dozen": 12, "a dozen": 12,
}  # fmt: skip
CHINESE = {
    "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
}  # fmt: skip

NUMBER = (
    r"(?:\d{1,6}|a couple of|a dozen|"
    + "|".join(word for word in ENGLISH if " " not in word and word not in {"a", "an"})
    + r"|[一二两三四五六七八九十])"
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
    return ENGLISH[word] if word in ENGLISH else CHINESE[word]
