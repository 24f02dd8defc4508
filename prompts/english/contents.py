"""What files must contain and what they are called: "that mention X", "whose
names start with X". Pure.
"""

from __future__ import annotations

import re

from ..request.spoken import CUT, QUOTE, Spoken

_WORDS = (
    r"(?:the\s+|an?\s+)?(?:(?:exact|literal|following)\s+)?(?:words?|phrases?|texts?|strings?|terms?|"
    r"expressions?|sentences?|names?|keywords?)\b\s*:?\s*"
)
_LIST = rf"{QUOTE}(?:\s*(?:,|and|or|&|as well as|,\s*and)?\s*(?:the (?:word|phrase)\s+)?{QUOTE})*"
_SAYING = (
    r"(?:(?:whose|where\s+the|with)\s+(?:contents?|texts?|bod(?:y|ies))\s+)?(?:(?:that|which|who|they|and|it)\s+)?\b(?:(?:all|both|also|must|should|to|literally|really|actually|explicitly|verbatim)\s+)*"
    r"(?:mention(?:s|ing|ed)?(?:\s+of)?|(?:occurrences?|usages?)\s+of|contain(?:s|ing|ed)?|includ(?:es?|ing)|"
    r"(?:(?<=that\s)|(?<=which\s))quotes?|quoting|featuring)\s+"
    rf"(?:both\s+)?(?:{_WORDS})?"
)
_HAVING = (
    r"(?:(?:that|which|who|they)\s+)?\b(?:having|with|have|has|hold(?:s|ing)?|us(?:es?|ing)|"
    rf"say(?:s|ing)?|where it says)\s+(?:in\s+(?:it|them)\s+)?(?:both\s+)?{_WORDS}"
)
_WITHIN_IT = (
    r"(?:\s+(?:in|inside|within)\s+(?:it|them|(?:the|their|its)\s+(?:texts?|bod(?:y|ies)|contents?|"
    r"file|files|document|documents)(?!\s*-?names?))|\s+(?:inside|somewhere(?: in (?:it|"
    r"them))?|anywhere))"
)
_INSIDE = f"{_WITHIN_IT}?"
_FOUND = (
    r"(?:occurs?|appears?|is\s+(?:used|mentioned|found|contained|present|written|called|defined|"
    r"included|quoted)|are\s+(?:used|mentioned|found|contained|present)|shows?\s+up|comes?\s+up|"
    r"turns?\s+up|can\s+be\s+found|stands?|exists?)"
)
_SEEKING = (
    r"^(?:(?:find|search|look|grep|locate)(?:\s+(?:me|for|up))*)\s+"
    r"(?:all\s+)?(?:the\s+)?(?:words?|phrases?|strings?|texts?|terms?)\s+"
)
_QUOTED = (
    re.compile(rf"{_SEEKING}(?P<what>{_LIST}){_INSIDE}", re.I),
    re.compile(
        rf"(?:{_SAYING}|{_HAVING}|(?:(?:that|which)\s+)?\bwith\s+(?:both\s+)?(?={_LIST}{_WITHIN_IT})|"
        rf"(?:(?:that|which|they)\s+)?\bsay(?:s|ing)?\s+|(?:that|which)\s+(?:has|have)\s+|"
        r"(?:(?:that|which)\s+)?\b(?:referenc(?:es?|ing)|refer(?:s|ring)?\s+to|cit(?:es?|ing)|speak(?:s|ing)?\s+of)\s+|^grep\s+(?:for\s+)?|"
        rf"\bhaving\s+)(?P<what>{_LIST}){_INSIDE}",
        re.I,
    ),
    re.compile(
        rf"\b(?:(?:in|inside)\s+which|where)\s+(?:i|we|he|she|it|they|somebody|someone)\s+(?:wrote|write|says?|said|noted|mention(?:s|ed)?|"
        rf"put|used?|reads?|stated?)(?:\s+down)?\s+(?:{_WORDS})?(?P<what>{_LIST}){_INSIDE}",
        re.I,
    ),
    re.compile(
        rf"\b(?:(?:in|inside)\s+which|where|that\s+ha(?:s|ve))\s+(?:{_WORDS})?(?P<what>{_LIST})\s+{_FOUND}{_INSIDE}",
        re.I,
    ),
    re.compile(
        rf"\b(?:(?:where|in\s+(?:which|what)(?:\s+\w+)?)\s+)?(?:is|are|do|does|did|have|has)\s+(?:{_WORDS})?(?P<what>{_LIST})\s+"
        rf"(?:occur|appear|mentioned|used|found|contained|written|stand|show\s+up|come\s+up){_INSIDE}",
        re.I,
    ),
    re.compile(rf"(?:{_WORDS})?(?P<what>{_LIST})\s+(?:occurs?|appears?)(?:\s+in)?{_INSIDE}", re.I),
)  # fmt: skip
_SEEKING_PLAIN = _SEEKING.replace(
    r"(?:the\s+)?(?:words?|phrases?|strings?|texts?|terms?)",
    r"(?:the\s+(?:words?|phrases?|strings?|texts?|terms?)|words?|strings?)",
)
""" "Find term sheet" asks for a term sheet."""
_PLAIN = (
    re.compile(rf"{_SEEKING_PLAIN}(?P<what>(?!about\b|that\b|which\b|files?\b)[^\s,;{CUT}]+)(?=\s*$|"
    rf"\s*[,;{CUT}])", re.I),
    re.compile(r"^grep\s+(?:-\w+\s+)*(?:for\s+)?(?P<what>\S+)", re.I),
    re.compile(
        rf"\b(?:in|inside)\s+(?:which|what)(?:\s+(?:files?|documents?|notes?|papers?|scripts?))?"
        rf"(?:\s+(?:is|are|do|does|did))?\s+(?:the\s+(?:function|class|variable|method|constant)\s+|{_WORDS})?"
        rf"(?P<what>[^\s{CUT}]+(?:\s+[^\s{CUT}]+){{0,4}}?)\s+(?:{_FOUND}|used|defined|called|mentioned|occur|"
        rf"appear){_INSIDE}|"
        rf"\bwhere\s+(?:{_WORDS})(?P<other>[^\s{CUT}]+(?:\s+[^\s{CUT}]+){{0,4}}?)\s+{_FOUND}{_INSIDE}|"
        rf"\bwhere\s+(?P<code>[\w.]*(?:_|[a-z][A-Z]|\w\.\w)[\w.]*(?:\(\))?)\s+{_FOUND}{_INSIDE}",
        re.I,
    ),
    re.compile(
        rf"(?:{_SAYING}|{_HAVING})(?P<what>[^,;{CUT}]+?)"
        rf"(?:{_INSIDE})(?=\s*[,;{CUT}]|\s+(?:in|from|under|inside)\s+(?:the|my|our)\b|$)",
        re.I,
    ),
)  # fmt: skip
_ANAPHOR = re.compile(r"(?:it|them|this|that|these|those|everything|anything|something)$", re.I)


def take_quoted_content(spoken: Spoken) -> tuple[str | None, str]:
    """The quoted text that must be there, and, where there are several, a query for them."""
    match = next((taken for pattern in _QUOTED if (taken := spoken.take(pattern))), None)
    return (None, "") if match is None else _several(spoken, match["what"])


def _several(spoken: Spoken, what: str) -> tuple[str | None, str]:
    said = [spoken.meant(one) for one in re.findall(QUOTE, what)]
    if len(said) == 1:
        return said[0].strip() or None, ""
    if re.search(r"\bor\b", what, re.I):
        return None, " or ".join(said)
    return None, " ".join(f'"{one}"' for one in said)


def take_content(spoken: Spoken) -> tuple[str | None, str]:
    """Like `take_quoted_content`, of what is not quoted: all that is left of that part."""
    for pattern in _PLAIN:
        if match := spoken.search(pattern):
            groups = match.groupdict()
            what = groups["what"] or groups.get("other") or groups.get("code") or ""
            what = re.sub(r"^(?:the|my|our|an?)\s+(?=\S)", "", what.strip(" .?!"), flags=re.I)
            if not what or _ANAPHOR.match(what):
                continue
            spoken.cut(*match.span())
            return _alternatives(spoken.said(what))
    return None, ""


def _alternatives(what: str) -> tuple[str | None, str]:
    """ "apples and pears" are two things, "Project Nightingale" is one."""
    parts = re.split(r"\s+and\s+(?:the\s+words?\s+)?", what)
    if len(parts) > 1 and all(" " not in part for part in parts):
        return None, " ".join(f"+{part}" for part in parts)
    return (None, what) if re.search(r"\bor\b", what) else (what, "")


# -- names -----------------------------------------------------------------------------------------

_A_NAME = r"(?:(?:an?|the|their|its)\s+)?(?:file\s?)?-?(?:names?|titles?|filenames?)"
_WORD = rf"(?P<name>{QUOTE}|[^\s,;{CUT}]+)"
_WHOSE = rf"(?:(?:whose|with|where|that\s+have|having|which\s+have)\s+)?{_A_NAME}\s+(?:that\s+)?"
_NAMES = (
    (re.compile(
        rf"\b(?:{_WHOSE}|(?:(?:that|which)\s+))(?:start(?:s|ing)?|begin(?:s|ning)?)\s+(?:with|by|in|on)\s+"
        rf"(?:the\s+(?:word|letters?|prefix)\s+)?{_WORD}|"
        r"\b(?:starting|beginning)\s+with\s+(?:the\s+(?:word|"
        rf"letters?)\s+)?{_WORD.replace('name', 'other')}",
        re.I,
    ), "{}*"),
    (re.compile(
        rf"\b(?:{_WHOSE}|(?:(?:that|which)\s+)|(?=ending\b))(?:end(?:s|ing)?)\s+(?:with|by|in|on)\s+"
        rf"(?:the\s+(?:word|letters?|suffix)\s+)?(?!\.\w+\s*(?:,|or\b|and\b)){_WORD}", re.I,
    ), "*{}"),
    (re.compile(
        rf"\b(?:with|having|that\s+ha(?:s|ve)|which\s+ha(?:s|ve))\s+(?:the\s+word\s+)?{_WORD}\s+in\s+"
        rf"(?:the|their|its)\s+(?:file\s?)?-?(?:names?|titles?|filenames?)|"
        rf"(?<!\S){_WORD.replace('name', 'other')}\s+in\s+(?:the\s+|"
        r"their\s+)?(?:file\s?names?|filenames?)",
        re.I,
    ), "*{}*"),
    (re.compile(
        rf"\b(?:whose|with|where|that\s+have|having|which\s+have|(?=(?:file\s?)?names?\b))\s*{_A_NAME}\s+(?:that\s+)?"
        rf"(?:contain(?:s|ing)?|includ(?:es?|ing)|has|have|having|with|is|like|match(?:es|ing)?)\s+"
        rf"(?:the\s+word\s+)?{_WORD}", re.I,
    ), "*{}*"),
    (re.compile(
        rf"(?:\b(?:that|which)\s+(?:is|are)\s+)?\b(?:named|called|titled|entitled|with\s+the\s+name|by\s+the\s+name\s+of|"
        rf"matching(?=\s+\S*[*?]))\s+(?:like\s+|something\s+like\s+)?{_WORD}", re.I,
    ), "*{}*"),
    (re.compile(r"(?<!\S)(?P<name>[\w.?-]*\*[\w.*?-]*)(?!\S)"), "{}"),
)  # fmt: skip


def take_name(spoken: Spoken) -> str | None:
    """The glob that names must meet, taken out of the request."""
    for pattern, glob in _NAMES:
        match = spoken.search(pattern)
        if match is None or re.search(
            r"\b(?:folder|directory|group)\s*$", spoken.rest[: match.start()], re.I
        ):
            continue
        said = match["name"] or match.groupdict().get("other") or ""
        name = spoken.meant(said).strip(".?!,;:") if not re.match(r"\.\w", said) else said
        if not name:
            continue
        spoken.cut(*match.span())
        if set(name) & set("*?"):
            return name
        ends_a_stem = glob == "*{}" and not re.search(r"\.\w+$", name)
        return f"*{name}.*" if ends_a_stem else glob.format(name)
    return None
