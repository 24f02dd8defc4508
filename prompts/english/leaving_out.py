"""What must not be found: "but not X", "except pdfs", "that don't mention X", as parts of a query
that leave it out (`lsfs.query`). Pure but for asking `Targets` which folders there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lsfs.errors import NotUnderstoodError

from ..names.targets import Targets, split_list
from ..request.kinds import is_file_type
from ..request.nouns import GENERIC
from ..request.spoken import CUT, Spoken
from ..times.dates import names_time

_GENERIC = rf"(?:(?:the|those|any|all|{GENERIC})\s+)*"
_ABOUT = (
    r"(?:(?:which|that)\s+(?:are|is)\s+)?(?:about|on|regarding|mentioning|"
    r"containing|that\s+mention|that\s+contain|with|related\s+to)\s+"
)
_WITHIN = r"(?:in|under|inside|within|from)\s+(?:the\s+|my\s+)?"
_NOT = r"(?:(?:do|does|did|is|are|was|were|has|have)(?:\s+not|n['’]?t))"
_OPENING = re.compile(
    rf"\s*,?\s*\b(?:(?:but|and|though)\s+)?(?:except(?:ing)?(?:\s+for)?|exclud(?:e|ing)|apart\s+from|"
    rf"aside\s+from|other\s+than|besides|minus|leav(?:e|ing)\s+out|omit(?:ting)?|ignor(?:e|ing)|"
    r"skip(?:ping)?|with(?:out|\s+no)\s+(?:any\s+)?mentions?\s+of|(?:(?:mentioning|"
    r"containing|with|about)|(?:that|which)\s+\w+)\s+neither|without(?:\s+the\s+words?)?|"
    r"(?<=but )(?:not|nothing|none|no)|(?<=everything )but|(?<=anything )but|(?<=all )but|"
    rf"not(?=\s+(?:by\s|{_ABOUT}|{_WITHIN}|{_GENERIC}(?:about|in|from)\b))|outside(?:\s+of)?|"
    rf"(?:that|which|who)\s+{_NOT}(?:\s+(?:have|mention|contain|include|talk|say))?(?:\s+the\s+words?)?)\s+"
    rf"{_GENERIC}(?P<place>{_WITHIN})?(?:{_ABOUT})?(?:the\s+)?",
    re.I,
)
_REACH = re.compile(
    rf"[^,;{CUT}]+?(?=\s*[,;.?!{CUT}]|\s+(?:from|since|before|after|between|by|larger|bigger|smaller|"
    r"over|older|newer|written|sorted|please)\b|$)",
    re.I,
)


_TO = r"(?P<joint>\s+(?:to|into|onto|in|from|under|inside)\s.+)?$"
OF_ACTS = (
    re.compile(
        rf"\s*,?\s*\b(?:but\s+(?:not|for|keep|leave|spare)|except(?:ing)?(?:\s+for)?|excluding|other\s+than|"
        rf"apart\s+from|leaving\s+out)\s+(?P<names>[^;]+?)(?:\s+alone)?{_TO}",
        re.I,
    ),
    re.compile(rf"(?:(?<=\ball)|(?<=\beverything))\s+but\s+(?P<names>[^;]+?){_TO}", re.I),
)
"""What an act is not to be on: "delete all pdfs except cv.pdf", "move all but a.txt to old"."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of a query, and the words that it stands for."""

    part: str
    said: str


def take_exceptions(spoken: Spoken, targets: Targets, now: datetime) -> list[LeftOut]:
    """What is to be left out, taken out of the request.

    Raises:
        NotUnderstoodError: it is a time.
    """
    found: list[LeftOut] = []
    while opening := spoken.search(_OPENING):
        reach = _REACH.match(spoken.rest, opening.end())
        if reach is None:
            break
        is_place = bool(opening["place"]) or "outside" in opening[0].casefold()
        for part in split_list(re.sub(r"\s+n?or\s+(?:about\s+)?", " and ", reach[0])):
            said = spoken.meant(_LEAD.sub("", part.strip())).replace('"', "").strip(" .")
            if names_time(said, now):
                raise NotUnderstoodError(
                    f"I cannot leave out a time: {said}", hint="say which time is meant instead"
                )
            if said:
                found.append(LeftOut(_left_out(said, targets, is_place=is_place), said))
        spoken.cut(opening.start(), reach.end())
    return found


def parts_of(left_out: Iterable[LeftOut], types: Iterable[str]) -> list[str]:
    """The parts of the query: "photos but no screenshots" leaves out a word, not the photos."""
    wanted = {f"-type:{kind}" for kind in types}
    return [_without(one.said) if one.part in wanted else one.part for one in left_out]


def _left_out(said: str, targets: Targets, *, is_place: bool) -> str:
    if said.startswith("by "):
        return f'-author:"{said[3:].strip()}"'
    folder = re.sub(r"\s+folder$", "", said, flags=re.I)
    under = targets.directory(folder) if is_place or folder != said else None
    if under:
        return f'-in:"{under}"' if " " in under else f"-in:{under}"
    if kind := is_file_type(said):
        return f"-type:{kind}"
    return _without(said)


def _without(said: str) -> str:
    return f'-"{said}"' if " " in said else f"-{said}"


_LEAD = re.compile(r"^(?:the|any|an?|about|on|in)\s+", re.I)
