"""Dates and times of day that are spelt out: "the third of November", "six in the evening", "twenty
twenty five". Pure functions, any thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .days import MONTH

Digits = tuple[int, int, str]
"""Where words stand (slice bounds), and the same in digits."""

_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_NUMBERS = {
    **{word: at for at, word in enumerate((*_ONES, *_TEENS), 1)},
    **{word: 10 * at for at, word in enumerate(_TENS, 2)},
    **{f"{ten} {one}": 10 * at + number for at, ten in enumerate(_TENS, 2)
       for number, one in enumerate(_ONES, 1)},
    **{f"oh {one}": number for number, one in enumerate(_ONES, 1)},
}  # fmt: skip
_DAYS = {
    **{word: at for at, word in enumerate(_ORDINALS, 1)},
    **{f"twenty {word}": 20 + at for at, word in enumerate(_ORDINALS[:9], 1)},
    "thirtieth": 30, "thirty first": 31,
}  # fmt: skip


def _any_of(words: dict[str, int]) -> str:
    longest = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(word.replace(" ", r"[\s-]+") for word in longest) + ")"


_HOUR = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2})"
_HALF = (
    r"(?=\s*(?:[ap]\.?m\b|o['’]?clock\b|(?:in\s+the\s+(?:morning|afternoon|evening)|at\s+night)\b))"
)
_YEAR = re.compile(
    rf"(?P<before>\b(?:from|in|of|since|before|after|until|till|during|year|between|and|to|than|"
    rf"{MONTH}\s+\d{{1,2}},?|{MONTH})\s+)(?:(?P<century>twenty|nineteen)[\s-]+"
    rf"(?P<rest>(?:oh[\s-]+)?{_any_of(_NUMBERS)})|two\s+thousand(?:\s+and)?(?:\s+(?P<few>{_any_of(_NUMBERS)}))?)"
    r"(?![\s-]+(?:files?|pdfs?|photos|pictures|papers|notes|documents|days|weeks|months|years|hours|minutes|versions?|"
    r"results?)\b)(?!\w)",
    re.I,
)
_DAY_OF = re.compile(
    rf"\b(?P<day>{_any_of(_DAYS)})(?P<of>\s+(?:of\s+)?{MONTH}\b)|"
    rf"\b(?P<month>{MONTH})\s+(?:the\s+)?(?P<after>{_any_of(_DAYS)}|\d{{1,2}}(?:st|nd|rd|th))\b(?!\s+(?:week|half|"
    r"quarter|version|draft)\b)",
    re.I,
)
_CLOCK = re.compile(
    rf"(?<!\w)(?:(?P<part>half|(?:a\s+)?quarter|(?:five|ten|twenty|twenty[\s-]five|\d{{1,2}})(?:\s+minutes)?)\s+(?P<way>past|"
    rf"after|to|before)\s+)?"
    rf"(?<!\bthe )(?<!\bthat )(?<!\bthis )(?<!\bwhich )(?P<hour>{_HOUR}){_HALF}",
    re.I,
)


_OF_PART = re.compile(
    rf"\b(?P<way>at|to|since|after|before|until|till|by)\s+(?P<hour>{_HOUR})(?P<minutes>:\d\d)?\s+(?:o['’]?clock\s+)?"
    r"(?P<part>(?:this|last|yesterday|tomorrow)\s+(?:morning|afternoon|evening|night))\b",
    re.I,
)
_LENGTH = re.compile(
    r"\b(?:an?\s+|one\s+)?(?P<said>fortnight|half\s+an?\s+(?:year|day|hour))\b", re.I
)
_LENGTHS = {
    "fortnight": "2 weeks", "half a year": "6 months", "half a day": "12 hours",
    "half an hour": "30 minutes",
}  # fmt: skip


def in_digits(text: str) -> Iterator[Digits]:
    """What of `text` is a date or a time of day that is spelt out, or said before its half of the
    day ("six this morning"), in order of kind."""
    for match in _DAY_OF.finditer(text):
        if match["day"]:
            yield match.start(), match.end(), f"{_DAYS[_words(match['day'])]}{match['of']}"
        else:
            day = _DAYS.get(_words(match["after"]), match["after"])
            yield match.start(), match.end(), f"{match['month']} {day}"
    for match in _YEAR.finditer(text):
        yield match.end("before"), match.end(), str(_year(match))
    for match in _LENGTH.finditer(text):
        if length := _LENGTHS.get(_words(match["said"])):
            yield match.start(), match.end(), length
    for match in _OF_PART.finditer(text):
        said = match["hour"]
        hour = said if said.isdecimal() else _NUMBERS[_words(said)]
        way = "" if match["way"].casefold() == "at" else f"{match['way']} "
        yield match.start(), match.end(), f"{way}{match['part']} at {hour}{match['minutes'] or ''}"
    for match in _CLOCK.finditer(text):
        if clock := _clock(match):
            yield match.start(), match.end(), clock


def _words(said: str) -> str:
    return " ".join(re.split(r"[\s-]+", said.casefold()))


def _year(match: re.Match[str]) -> int:
    if match["century"] is None:
        return 2000 + (_NUMBERS[_words(match["few"])] if match["few"] else 0)
    century = {"twenty": 2000, "nineteen": 1900}[match["century"].casefold()]
    return century + _NUMBERS[_words(match["rest"])]


def _clock(match: re.Match[str]) -> str | None:
    """ "Half past three" as 3:30, "quarter to six" as 5:45; the half of the day follows."""
    hour = int(match["hour"]) if match["hour"].isdecimal() else _NUMBERS[_words(match["hour"])]
    if not 1 <= hour <= 12:
        return None
    if match["part"] is None:
        return None if match["hour"].isdecimal() else f"{hour}"
    words = re.sub(r"^a\s+|\s+minutes$", "", match["part"].casefold())
    named = {"half": 30, "quarter": 15}.get(words)
    minutes = named or (int(words) if words.isdecimal() else _NUMBERS[_words(words)])
    if match["way"].casefold() in ("to", "before"):
        hour, minutes = hour - 1 or 12, 60 - minutes
    return f"{hour}:{minutes:02}" if 0 < minutes < 60 else None
