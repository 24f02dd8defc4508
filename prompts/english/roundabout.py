"""What selections say in more words than it takes: "whose modification time lies in October" is
"changed in October", "kept in the folder old" is "in the folder old". Pure functions, any thread.
"""

from __future__ import annotations

import re

from lsfs.selector import SearchMode

from ..request.spoken import Spoken

_CHANGE = r"(?:modification|change|edit|update)"
_WHEN = (
    r"(?:\s+(?:lies?|lying|is|are|was|were|falls?|falling|being|of))?\s+(?:(?:somewhere|anywhere|sometime)\s+)?"
    r"(?=(?:in|on|between|before|after|since|from|within|prior|during|until|last|this|yesterday|today|earlier|later)\b)"
)
_STRAIGHT = (
    (re.compile(
        rf"\b(?:whose|with\s+(?:an?|the|its|their)|having\s+(?:an?|the))\s+(?:(?:last\s+)?{_CHANGE}\s*(?:times?|dates?)|"
        rf"mtimes?|time\s?stamps?|(?:dates?|times?)\s+of\s+(?:the\s+)?(?:last\s+)?{_CHANGE}|last\s+{_CHANGE}){_WHEN}",
        re.I),
     "changed "),
    (re.compile(
        r"(?<=\w)\s+(?:(?:that|which)\s+(?:is|are)\s+)?(?:held|kept|stored|located|lying|residing|sitting|housed)"
        r"(?=\s+(?:in|inside|under|within|below)\s)", re.I), ""),
    (re.compile(
        r"\s*,?\s*\b(?:irrespective|regardless|whatever)\s+(?:of\s+)?(?:the\s+|their\s+|its\s+)?(?:file\s+)?(?:types?|kinds?|"
        r"formats?|extensions?|names?|sizes?|folders?|locations?)\b\s*,?\s*", re.I), " "),
    (re.compile(r"\b(last\s+)?(?:altered|amended)(?=\s+(?:in|on|between|before|after|since|prior|last|this|by)\b)",
                re.I), r"\1changed"),
)  # fmt: skip
_ONLY_WORDS = re.compile(
    r"\s*[,(]?\s*\b(?:by\s+|with\s+|using\s+|for\s+)?(?:(?:the\s+)?(?:exact\s+)?(?:keywords?|words)\s+only|(?:only|just)\s+"
    r"(?:by\s+|for\s+)?(?:the\s+)?(?:exact\s+)?keywords?|(?:purely\s+|only\s+)?lexical(?:ly)?(?:\s+only)?|"
    r"(?:not|without)\s+(?:by\s+)?meaning)\b\)?\s*[:,]?(?:\s+for\b)?",
    re.I,
)
_ONLY_MEANING = re.compile(
    r"\s*[,(]?\s*\b(?:(?:by\s+)?meaning\s+(?:only|alone)|(?:only|just)\s+by\s+meaning|(?:purely|only)\s+semantic(?:ally)?|"
    r"semantic(?:ally)?\s+only|without\s+keywords)\b\)?\s*[:,]?(?:\s+for\b)?",
    re.I,
)


def straight(text: str) -> str:
    """The request in as many words as it takes."""
    for pattern, said in _STRAIGHT:
        text = pattern.sub(said, text)
    return text


def take_mode(spoken: Spoken) -> SearchMode:
    """How to search, where that is said ("keywords only", "by meaning only"), taken out of it."""
    if spoken.take(_ONLY_WORDS):
        return "lexical"
    return "semantic" if spoken.take(_ONLY_MEANING) else "hybrid"
