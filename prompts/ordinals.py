"""What a request says of what was shown before it, by its place there: "delete the second one",
"move the first three files to archive", 删除第二个. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsfs.errors import NotUnderstoodError

from .chinese.parser import is_chinese
from .request.quoting import masked, quoted
from .times.numbers import NUMBER, value

_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1
    )
}
_THINGS = (
    r"(?:(?:one|file|document|result|hit|pdf|photo|picture|note|paper)\b|of\s+(?:them|those)\b)"
    r"(?!\s+(?:about|on|from|that|which|by|with|containing|mentioning)\b)"
)
_MEASURE = r"(?:个|份|篇|张|封|条|项)(?:文件|结果)?(?!版本)"
_ONE = re.compile(
    rf"\b(?:the\s+)?(?P<word>{'|'.join(_ORDINALS)}|last|\d{{1,3}}(?:st|nd|rd|th))\s+{_THINGS}"
    rf"|第(?P<zh>{NUMBER}){_MEASURE}|(?P<end>最后)一?{_MEASURE}",
    re.I,
)
_SOME = re.compile(
    rf"\b(?:the\s+)?(?P<side>first|last)\s+(?P<count>{NUMBER})\s+"
    r"(?:(?:ones|files|documents|results|hits|pdfs|photos|pictures|notes|papers)\b|of\s+(?:them|those)\b)"
    rf"|(?P<zh>前|后|最后)(?P<number>{NUMBER}){_MEASURE}",
    re.I,
)


def named(text: str, shown: Sequence[str]) -> str:
    """The request with the names of what it speaks of so, in quotes; as it is, where nothing was
    shown. `shown` are paths, in the order in which they were.

    Raises:
        NotUnderstoodError: so many were not shown.
    """
    if _LOOKS.match(text):
        return text
    for pattern, chosen in ((_SOME, _some), (_ONE, _one)):
        while shown and (match := pattern.search(masked(text))):
            if _WITHIN.match(text, match.end()) and not _CARRIES.match(text):
                return text
            names = (quoted(path, is_chinese=is_chinese(text)) for path in chosen(match, shown))
            text = f"{text[: match.start()]}{', '.join(names)}{text[match.end() :]}"
    return text


_LOOKS = re.compile(r"\s*(?:please\s+)?(?:find|search|look|locate)\b|\s*请?(?:找|搜|查)", re.I)
"""Looks for something else than what was shown."""
_WITHIN = re.compile(r"\s+(?:in|inside|under|within)\s+(?!the\s+(?:list|results?)\b)", re.I)
"""What stands there was not shown, where it is not the place that it goes to."""
_CARRIES = re.compile(
    r"\s*(?:please\s+)?(?:move|mv|put|copy|cp|place|stick|drop|store|file|save|link|symlink|add|tuck|shove|stash)\b",
    re.I,
)


def is_about_acts(text: str) -> bool:
    """Whether "that" and "the last one" are what was done there, and not what was shown."""
    return _OF_ACTS.match(text.strip()) is not None


_OF_ACTS = re.compile(
    r"(?:please\s+|now\s+|no,?\s+|oops,?\s+)*(?:undo|redo|reverse|take\s+(?:that|it|this)\s+back)\b"
    r"|请?(?:撤销|撤消|重做|取消)", re.I,
)  # fmt: skip


def _one(match: re.Match[str], shown: Sequence[str]) -> Sequence[str]:
    word = (match["word"] or "").casefold()
    if match["end"] or word == "last":
        return shown[-1:]
    number = value(match["zh"]) if match["zh"] else _ORDINALS.get(word) or int(word[:-2])
    if not 1 <= number <= len(shown):
        raise NotUnderstoodError(
            f"{len(shown)} were shown, there is no {match[0].strip()!r}",
            hint="name it, or search again",
        )
    return shown[number - 1 : number]


def _some(match: re.Match[str], shown: Sequence[str]) -> Sequence[str]:
    count = value(match["count"] or match["number"])
    if count > len(shown):
        raise NotUnderstoodError(f"only {len(shown)} were shown", hint="name them, or search again")
    is_first = (match["side"] or "").casefold() == "first" or match["zh"] == "前"
    return shown[:count] if is_first else shown[-count:]
