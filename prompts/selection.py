"""Which files a request speaks of: topic, type, time, folder, author, count, order, containing.

Each part is found, taken out of the text, and what is left over is the topic. Pure but for asking
`Names` which folders there are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lsfs.selector import FileType, Filters, Selector, SortKey

from .dates import find_span
from .numbers import NUMBER, value
from .phrase import QUOTED
from .targets import Targets

_TYPES: dict[str, FileType] = {
    r"spreadsheets?|excel (?:files?|sheets?)|表格": "spreadsheet",
    r"presentations?|slides|slide ?decks?|powerpoints?|decks?|幻灯片": "presentation",
    r"pdfs?(?: files?| documents?)?": "pdf",
    r"photos?|pictures?|images?|pics?|photographs?|screenshots?|照片|图片": "image",
    r"videos?|movies?|clips?|视频": "video",
    r"songs?|music(?: files?)?|audio(?: files?)?|recordings?|音乐": "audio",
    r"e-?mails?|邮件": "email",
    r"word (?:documents?|files?)": "document",
    r"text files?": "text",
    r"source (?:code|files?)|code files?|scripts?|代码": "code",
    r"zip files?|zips|archives|tarballs?": "archive",
    r"web ?pages?|html files?": "web",
}
_EXTENSIONS = {
    r"python (?:files?|scripts?|programs?|code)": "py",
    r"markdown(?: files?| notes?| documents?)?": "md",
    r"csv(?: files?|s)?": "csv",
    r"json(?: files?)": "json",
    r"(?:c|C) files?": "c",
    r"(?:javascript|js) files?": "js",
    r"rust (?:files?|code)": "rs",
    r"log files?": "log",
    r"\*?\.([a-z0-9]{1,5}) files?": "",
}
_EXTENSION = (
    r"(?:jpe?g|png|gif|webp|svg|heic|tiff?|bmp|docx?|odt|rtf|epub|tex|xlsx?|ods|csv|tsv|pptx?|odp|"
    r"md|txt|rst|org|html?|css|py|js|ts|rs|go|java|sh|cpp|rb|sql|ipynb|json|jsonl|xml|ya?ml|toml|"
    r"ini|log|eml|mbox|mp3|mp4|flac|ogg|wav|m4a|mkv|avi|mov|webm|zip|tar|gz|7z|rar|bin|tmp|bak)"
)
_LISTED_EXTENSIONS = rf"\.?{_EXTENSION}s?(?:(?:\s*[,/]\s*|\s+)(?:(?:and|or)\s+)?\.?{_EXTENSION}s?)*"
_BY_EXTENSION = re.compile(
    rf"(?<![\w./-])(?:({_LISTED_EXTENSIONS})\s+(?:files?|images?|photos?|pictures?|documents?|"
    rf"videos?)\b(?!\s+(?:format|type))|"
    rf"(?:(?<=\ball )|(?<=\bevery )|(?<=\beach )|(?<=\bany )|(?<=\bthe )|(?<=\bmy )|^)"
    rf"(\.?(?:jpe?gs|pngs|gifs|docxs?|xlsxs?|pptxs?|csvs|txts|htmls|jsons|mp3s|mp4s|zips)|"
    rf"(?:(?<=\ball )|(?<=\bevery )|(?<=\beach )|(?<=\bany ))\.?{_EXTENSION})"
    rf"(?=\s+(?:in|from|under|inside|of|older|newer|larger|smaller|bigger)\b|[\s.!?]*$))",
    re.I,
)
_SORTS: tuple[tuple[str, SortKey], ...] = (
    (
        r"newest|latest|most recent(?:ly (?:changed|edited|modified))?|recent(?:ly (?:changed|"
        r"edited|modified))?|最新(?:的)?|最近的",
        "newest",
    ),
    (r"oldest|earliest|最旧的?", "oldest"),
    (r"largest|biggest|heaviest|最大的?", "largest"),
    (r"smallest|tiniest|最小的?", "smallest"),
)
_GENERIC = (
    r"(?:files?|documents?|docs?|papers?|articles?|notes?|texts?|things?|stuff|something|"
    r"anything|"
    r"everything|ones?|entries|items?|content|contents|material|writings?|letters?(?= about))"
)
_ABOUT = (
    r"(?:that (?:are|is|deals?|talks?)\s+|which (?:are|is|deals?|talks?)\s+|(?:that|which) "
    r"(?:i|we) (?:wrote|made|saved|had)\s+)?"
    r"(?:(?:most|mostly|best|closely|more)\s+)?(?:(?:related|relevant|relating|similar|"
    r"closest|dedicated|devoted|matching)\s+to|"
    r"about|on|regarding|concerning|around|covering|discussing|describing|explaining|dealing "
    r"with|deal with|to do with|"
    r"with information (?:on|about)|in the (?:category|field|area) of|related with|"
    r"(?:showing|having|with) the (?:highest|most|closest|strongest) (?:correlation|relation|"
    r"similarity|relevance) (?:with|to))"
)
_MARKED = re.compile(rf"\b(?:{_GENERIC}\s+)?{_ABOUT}\s+", re.I)
_LEAD = re.compile(
    r"^(?:i(?:'d| would) (?:love|like) (?:to see|to find|to have)?|how many|"
    r"(?:which|what|any|some|one|all) of (?=my|the|our|these)|(?:got|need|want)(?: me)?\b|"
    r"(?:find|search|look|locate|show|get|give|grab|fetch|retrieve|dig|hunt|list|seek|bring|"
    r"check|pull|tell)\b"
    r"(?:\s+(?:me|us|for|up|out|through|around|all|if))*\s*:?|"
    rf"what (?:do|does|did|is|have) (?:(?:my|the|our|these)\s+)?(?:{_GENERIC}\s+|i\s+|we\s+)?"
    r"(?:say|write|note|said)\s+(?:about|on)\b|"
    rf"(?:(?:most|more|best|very)\s+)?(?:relevant|related|interesting|important)"
    rf"(?=\s+{_GENERIC}\b)|"
    r"where(?:'s| is| are| was| were| did (?:i|we)(?: \w+)?| have (?:i|we)(?: \w+)?| do (?:i|"
    r"we) (?:keep|have))|"
    r"(?:do|have|did) (?:i|we|you)(?: got| have| write| save| ever)*|is there|are there|"
    r"i(?:'m| am) (?:looking|searching) for|"
    r"(?:i|we) (?:need|want|seek|wrote|saved|made|have|had)|"
    r"(?:in )?(?:which|what) (?:files?|documents?|docs?|papers?|notes?|folders?|"
    r"ones?)?\s*(?:did (?:i|we)(?: \w+)?|do (?:i|we)(?: \w+)?|have (?:i|we)|"
    r"are|is|was|were|talks?|deals?|describes?|explains?|covers?|that)?|what(?:'s| is| are| "
    r"was)|who (?:wrote|has written)(?: about)?|"
    r"that|which|who|with|about|on|of|from|for|in|by|and|containing|to|"
    r"a|an|the|my|our|your|some|any|all|every|each|both|either|this|these|those|me|it|is|are|was|"
    r"(?:i|we) (?:wrote|made|saved|took|edited|changed|worked on)|(?:deals?|talks?|discuss|"
    r"explain(?:s|ing)?|describ(?:es?|ing)|discuss(?:es|ing)?|cover(?:s|ing)?|"
    r"speaks?)\b(?:\s+(?:with|about|of|on))?|"
    rf"(?:text|note|paper|document|file)s? (?=(?:where|about|that|which|with|on|named|"
    rf"called)\b)|where (?:i|we)|"
    rf"{_GENERIC}(?=\s+(?:i|we|that|which|who|with|from|in|by|about|on)\b)|{_GENERIC}$|"
    r"帮我|请|查找|搜索|寻找|查询|找一下|找到|找|搜|有没有|我想|哪些|关于|有关|的)(?:\s+|(?<=[\u3400-\u9fff])|$)",
    re.IGNORECASE,
)
_LONE = re.compile(
    r"(?:.*\s)?(notes|papers|articles|letters|texts|writings)(?:\s+(?:from|of|in))?", re.I
)
_TAIL = re.compile(
    r"(?:\s+(?:that|which|with|about|on|of|from|for|in|by|and|to|or|at|is|are|the|a|my|most|"
    r"somewhere|anywhere|exist|here|made|"
    r"category|there|please|called|taken|changed|edited|modified|written|work|work on|did|i|"
    r"we|was)|的?(?:笔记|文件|论文|文章|文档|资料|报告|邮件))$|^(?:most|changed|edited|modified|worked|did|"
    r"work on|work|i|we|edit|change|write|modify|touched?)$",
    re.IGNORECASE,
)
_CONTAINING = re.compile(
    r"(?:(?:that|which|who)\s+)?\b(?:mention(?:s|ing)?|contain(?:s|ing)?|includ(?:es?|ing)|"
    r"(?:having|with|have|has) the (?:words?|phrase|text|string|term))\s+"
    r"(?:the\s+)?(?:exact\s+)?(?:words?|phrase|text|string|term|name)?\s*|提到(?:了)?|包含(?:了)?",
    re.I,
)
_AUTHOR = re.compile(
    r"\s*\b(?:(?i:(?:authored|written|made|created|drafted|composed|"
    r"published)\s+by)\s+((?!me\b|us\b)[^\W\d_][\w.'-]*(?:\s+[A-Z][\w.'-]*){0,3})|"
    r"(?i:by(?:\s+(?:the\s+)?(?:author|writer|sender))?)\s+((?:Dr\.?\s+|Prof\.?\s+)?"
    r"[A-Z][\w.'-]*(?:\s+(?:van|von|de|der|da|al|[A-Z][\w.'-]*)){0,3}))"
)
_SIZE = re.compile(
    r"\s*\b(?:that are\s+)?(bigger|larger|greater|more|heavier|over|above|at least|smaller|"
    r"less|under|below|at most)\s*(?:than)?\s+"
    r"(\d+(?:\.\d+)?)\s*(bytes?|[kmgt]i?b|[kmgt])\b",
    re.I,
)
_SCALES = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_COUNT = re.compile(
    rf"\b(?:(?:the|my)\s+)?(?:top|best|first)\s+({NUMBER})\b|"
    rf"\b(?:the\s+)?({NUMBER})\s+(?=(?:most|best|closest|nearest|newest|latest|largest|"
    rf"biggest|oldest|smallest|recent|top|{_GENERIC}|"
    r"research|pdfs?|photos?|pictures?|images?|videos?|emails?|spreadsheets?|presentations?|"
    r"scripts?)\b)|"
    rf"({NUMBER})\s*(?:篇|个|份|张|本|封)",
    re.I,
)
_FOLDER_WORD = r"(?:folder|directory|dir|subfolder)"
_FOLDERS = (
    re.compile(
        rf"\s*(?:\b(?:in|from|under|inside|within|of|through)\s+)?(?:the\s+|my\s+|our\s+|"
        rf"a\s+)?\b{_FOLDER_WORD}\s+(?:named\s+|called\s+)?([\w./-]+)",
        re.I,
    ),
    re.compile(
        rf"\s*\b(?:in|from|under|inside|within|of|through)\s+(?:the\s+|my\s+|"
        rf"our\s+)?((?:[\w./-]+\s+){{0,2}}?[\w./-]+)\s+{_FOLDER_WORD}\b",
        re.I,
    ),
    re.compile(
        r"\s*\b(?:in|from|under|inside|within)\s+(?:the\s+|my\s+|our\s+)?([\w./-]+)/?(?=\s|$)",
        re.I,
    ),
    re.compile(r"在\s*([\w./-]+?)\s*(?:文件夹|目录)?(?:里|中|下)(?:面)?的?"),
)


@dataclass(slots=True)
class Selection:
    """What was found; `rest` is the text still unexplained while it is being read."""

    rest: str
    query: str | None = None
    containing: str | None = None
    limit: int | None = None
    sort: SortKey = "relevance"
    filters: dict[str, Any] = field(default_factory=dict)
    is_marked: bool = False

    def is_empty(self) -> bool:
        """Whether it selects nothing in particular: a bare count or order is no selection."""
        return not (self.query or self.containing or self.filters)

    def selector(self) -> Selector:
        """The target of an operation."""
        return Selector(
            query=self.query,
            containing=self.containing,
            filters=Filters(**self.filters),
            limit=self.limit,
            sort=self.sort,
        )


def select(text: str, targets: Targets, now: datetime) -> Selection:
    """Read the selection in `text`, which should hold no verb but those of searching."""
    found = Selection(text)
    _take_containing(found)
    _take_span(found, now)
    for take in (_take_name, _take_author, _take_size, _take_sort_and_count):
        take(found)
    _take_folder(found, targets)
    _take_types(found)
    _take_topic(found)
    return found


def _take_containing(found: Selection) -> None:
    match = _CONTAINING.search(found.rest)
    if match is None:
        return
    after = found.rest[match.end() :]
    quoted = QUOTED.match(after)
    if quoted:
        found.containing = next(group for group in quoted.groups() if group is not None)
        found.rest = found.rest[: match.start()] + " " + after[quoted.end() :]
    else:
        end = re.search(r"\s+(?:in|from|under|inside) (?:the|my|our)\b|[,;]|$", after)
        found.containing = after[: end.start() if end else None].strip() or None
        found.rest = found.rest[: match.start()] + " " + (after[end.start() :] if end else "")


def _take_span(found: Selection, now: datetime) -> None:
    span = find_span(QUOTED.sub(lambda match: "\0" * len(match[0]), found.rest), now)
    if span is None:
        return
    found.filters |= {k: v for k, v in (("after", span.after), ("before", span.before)) if v}
    found.rest = found.rest[: span.start] + " " + found.rest[span.end :]


_WROTE = re.compile(
    r"\b(?:that\s+)?([A-Z][\w.'-]*(?:\s+[A-Z][\w.'-]*){0,2})\s+(?:wrote|has written|authored)\b"
)
_NAMED = re.compile(
    rf"\b{_GENERIC}\s+(?:named|called|with the name)\s+[\"']?([\w.*?-]+)[\"']?", re.I
)


def _take_name(found: Selection) -> None:
    if match := _NAMED.search(found.rest):
        found.filters["name"] = match[1] if set(match[1]) & set("*?") else f"*{match[1]}*"
        found.rest = f"{found.rest[: match.start()]} {found.rest[match.end() :]}"


def _take_author(found: Selection) -> None:
    if match := _WROTE.search(found.rest):
        if match[1] not in {"I", "We", "You", "He", "She", "They", "Who"}:
            found.filters["author"] = match[1]
            found.rest = f"{found.rest[: match.start()]} {found.rest[match.end() :]}"
    elif match := _AUTHOR.search(found.rest):
        found.filters["author"] = (match[1] or match[2]).strip(" .,")
        found.rest = found.rest[: match.start()] + " " + found.rest[match.end() :]


def _take_size(found: Selection) -> None:
    if match := _SIZE.search(found.rest):
        scale = _SCALES.get(match[3][0].lower(), 1)
        small = match[1].lower() in {"smaller", "less", "under", "below", "at most"}
        found.filters["size_max" if small else "size_min"] = int(float(match[2]) * scale)
        found.rest = found.rest[: match.start()] + " " + found.rest[match.end() :]


def _take_sort_and_count(found: Selection) -> None:
    if match := _COUNT.search(found.rest):
        found.limit = min(max(value(match[1] or match[2] or match[3]), 1), 1000)
        found.rest = f"{found.rest[: match.start()]} {found.rest[match.end() :]}"
    for pattern, key in _SORTS:
        if match := re.search(
            rf"\b(?:{pattern})(?:\s+|(?<=[\u3400-\u9fff])|"
            rf"$)",
            found.rest,
            re.I,
        ):
            found.sort = key
            noun = re.match(r"[\w-]+", found.rest[match.end() :])
            single = not re.match("recent", match[0], re.I) and noun and not noun[0].endswith("s")
            if found.limit is None and single:
                found.limit = 1
            found.rest = f"{found.rest[: match.start()]} {found.rest[match.end() :]}"
            return


def _take_types(found: Selection) -> None:
    if match := _BY_EXTENSION.search(found.rest):
        words = re.findall(rf"\b{_EXTENSION}(?=s?\b)", (match[1] or match[2]).lower())
        found.filters["extensions"] = tuple(dict.fromkeys(e for w in words for e in _same(w)))
        found.rest = f"{found.rest[: match.start()]} {found.rest[match.end() :]}"
        return
    for pattern, extension in _EXTENSIONS.items():
        if match := re.search(rf"\b(?:{pattern})\b", found.rest, re.I):
            found.filters["extensions"] = (extension or match[1].lower(),)
            found.rest = f"{found.rest[: match.start()]} {found.rest[match.end() :]}"
            return
    kinds: list[FileType] = []
    for pattern, kind in _TYPES.items():
        edge = "" if "\u3400" <= pattern[-1] <= "\u9fff" else r"\b"
        if match := re.search(
            rf"(?:\b|"
            rf"(?=[\u3400-\u9fff]))(?:{pattern}){edge}",
            found.rest,
            re.I,
        ):
            kinds.append(kind)
            found.rest = f"{found.rest[: match.start()]} {found.rest[match.end() :]}"
    if kinds:
        found.filters["types"] = tuple(kinds)
        found.rest = re.sub(r"^(\W*)(?:and|or)\b", r"\1", found.rest.strip())


def _same(extension: str) -> tuple[str, ...]:
    return ("jpg", "jpeg") if extension in {"jpg", "jpeg"} else (extension,)


def _take_folder(found: Selection, targets: Targets) -> None:
    for position, pattern in enumerate(_FOLDERS):
        for match in pattern.finditer(found.rest):
            folder = targets.directory(match[1])
            if folder is None and position == 0 and "/" in match[1]:
                folder = match[1].strip("/")
            if folder:
                found.filters["under"] = folder
                found.rest = f"{found.rest[: match.start()]} {found.rest[match.end() :]}"
                return


def _take_topic(found: Selection) -> None:
    quoted = list(QUOTED.finditer(found.rest))
    text = " ".join(found.rest.split()).strip(" .,;:?!。？，")
    marked = _MARKED.search(text)
    if marked and _stripped(text[: marked.start()], _LEAD) == "":
        text, found.is_marked = text[marked.end() :], True
    text = _stripped(text, _LEAD)
    text = re.sub(_TAIL, "", text) if not quoted else text
    while not quoted and (shorter := _TAIL.sub("", text).strip(" ,;:.'’")) != text:
        text = shorter
    category = re.fullmatch(r"(.+?)\s+(?:category|field|area)", text, re.I)
    text = category[1] if category else text
    if len(quoted) == 1 and text == quoted[0][0].strip():
        text = next(group for group in quoted[0].groups() if group is not None)
    kept = _LONE.fullmatch(" ".join(found.rest.split()).strip(" .,;:?!")) if not text else None
    found.query = text or (kept[1] if kept else None)


def _stripped(text: str, pattern: re.Pattern[str]) -> str:
    while (match := pattern.match(text)) and match.end():
        text = text[match.end() :].lstrip(" ,:")
    return text
