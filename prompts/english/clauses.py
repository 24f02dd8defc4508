"""The clauses that people put round what they look for, taken off it.

"Kindergarten forms, I think I scanned them in September" and "My daughter's record must be here
somewhere, can you find it?" are "find kindergarten forms in September" and "find my daughter's
record". A request is cut into its clauses; each only asks ("can you find it"), tells more of what
is looked for ("they are pdfs", "the one from May"), or names it. Where none asks or tells, or one
is an order, the request stays as it is.

Pure but for asking `Targets`. Words stand in `data/asking.toml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..names.targets import Targets
from ..request.kinds import words_before_kind
from ..request.nouns import COUNTED, GENERIC
from ..request.quoting import PATH, masked
from ..times.numbers import NUMBER
from .imperative import framed_intents, intents_of
from .lead_ins import (
    ADVERB,
    BEING,
    DONE,
    HAVE,
    MODAL,
    PARTICLE,
    PERSON,
    SEEKING,
    SOFTLY,
    SURELY,
    THOUGHT,
    any_of,
    peeled,
)
from .steps import has_object
from .wishes import asks_otherwise, orders_act, wants_act

_IT = (
    r"(?:(?:it|them|that|this|those|these|(?:the|that|any|which|right)\s+ones?|one|ones|some|any)"
    r"(?:\s+(?:all|of\s+(?:it|them|those)))?)"
)
_PLACED = (
    r"(?:(?:here|there|somewhere|anywhere|around|about|in\s+here|in\s+there|on\s+(?:here|this\s+\w+)|lying|"
    r"still|again|anymore|any\s+more|now|then|at\s+all|ever|for\s+(?:me|us)|to\s+(?:me|us)|please|pls|thanks|"
    r"thank\s+you|quickly|urgently|right\s+now|today|too|by\s+any\s+chance)\s*)*"
)
_HERE = r"(?:here|there|somewhere|around|in\s+(?:here|there)|on\s+(?:here|this\s+\w+))"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)


_ASKING = (
    rf"(?:{MODAL}\s+{PERSON}\s+|{PERSON}\s+(?:want|need|would\s+like|have)\s+(?:to\s+)?|let\s+(?:me|{PERSON})\s+)?{SOFTLY}"
    rf"(?:help\s+(?:me|us)\s+(?:to\s+)?)?{SEEKING}(?:\s+{PARTICLE})*(?:\s+{_IT})?(?:\s+{PARTICLE})*\s*{_PLACED}",
    rf"{MODAL}\s+{PERSON}\s+help(?:\s+me)?(?:\s+(?:with\s+(?:that|this)|out|please))*",
    r"help(?:\s+me)?(?:\s+please)?",
    rf"(?:(?:i|we|he|she|they)\s+)?{ADVERB}\s*needs?\s+{_IT}\s+(?:by|for|before|until)\s+\S+(?:\s+\S+){{0,3}}",
    # whether it is there
    rf"{MODAL}\s+{PERSON}(?:\s+\w+)?\s+(?:have|got|keep|kept|find|save|remember)\s+{_IT}\s*{_PLACED}",
    rf"(?:did|have|had|do)\s+(?:i|we)(?:\s+\w+)?\s+(?:{DONE}|have|got)\s+(?:it|them|anything|something|one|that)(?:\s+down)?"
    rf"\s*{_PLACED}",
    r"what\s+(?:do|did|have)\s+(?:i|we|you)(?:\s+(?:have|got|there|on\s+(?:that|it)|about\s+(?:that|it)))*",
    rf"(?:{THOUGHT}\s+)?(?:it|they)\s+{BEING}\s+{_PLACED}",
    rf"(?:is|are)\s+(?:it|they)\s+{_HERE}\s*{_PLACED}",
    r"(?:is|are|was|were|do|does|did|have|has)\s*n['’]?t\s+(?:it|there|they|i|we|you)",
    r"anyone|anybody|somebody|(?:all|both|any|each)\s+of\s+(?:it|them|those)",
    r"(?:any|no)\s+(?:idea|ideas|clue|chance|luck|hits?)(?:\s+where(?:\s+.{1,20})?)?",
    # where it is, and which they are
    rf"where(?:\s+(?:on\s+earth|the\s+heck|exactly))?\s*(?:['’]s|s|\s+(?:is|are|was|were))\s*(?:{_IT}|they)\s*{_PLACED}",
    rf"where\s+(?:did|has|have|could|can)\s+(?:{_IT}|they)\s+(?:go|gone|be|been|end\s+up|get\s+to)\s*{_PLACED}",
    rf"where\s+{MODAL}\s+{PERSON}{ADVERB}\s+(?:have\s+)?{DONE}\s+{_IT}\s*{_PLACED}",
    r"(?:which|what)(?:\s+(?:ones?|files|of\s+(?:them|those)))?(?:\s+(?:are|is)\s+(?:they|it|there|those))?",
)  # fmt: skip
_ASKS = _compile(rf"{SOFTLY}(?:{'|'.join(_ASKING)})\s*")
_SAYS_NOTHING = _compile(
    rf"(?:it\s*(?:['’]s|\s+is)\s+)?{any_of('addresses')}(?:\s+very\s+much)?|thanks(?:\s+a\s+lot)?|thank\s+you(?:\s+very\s+much)?|"
    r"if\s+(?:possible|you\s+(?:can|could|don['’]?t\s+mind|would)|(?:it\s+is|it['’]s)\s+no\s+trouble|that\s+works)|"
    r"good\s+(?:morning|afternoon|evening|day)|dear\s+\w+"
)
_GREETS = _compile(r"thank|good|hello|hi\b|hey\b")
_TELLS = (
    _compile(
        rf"{SOFTLY}(?:{THOUGHT}\s+)?(?:i|we){HAVE}{ADVERB}\s+{DONE}(?:\s+(?:down|up))?\s+{_IT}(?P<more>\s+.+)"
    ),
    _compile(
        rf"{SOFTLY}(?:{THOUGHT}\s+)?(?:(?:it|they|those|these)\s+(?:{BEING}(?:\s+(?:all|both|mostly|only|probably|somewhere|"
        r"either|from|an?))*|(?:came|come|comes|dates?|dated))|(?:it|they)['’](?:s|re)(?:\s+(?:an?|from|somewhere|probably|all))*)\s+"
        r"(?P<more>(?!to\b)\S.*)"
    ),
    _compile(
        rf"{SOFTLY}(?:{THOUGHT}\s+)?(?:(?:namely|specifically|preferably|ideally|exactly)\s+)?(?:the|those|these|that|such)?\s*"
        rf"\b(?:ones?|those|these|that\s+one)(?:\s+(?:which|that)(?:\s+{BEING})?)?"
        r"(?P<more>\s+(?:from|in|of|with|by|since|before|after|under|about|on|dated|edited|changed|created|written|"
        r"made|sent|i\s|we\s).*)"
    ),
    _compile(
        r"(?:(?:and|but|please)\s+)*(?:only|just|preferably|ideally|namely)\s+(?:the\s+|those\s+)?(?P<more>"
        rf"(?:{COUNTED}\s+)?(?:from|in|of|with|by|since|before|after|under)\s.+|\S+)"
    ),
)
_AROUND = (
    _compile(
        r"^(?P<time>(?:between|in|on|last|yesterday|during|this|around|early|late|sometime)\b(?!\s+(?:which|what)\b)[^,]{0,40}?,?\s+)"
        rf"(?:i|we){HAVE}{ADVERB}\s+{DONE}(?:\s+down)?\s+(?P<what>.+)$"
    ),
    _compile(
        rf"^(?:in\s+)?(?:which|what)\s+(?P<what>(?!of\b|{GENERIC}\s+(?:did|have|had|do)\b)(?:\S+\s+){{0,4}}?\S+)\s+(?:did|have|had|do)\s+"
        rf"(?:i|we){ADVERB}\s+{DONE}\b(?!\s+(?:most\s+recently|last)$)(?P<more>(?:\s+.+)?)$"
    ),
    _compile(
        rf"^(?P<what>.+?)\s+(?:{SURELY}|is|are)\s+(?:(?:still|also|lying|stored|kept)\s+)*{_HERE}(?:\s+{_HERE})*\s*{_PLACED}$"
    ),
    _compile(
        rf"^(?P<what>(?!{NUMBER}\s+(?:will|would|is|are)\b).+?)\s+(?:(?:is|are|will\s+be|would\s+be)\s+(?:enough|fine|ok(?:ay)?|sufficient|plenty|needed|missing|great|nice|good|lovely|perfect|helpful|appreciated)|needed|wanted|required|"
        r"will\s+do|would\s+do|suffices?)$"
    ),
    _compile(
        r"^(?P<what>.+?)\s+(?:is|are)\s+what\s+(?:i|we)(?:['’]m|['’]re|\s+am|\s+are)?\s+(?:looking\s+for|searching(?:\s+for)?|"
        r"want|need|after)$"
    ),
    _compile(
        rf"^(?P<what>.*\b{GENERIC})\s+what\s+(?P<more>(?:i|we)\s.+)$"
    ),
)  # fmt: skip
"""What stands around or behind what is looked for, within one clause."""
_EDGE = _compile(r"\s*(?:[;?!]+|[.,](?!\S)|:(?!\S)|\s[-–—]+(?=\s)|—)\s*")
_ABBREVIATED = _compile(
    r"\b(?:vs|dr|prof|mr|mrs|ms|st|no|nr|e\.g|i\.e|approx|ca|vol|ed|al|jan|feb|mar|apr|aug|sept?|oct|nov|dec|\d)$"
)
_SEVERAL = r"(?:(?:all|every|any|some|the|my|our|only|just)\s)"
_GIVES = _compile(rf"{SOFTLY}{SEEKING}(?:\s+{PARTICLE})*\s+(?={_SEVERAL})")
_ASKS_OTHERWISE = _compile(
    r"(?:how|why|when|who|whose|is|are|was|were|do|does|did|can|could|will|would|am|should|shall|if|don['’]?t)\b"
)
_OF_WHICH = _compile(
    rf"(?:{COUNTED}\s+)?(?:from|in|of|with|by|about|on|at|under|since|before|after|between|called|named|dated|edited|changed|created|"
    r"written|made|sent|taken|saved|last|this|yesterday|today|i|we|\d)\b"
)
_NOBODY = _compile(r"(?:you|u|him|her|me|us|it|that|this|them|to|so|not|back)")
_LEADS = _compile(r"(?:find|show|search|look|locate|list|which|what|where|who)\b")


@dataclass(slots=True)
class _Told:
    """What a request tells of what it looks for: `asks` where it says that it looks for it,
    `is_addressed` where it says something to somebody beside."""

    parts: list[str] = field(default_factory=list)
    asks: bool = False
    is_addressed: bool = False


def unwrapped(text: str, targets: Targets) -> str:
    """The request as "find ...", without the clauses round that; itself where it has none."""
    bare = masked(text)
    told = _Told()
    if framed_intents(text) or (intents_of(text) and has_object(text)):
        return text
    for start, end in _clauses(bare):
        _read(text[start:end].strip(), bare[start:end].strip(), told)
    what = ", ".join(told.parts)
    if not told.asks and told.is_addressed and len(told.parts) == 1:
        return told.parts[0]
    if not told.asks or not what or wants_act(text) or _is_else(what, told.parts, targets):
        return text
    return what if _LEADS.match(what) else f"find {what}"


def _clauses(bare: str) -> list[tuple[int, int]]:
    """Where its clauses begin and end."""
    edges = [0]
    for match in _EDGE.finditer(bare):
        if "." in match[0] and _ABBREVIATED.search(bare[: match.start()]):
            continue
        edges += match.span()
    edges.append(len(bare))
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if bare[a:b].strip()]


def _read(said: str, bare: str, told: _Told) -> None:
    """Take in one clause."""
    if _SAYS_NOTHING.fullmatch(bare):
        told.is_addressed = told.is_addressed or _GREETS.match(bare) is None
        return
    if _ASKS.fullmatch(bare):
        told.asks = True
        return
    for pattern in _TELLS if told.parts else ():
        if (match := pattern.fullmatch(bare)) and _narrows(match["more"].strip()):
            told.asks = True
            told.parts.append(said[slice(*match.span("more"))].strip())
            return
    if told.parts and not _LEADS.match(told.parts[0]) and (match := _GIVES.match(bare)):
        told.asks = True
        told.parts.append(said[match.end() :])
        return
    for pattern in _AROUND:
        if match := pattern.match(bare):
            told.asks = True
            groups = [name for name in ("what", "more", "time") if match.groupdict().get(name)]
            said = " ".join(said[slice(*match.span(name))].strip(" ,") for name in groups)
            bare = masked(said)
    rest = peeled(bare)
    told.asks = told.asks or rest != bare
    told.parts.append(said[bare.rindex(rest) :][: len(rest)])


def _narrows(more: str) -> bool:
    """Whether it says of which kind, of when or where: "pdfs", "from May", no "wrong"."""
    return _OF_WHICH.match(more) is not None or words_before_kind(more) is not None


def _is_else(what: str, parts: list[str], targets: Targets) -> bool:
    """Whether something else than to find is asked for, or a file is named."""
    if (
        _NOBODY.fullmatch(what)
        or asks_otherwise(what)
        or orders_act(what)
        or targets.sole_file(parts[0])
    ):
        return True
    paths = [path[0] for part in parts for path in PATH.finditer(masked(part))]
    return any(targets.directory(path) is None for path in paths) or any(
        _ASKS_OTHERWISE.match(part) or (intents_of(part) and has_object(part)) for part in parts
    )
