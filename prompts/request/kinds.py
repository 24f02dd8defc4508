"""Kinds of files in words: "pdfs and slides", "jpg or png", "html pages" (`data/kinds.toml`).

Read only after the first use, any thread.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, cast

from lsfs.filetypes import EXTENSIONS
from lsfs.selector import FileType

from .data import load
from .nouns import FILES, spelt
from .spoken import CUT, QUOTE, Spoken

_Words = dict[str, dict[str, Any]]
_TYPED = (
    r"(?P<typed>(?:(?:that|which)\s+)?\bend(?:s|ing)?\s+(?:in|with|by|on)\s+(?=\.)|(?:(?:with|having|of|in)\s+)?(?:the\s+|a\s+)?(?:file\s*)?(?:extensions?|types?|endings?|suffix|formats?)"
    r"(?:\s*:\s*|\s+))?"
)
_AS_FORM = r"(?P<form>\b(?:(?:saved\s+|stored\s+)?(?:as|in)\s+(?:an?\s+)?))?"
""" "In Excel", "as a pdf"."""
_FOLLOWS = re.compile(
    rf"\s*(?:$|[,;:.!?)/{CUT}]|{QUOTE}|(?:of|from|in|on|about|with|without|by|that|which|who|whose|"
    r"where|when|and|or|to|for|at|under|inside|within|over|above|below|between|since|before|"
    r"after|until|during|called|named|titled|taken|made|sent|received|written|created|edited|"
    r"changed|modified|saved|recorded|dated|containing|mentioning|showing|related|regarding|"
    r"concerning|covering|explaining|describing|only|is|are|was|were|has|have|do|does|did|[iI]|we|"
    r"you|this|last|larger|bigger|smaller|older|newer|exceeding|except|excluding|sorted|"
    r"ordered|please|not|but|than|somewhere|there|here|"
    r"[A-Z][\w.]*(?:\s+[A-Z]\w*)*\s+(?:wrote|sent|made))\b)",
)
_OPENS = re.compile(
    rf"(?:^|[,;:{CUT}])\s*(?:(?:all|any|is|are|there|do|have|we|got|your|locate|display|fetch|grab|retrieve|see|play|new|the|every|some|the|my|our|of|more|only|just|me|"
    r"for|find|show|list|search|get|give|which|what|how|much|many|old|and|or)\s+)*$",
    re.I,
)
_BESIDE = re.compile(rf"\s*(?:or|and|,|/)\s*(?:pdfs?|excel|powerpoint|{CUT})", re.I)
_BESIDE_BEFORE = re.compile(rf"(?:pdfs?|excel|powerpoint|{CUT})\s*(?:or|and|,|/)\s*$", re.I)
_NOT_PLURAL = frozenset("c h r go rs ts js sh pl md".split())
_COMMON = frozenset("pages numbers key org log tex swift scala lua sql ini doc r c h go pl".split())
"""Endings that are words of a language as well, or rather what a text is about."""
_FORMATS = frozenset("docx xlsx pptx mp3 mp4 jpg jpeg png".split())
"""Endings that say nothing but a kind of file, wherever they stand."""

_ONLY = re.compile(r"\b(?:only|just)\b", re.I)
_IN_FORM = re.compile(r"\b(?:in|as)\s+(?:an?\s+)?\.?\w{2,5}(?:\s+format|\s+form)?\b", re.I)
_ANY_ENDING = re.compile(r"(?<!\S)\*?\.([a-z0-9]{1,5})\s+files?\b", re.I)


def _words() -> _Words:
    return {kind: groups for kind, groups in load("kinds").items() if kind != "generic"}


@lru_cache(maxsize=1)
def _nouns() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    """All nouns as one pattern, and of each its kind and how sure it is."""
    kinds: dict[str, tuple[str, str]] = {}
    for kind, groups in _words().items():
        if kind == "endings":
            kinds |= {
                noun: (f".{end}", "sure" if " " in noun else "nouns")
                for end, nouns in groups.items()
                for noun in nouns
            }
            continue
        for group, nouns in groups.items():
            kinds |= {noun: (kind, group) for noun in nouns if group != "chinese"}
    for ending in _every_ending():
        kinds.setdefault(f"{ending} file", (f".{ending}", "sure"))
    pattern = (
        rf"(?<![\w./-]){_TYPED}{_AS_FORM}(?:(?:only|just)\s+)?(?P<noun>{spelt(kinds)})"
        rf"(?P<files>\s+(?:{FILES}|format|version|ones|exports?|dumps?|(?(form)form\b|(?!))))?"
        rf"(?P<only>\s+(?:only|alone))?(?![\w/-]|\.\w)"
    )
    return re.compile(pattern, re.I), kinds


@lru_cache(maxsize=1)
def _chinese() -> list[tuple[str, str]]:
    return [(noun, kind) for kind, group in _words().items() for noun in group.get("chinese", ())]


@lru_cache(maxsize=1)
def _every_ending() -> list[str]:
    every = {ending for known in EXTENSIONS.values() for ending in known} | {"bin", "tmp", "bak"}
    return sorted(every, key=lambda ending: (-len(ending), ending))


@lru_cache(maxsize=1)
def _listed() -> re.Pattern[str]:
    """Endings, one or a list: ".py", "jpg or png files", "mp3s", "all csv"."""
    one = rf"\*?\.?(?:{'|'.join(map(re.escape, _every_ending()))})(?:['’]?s)?"
    return re.compile(
        rf"(?<![\w./-]){_TYPED}(?:(?P<all>all|every|each|any|only|just)\s+)?"
        rf"(?P<list>{one}(?:(?:\s*[,/]\s*|\s+)(?:(?:and|or)\s+)?{one})*)"
        rf"(?P<files>\s+(?:{FILES}|images?|photos?|pictures?|videos?|songs?|format|ones|exports?|dumps?)\b"
        r"(?!\s+(?:format|type)))?(?P<only>\s+only)?(?![\w/-]|\.\w)",
        re.I,
    )


def take_kinds(spoken: Spoken) -> dict[str, Any]:
    """The filters `types` and `extensions` that a request asks for, taken out of it."""
    is_form = bool(_IN_FORM.search(spoken.rest) or _ONLY.search(spoken.rest))
    endings = [ending for part in _cut_endings(spoken) for ending in _endings_in(part)]
    if match := spoken.take(_ANY_ENDING):
        endings.append(match[1].casefold())
    types: list[str] = []
    for kind in _cut_nouns(spoken):
        (endings if kind.startswith(".") else types).append(kind)
    endings = list(dict.fromkeys(same for ending in endings for same in _same(ending.strip("."))))
    if "pdf" in endings:
        types, endings = ["pdf", *types], [ending for ending in endings if ending != "pdf"]
    if is_form and {_type_of(ending) for ending in endings} == set(types):
        types = []  # "images in png format"
    if types == ["pdf"] and endings:
        types, endings = [], ["pdf", *endings]
    if types and endings:
        types, endings = types + [_type_of(ending) for ending in endings], []
    fields = {"types": tuple(dict.fromkeys(types)), "extensions": tuple(endings)}
    return {name: value for name, value in fields.items() if value}


def _type_of(ending: str) -> str:
    return next((kind for kind, known in EXTENSIONS.items() if ending in known), "text")


def _same(ending: str) -> tuple[str, ...]:
    return _ALIKE.get(ending, (ending,))


_ALIKE = {
    "jpg": ("jpg", "jpeg"), "jpeg": ("jpg", "jpeg"), "markdown": ("md",), "tif": ("tif", "tiff"),
    "tiff": ("tif", "tiff"), "yml": ("yaml", "yml"), "yaml": ("yaml", "yml"),
}  # fmt: skip


def _cut_nouns(spoken: Spoken) -> list[str]:
    pattern, kinds = _nouns()
    found: list[str] = []
    position = 0
    while match := pattern.search(spoken.rest, position):
        noun = " ".join(match["noun"].casefold().split())
        kind, group = kinds.get(noun) or kinds.get(noun.removesuffix("s")) or ("", "")
        if kind and _is_meant(spoken.rest, match, noun in kinds, group):
            found.append(kind)
            before = len(spoken.rest) - match.end()
            spoken.cut(*match.span())
            position = max(len(spoken.rest) - before, 0)
        else:
            position = match.end()
    for noun, kind in _chinese():
        if match := re.search(noun, spoken.rest):
            found.append(kind)
            spoken.cut(*match.span())
    return found


def _is_meant(text: str, match: re.Match[str], is_singular: bool, group: str) -> bool:
    """Whether the noun names the kind that is looked for, and no part of the topic."""
    if group == "plurals":
        return is_singular
    if group == "formats":
        beside = _BESIDE_BEFORE.search(text[: match.start()]) or _BESIDE.match(text, match.end())
        return bool(match["form"] or match["files"] or beside)
    if group == "sure" or match["files"] or match["only"] or match["typed"]:
        return True
    heads = bool(_FOLLOWS.match(text, match.end()))
    if group == "mass":
        return heads and bool(_OPENS.search(text[: match.start()]))
    return heads or not is_singular


def _cut_endings(spoken: Spoken) -> list[str]:
    found: list[str] = []
    position = 0
    while match := _listed().search(spoken.rest, position):
        if _is_kind(spoken.rest, match):
            found.append(match["list"])
            spoken.cut(*match.span())
            position = match.start()
        else:
            position = match.end()
    return found


def _is_kind(text: str, match: re.Match[str]) -> bool:
    words = _endings_in(match["list"])
    first = match["list"].split()[0].casefold()
    is_in_brackets = text[: match.start()].endswith("(") and text[match.end() :].startswith(")")
    if (
        is_in_brackets
        or match["files"]
        or match["only"]
        or match["typed"]
        or first.startswith((".", "*."))
    ):
        return True
    if words == ["pdf"] or set(words) & _COMMON:
        return False
    if len(words) > 1:
        return True
    heads = bool(_FOLLOWS.match(text, match.end()))
    opens = bool(_OPENS.search(text[: match.start()]))
    if words[0] in _FORMATS or (match["all"] and heads):
        return True
    if words[0] in _NOT_PLURAL and not first.endswith(words[0]):
        return False
    return heads and (opens or first.endswith("s")) and first not in {"org", "tar"}


def _endings_in(part: str) -> list[str]:
    every = set(_every_ending())
    words = [w.lstrip("*.") for w in re.findall(r"[\w.*]+", re.sub("['’]", "", part.casefold()))]
    return [
        word if word in every else word.removesuffix("s")
        for word in words
        if word in every or word.removesuffix("s") in every
    ]


def words_before_kind(text: str) -> str | None:
    """What stands before the first noun for a kind of file, None when there is none."""
    spoken = Spoken(text)
    take_kinds(spoken)
    before, cut, _ = spoken.rest.partition(CUT)
    return before.strip() if cut else None


def is_file_type(word: str) -> FileType | None:
    """The type that a word alone names ("pdfs", "photos"), None when it names none."""
    spoken = Spoken(word)
    types = take_kinds(spoken).get("types", ())
    alone = len(types) == 1 and not spoken.rest.replace(CUT, "").strip()
    return cast(FileType, types[0]) if alone else None


def is_kinds(text: str) -> bool:
    """Whether it says only of which kinds files are: "the md files", "pngs and jpgs"."""
    return _kinds_alone().fullmatch(text.strip(" .!")) is not None


@lru_cache(maxsize=1)
def _kinds_alone() -> re.Pattern[str]:
    endings = "|".join(map(re.escape, _every_ending()))
    plural = "|".join(re.escape(end) for end in _every_ending() if end not in _NOT_PLURAL)
    end = rf"\.?(?:{endings})"
    one = rf"(?:{end}\s+files|(?:{plural})['’]?s|{end}(?=\s*(?:,|and|or)\s|$))"
    return re.compile(
        rf"(?:(?:the|my|our)\s+)?(?:files\s+(?:ending|that\s+end)\s+(?:in|with)\s+(?=\.))?{one}"
        rf"(?:\s*(?:,|and|or|&)\s*(?:and\s+)?(?:the\s+)?{one})*(?:\s+(?:from|in|under|inside)\s\S.*)?",
        re.I,
    )
