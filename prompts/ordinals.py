"""What a request says of what was shown before it, by its place there: "delete the second one",
"move the first three files to archive", 删除第二个. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsfs.counting import was
from lsfs.errors import NotUnderstoodError

from .chinese.language import is_chinese
from .request.quoting import PATH, QUOTED, masked, quoted, quotes
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
_MANY = r"(?:ones|files|documents|results|hits|pdfs|photos|pictures|notes|papers)\b"
_MEASURE = r"(?:个|份|篇|张|封|条|项)(?:文件|结果)?(?!版本)"
_ONE = re.compile(
    rf"\b(?:the\s+)?(?P<word>{'|'.join(_ORDINALS)}|last|\d{{1,3}}(?:st|nd|rd|th))\s+{_THINGS}"
    rf"|第(?P<zh>{NUMBER}){_MEASURE}|(?P<end>最后)一?{_MEASURE}",
    re.I,
)
_ORDINAL = rf"(?:{'|'.join(_ORDINALS)}|last|\d{{1,3}}(?:st|nd|rd|th))"
_JOINED = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)(?:the\s+)?"
_NOT_OF_OTHERS = r"(?=\s*[.!?]?\s*$|\s+(?:to|into|in|under|inside|as|for|by)\b)"
_LISTED = re.compile(
    rf"\b(?P<list>(?:the\s+)?{_ORDINAL}(?:{_JOINED}{_ORDINAL})+)(?:\s+{_THINGS}|\s+{_MANY}|{_NOT_OF_OTHERS})"
    rf"|\b(?P<alone>the\s+{_ORDINAL}){_NOT_OF_OTHERS}"
    rf"|(?<!\w)(?:number|no\.|#)\s?(?P<number>{NUMBER}){_NOT_OF_OTHERS}"
    rf"|(?P<zh>第{NUMBER}(?:{_MEASURE})?(?:[、，,和与及跟](?:以及)?第{NUMBER}(?:{_MEASURE})?)+)",
    re.I,
)
""" "The second and the fifth", "the third" with nothing behind it, "number 4"."""
_SOME = re.compile(
    rf"\b(?:the\s+)?(?P<side>first|last)\s+(?P<count>{NUMBER})\s+(?:{_MANY}|of\s+(?:them|those)\b)"
    rf"|\b(?:the\s+)?(?P<end>first|last)\s+(?P<number_end>{NUMBER}){_NOT_OF_OTHERS}"
    rf"|(?P<zh>前|后|最后)(?P<number>{NUMBER}){_MEASURE}",
    re.I,
)


def named(text: str, shown: Sequence[str]) -> str:
    """The request with the names of what it speaks of so, in quotes; as it is, where nothing was
    shown. `shown` are paths, in the order in which they were.

    Raises:
        NotUnderstoodError: so many were not shown.
    """
    if _LOOKS.match(text) or (shown and _is_of_step(text)):
        return text
    if len(shown) == 1 and (it := _IT.match(text)) and not PATH.search(it["before"]):
        text = f"{it['before']}{quoted(shown[0], is_chinese=True)}{text[it.end() :]}"
    if shown and (they := _THEY.match(text)) and not PATH.search(they["before"]):
        text = f"{they['before']}{_names(shown, text)}{text[they.end() :]}"
    if shown and (number := _NUMBER_ALONE.fullmatch(text)):
        text = (
            f"{number['zh']}第{number['place']}个"
            if number["zh"]
            else (f"{number['before']} number {number['number']}")
        )
    ways = ((_SOME, _some), (_LISTED, _listed), (_ONE, _one))
    for pattern, chosen in ways[::2] if _OF_LINKS.search(masked(text)) else ways:
        while shown and (match := pattern.search(masked(text))):
            if _WITHIN.match(text, match.end()) and not _CARRIES.match(text):
                return text
            text = (
                f"{text[: match.start()]}{_names(chosen(match, shown), text)}{text[match.end() :]}"
            )
    return _others(text, shown) if shown else text


_NUMBER_ALONE = re.compile(
    r"\s*(?P<before>(?:please\s+)?(?:open|read|show|view|display|see|print|cat|summari[sz]e|delete|remove|trash|lock|unlock|share)(?:\s+me)?)\s+(?P<number>\d{1,3})\s*[.!?]*"
    r"|\s*(?P<zh>(?:请|帮我)*(?:打开|查看|读|看|显示|总结)(?:一下)?)\s*第?(?P<place>\d{1,3})\s*[。！？]?",
    re.I,
)
""" "Open 3": one of what was shown."""


def _is_of_step(text: str) -> bool:
    """Whether the places are of what the request itself lists before: "list Papers, open the
    first"."""
    lists = _LISTS.match(masked(text))
    return lists is not None and not any(
        pattern.search(lists[0]) for pattern in (_SOME, _LISTED, _ONE)
    )


_LISTS = re.compile(
    r"\s*(?:please\s+)?(?:list|show|display|ls|what(?:'s|\s+is))\b[^,;]*?(?:,|;|\band\b|\bthen\b)"
    r"|\s*请?(?:列出|显示|看看|查看)[^，,；;。]*?(?:[，,；;。]|然后|再|并)", re.I,
)  # fmt: skip


def _others(text: str, shown: Sequence[str]) -> str:
    """The request with the names of all that were shown but some: "all of them but 'b.txt'"."""
    match = _BUT.search(text)
    if match is None:
        return text
    named = [one.text for one in quotes(match["but"] or match["zh"])]
    if not named or not set(named) <= set(shown):
        return text
    left = [path for path in shown if path not in named]
    if not left:
        raise NotUnderstoodError("that leaves none of them", hint="name the files that you mean")
    return f"{text[: match.start()]}{_names(left, text)}{text[match.end() :]}"


def _names(paths: Sequence[str], text: str) -> str:
    """The paths as a request in the language of `text` lists them."""
    in_chinese = is_chinese(text)
    names = (quoted(path, is_chinese=in_chinese) for path in paths)
    return ("、" if in_chinese else ", ").join(names)


_NAMES = rf"(?:{QUOTED.pattern})(?:(?:\s*,\s*|\s+and\s+|\s*、\s*|[和与])(?:{QUOTED.pattern}))*"
_BUT = re.compile(
    r"\b(?:(?:all|every\s+one)(?:\s+(?:of\s+)?(?:it|them|those|these|the\s+(?:files|results|others)))?|everything|them(?:\s+all)?|"
    rf"those|these|the\s+(?:files|results))\s+(?:but|except(?:\s+for)?|apart\s+from|other\s+than|besides)\s+(?P<but>{_NAMES})(?=\s*(?:$|[.!]|\s(?:to|into|in)\b))"
    rf"|(?:除了|(?<![删移清解去消开])除)\s*(?P<zh>{_NAMES})\s*(?:之外|以外|外)?\s*[,，]?\s*的?(?:其[他它余]的?|剩下的?|别的|所有的?)?(?:文件|结果)?(?:都|全部|全都|全)?",
    re.I,
)


_LOOKS = re.compile(r"\s*(?:please\s+)?(?:find|search|look|locate)\b|\s*请?(?:找|搜|查)", re.I)
"""Looks for something else than what was shown."""
_IT = re.compile(r"(?P<before>[^\"“‘「『,，。;；]*?)(?:它|这个文件|那个文件|该文件)(?!们|夹)")
_THEY = re.compile(
    r"(?P<before>[^\"“‘「『,，。;；]*?)(?:它们|[这那]些(?:文件|结果)?)"
    r"(?=\s*(?:移|挪|放|复制|拷|备份|删|扔|锁|解锁|打开|都|全|$|[,，。！]))"
)
_OF_LINKS = re.compile(r"\b(?:un)?shar|\blinks?\b|\bversions?\b|\bpages?\b|链接|版本", re.I)
"""What has numbers of its own."""
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
    if match["zh"]:
        return _numbered(value(match["zh"]), match[0], shown)
    return _at("last" if match["end"] else match["word"].casefold(), match[0], shown)


def _listed(match: re.Match[str], shown: Sequence[str]) -> Sequence[str]:
    if match["number"]:
        return _numbered(value(match["number"]), match[0], shown)
    if match["zh"]:
        numbers = re.findall(NUMBER, match["zh"])
        return [path for one in numbers for path in _numbered(value(one), match[0], shown)]
    words = re.findall(_ORDINAL, match["list"] or match["alone"], re.I)
    return [path for word in words for path in _at(word.casefold(), match[0], shown)]


def _at(word: str, said: str, shown: Sequence[str]) -> Sequence[str]:
    if word == "last":
        return shown[-1:]
    return _numbered(_ORDINALS.get(word) or int(word[:-2]), said, shown)


def _numbered(number: int, said: str, shown: Sequence[str]) -> Sequence[str]:
    if not 1 <= number <= len(shown):
        raise NotUnderstoodError(
            f"{len(shown)} {was(len(shown))} shown, there is no {said.strip()!r}",
            hint="name it, or search again",
        )
    return shown[number - 1 : number]


def _some(match: re.Match[str], shown: Sequence[str]) -> Sequence[str]:
    count = value(match["count"] or match["number_end"] or match["number"])
    if count > len(shown):
        raise NotUnderstoodError(
            f"only {len(shown)} {was(len(shown))} shown", hint="name them, or search again"
        )
    is_first = (match["side"] or match["end"] or "").casefold() == "first" or match["zh"] == "前"
    return shown[:count] if is_first else shown[-count:]
