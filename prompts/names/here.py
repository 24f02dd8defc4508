"""What "here" is: the folder that one stands in, by its name. Pure.

"Move a.md here" is of `standing`, which places what is moved.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from ..request.quoting import masked, quoted
from .places import KIND

_THIS = r"(?:the\s+current|this|my\s+current)\s+(?:folder|directory|dir)"
_GOES_ON = (
    r"(?=\s*(?:$|[,;.!?])|"
    r"\s+(?:and|then|to|into|onto|as|by|please|that|which|from|with|for|over|but)\b)"
)
_LISTED = re.compile(
    r"^(?P<lead>(?:please\s+)?(?:(?:can|could)\s+you\s+)?)(?:(?:list|ls|dir|show|see|browse|display)(?:\s+me)?"
    r"(?:\s+(?:what(?:['’]s|\s+is)|everything|all|(?:all\s+)?(?:the\s+)?(?:files|contents?)))?(?:\s+there\s+is)?"
    r"|what(?:['’]s|\s+is|\s+are)?(?:\s+there)?|what\s+files\s+are(?:\s+there)?|what\s+do\s+i\s+have)"
    rf"(?:\s+(?:in|of|from))?\s+(?:here|{_THIS})(?:\s*[.?!]*$|(?P<on>\s*,\s|\s+(?:and|then)\s))",
    re.I,
)
_WITHIN = re.compile(
    rf"\s+(?:in|of|from|inside|within|under)\s+(?:here|{_THIS}){_GOES_ON}"
    rf"|(?P<noun>\b(?:{KIND}|everything|anything|all|folders?|directories|newest|oldest|biggest|"
    r"largest|smallest|latest|image|photo|picture|video|pdf|document|note|spreadsheet|presentation|"
    r"e-?mail|letter|song)(?:\s+(?:that\s+(?:is|are)|lying|stored))?)\s+here\b(?!['’]|\s+(?:is|are|was|were)\b)",
    re.I,
)
_ITSELF = re.compile(rf"(?<!\bto\s)(?<!\binto\s)\b{_THIS}(?!\s+(?:of|in|from|with|as)\b)", re.I)
_WRITES = re.compile(
    r"^\W*(?:please\s+)?(?:write|append|add|insert|replace|note|put\s+[\"'“])|[写加记]|替换|改成",
    re.I,
)
_ZH_HERE = r"(?:这里|这儿|这边)"
_ZH_THIS = r"(?:当前|这个?|本|此|该|我在的|所在的?)(?:文件夹|目录)"
_ZH_WITHIN = re.compile(
    rf"(?:在|从)?(?:{_ZH_HERE}|{_ZH_THIS}(?=[里中下内的]))(?:里面?|中|下面?|内)?的?"
)
_ZH_CHOSEN = re.compile(rf"{_ZH_WITHIN.pattern}(?=最)")
_ZH_ITSELF = re.compile(_ZH_THIS)
_OTHER = re.compile(r"\b(?:folder|directory)\b|文件夹|目录", re.I)


def with_here(text: str, folder: str, shown: Sequence[str] = ()) -> str:
    """The request with the name of the folder for "here" and "this folder"; in the root that is
    all there is, and goes. "This folder" may be another one, where one was named, or `shown`."""
    if _WRITES.search(masked(text)):
        return text
    if listed := _LISTED.match(masked(text)):
        on = text[listed.start("on") :] if listed["on"] else ""
        place = _named(folder) or ("the root folder" if on else "")
        return f"{listed['lead']}list {place}".strip() + on
    is_elsewhere = len(folders := {posixpath.dirname(path) for path in shown}) == 1 and (
        folder not in folders
    )
    for pattern, named in (
        (_WITHIN, f" in {_named(folder)}" if folder else ""),
        (_ZH_WITHIN if folder else _ZH_CHOSEN, f"“{folder}/”里的" if folder else ""),
        (_ITSELF, f"the folder {_named(folder)}"),
        (_ZH_ITSELF, f"“{folder}/”文件夹"),
    ):
        while match := pattern.search(masked(text)):
            is_this = _OTHER.search(match[0]) is not None
            is_other = _OTHER.search(masked(text), 0, match.start()) or is_elsewhere
            if (is_this and is_other) or (not folder and pattern in (_ITSELF, _ZH_ITSELF)):
                break
            noun = match.groupdict().get("noun") or ""
            text = f"{text[: match.start()]}{noun}{named}{text[match.end() :]}"
    return text


def _named(folder: str) -> str:
    return quoted(f"{folder}/") if folder else ""
