"""What people tell beside an order, and it says nothing of the act: "The team is done with q3.docx,
so lock it down", "add flour to the list, we are out of it".

A request is cut into clauses. A clause is let go where it only tells something: it states, has
nothing that could limit an act, orders nothing, names no file but what the order is on, and is
nearer to what people tell beside an order than to what limits one (`data/stories.en.toml`). All
else stays, and must be understood. Pure but for asking `Names` and the embedding model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from ..english.imperative import verb_of
from ..english.mood import has_condition, is_negated
from ..english.politeness import plain
from ..names.targets import Targets
from ..request.data import load
from ..request.quoting import is_quotable, masked, quoted
from ..times.dates import find_span
from .parts import Part, blanked, parts_of
from .refusals import CORRECTED
from .words import asked_by, words_of

Nearness = Callable[[str], Sequence[tuple[str, float]]]
"""How near a clause is to each kind of them: (kind, probability), nearest first."""

GOING_BACK = frozenset({"undo", "redo", "rollback", "restore"})
MOST_CLAUSES = 8
LIKE_A_STORY = 0.6
"""The probability that a clause needs to be let go."""
SURELY_A_STORY = 0.9
"""What it needs before a colon: "the note reads like this: delete it"."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is left of a request; `only`: the operations that it must ask for, None: any."""

    text: str
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause, the marks around it, and that it is a `story` (on what it names), or a `regret`."""

    text: str
    mark: str
    after: str = ""
    kind: str = ""
    named: tuple[Part, ...] = ()


def without_stories(text: str, targets: Targets, now: datetime, near: Nearness) -> Iterator[Order]:
    """The orders that are left without what only tells something; "it" is the one thing that this
    names."""
    order = _without_what_goes_without_saying(_ASKED.sub(r"\1. ", text))
    if CORRECTED.search(masked(order.text)):
        return
    clauses = [_told(clause, targets, now, near) for clause in _clauses(order.text)]
    stories = [clause for clause in clauses if clause.kind]
    if stories and len(stories) < len(clauses):
        rest = _joined([clause for clause in clauses if not clause.kind])
        regrets = any(clause.kind == "regret" for clause in stories)
        only = _both(order.only, GOING_BACK if regrets else None)
        yield from (Order(said, only) for said in _on_what_was_named(rest, stories, targets))
    elif order.text != text:
        yield order


_ASKED = re.compile(r"(\b(?:can|could|would|will)\s+(?:you|u|ya|we)\b[^?\"“'‘`]*)\?\s+(?=\w)", re.I)
"""An order by its form, with more after it."""


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return other if one is None else one if other is None else one & other


# -- what goes without saying ----------------------------------------------------------------------


@lru_cache(maxsize=1)
def _unsaid() -> dict[str, re.Pattern[str]]:
    return {
        operation: re.compile("|".join(patterns), re.I)
        for operation, patterns in load("likely")["unsaid"].items()
    }


def _without_what_goes_without_saying(text: str) -> Order:
    """The request without what an operation does anyhow: a copy leaves the original."""
    for operation, pattern in _unsaid().items():
        match = pattern.search(masked(text))
        if match is not None:
            rest = f"{text[: match.start()]} {text[match.end() :].lstrip(' ,;')}".strip(" ,;-")
            return Order(rest, frozenset(operation.split("_or_")))
    return Order(text)


# -- clauses ---------------------------------------------------------------------------------------

_EDGE = re.compile(
    r"\s*[,;.!–—]+\s+(?:(?:so|and|then|hence|therefore|but(?=\s+(?:please|would|could|can|will)\b))\b,?\s+)?(?!(?:and|or)\b)|\s+-+\s+|\s*:\s+|\s*\n\s*|"
    r"\s+(?:and\s+)?so\s+(?=please|would|could|can|(?P<verb>(?!(?:i|we|he|she|they|my|it|that|you|the|nobody|everybody|everyone|others)\b)\w+))|\s+(?=(?:because|so\s+that|so\s+(?:i|we|he|she|they|my|it)|since\s+(?:i|we|he|she|it|they|"
    r"the|my)|as\s+(?:i|we|he|she|they))\b)",
    re.I,
)  # fmt: skip


CLAUSE_EDGE = re.compile(rf"{_EDGE.pattern}|\?\s+", re.I)
"""Where a clause may begin, a question's end as well."""


def _clauses(text: str) -> list[_Clause]:
    """The clauses of a request, at most `MOST_CLAUSES`: else it is one."""
    edges = [
        edge
        for edge in _EDGE.finditer(masked(text))
        if edge["verb"] is None or asked_by(edge["verb"].casefold())
    ]
    if len(edges) >= MOST_CLAUSES:
        return [_Clause(text, "")]
    starts = [0, *(edge.end() for edge in edges)]
    ends = [*(edge.start() for edge in edges), len(text)]
    marks = ["", *(edge[0] for edge in edges)]
    found = zip(starts, ends, marks, [*marks[1:], ""], strict=True)
    return [_Clause(text[a:b], mark, after) for a, b, mark, after in found if text[a:b].strip()]


def _joined(clauses: Sequence[_Clause]) -> str:
    first, *others = clauses
    return first.text + "".join(f"{clause.mark}{clause.text}" for clause in others)


_STATES = re.compile(
    r"\b(?:is|are|was|were|am|has|have|had|i|we|he|she|they|you|since|because|so|need|needed|says?|wants?|"
    r"keeps?|loves?|hates?|likes?|thinks?|comes?|needs|works?|thanks?|thank|sorry|\w{2,}ed|made|took|came|went|gave|kept|"
    r"bought|sold|left|wrote|told|found|lost|ran|got|broke|sent|paid|met|saw|began|forgot|quit|died|won|fell|"
    r"hope|good\s+(?:morning|evening|day|afternoon))\b|['’](?:s|m|re|ve|d)\b|"
    r"\b(?:it|that|this|he|she|nobody|everybody|everyone|somebody|someone)\s+(?:\w+ly\s+|always\s+|never\s+|only\s+)?\w{2,}s\b|"
    r"^\W*(?:my|our|his|her|the)\s+\w+\s+(?:\w+ly\s+|always\s+|never\s+)?(?!(?:photo|picture|image|file|document|pdf|paper|note|letter|"
    r"video|song|folder|report|invoice|one|recipe|e?mail|spreadsheet|slide)s\b)\w{3,}s\s+\w",
    re.I,
)
_NO_NEED = re.compile(
    r"\b(?:no longer|not|never|no more|don['’]?t|do not|isn['’]?t|is not|nobody|no one)\s+"
    r"(?:needed|wanted|need|needs|required|uses?|used|reads?|wants?)\b"
    r"(?:\s+(?:it|that|this))?(?:\s+(?:any\s?(?:more|longer)|anyway))?|"
    r"\b(?:need|needed|want|wanted)\s+(?:it\s+)?no\s+(?:more|longer)\b|\bno\s+use\s+for\b",
    re.I,
)
_NO_REGRET = re.compile(
    r"\bshould\s+have\b|\b(?:did\s?n['’]?t|did\s+not|never)\s+(?:mean|want)\b|"
    r"\b(?:was|is)(?:\s?n['’]?t|\s+not)\s+(?:what|the\s+right)\b|"
    r"\bwas(?:\s?n['’]?t|\s+not)\s+(?:thinking|paying\s+attention)\b|"
    r"\bshould(?:\s?n['’]?t|\s+not|\s+never)\s+have\b",
    re.I,
)
_KEEPS = re.compile(r"\bkeeps?\s+(?=\w+ing\b)", re.I)
_ALL_DAY = re.compile(r"\ball\s+(?:the\s+time|day|week|night|year|along)\b|\bat\s+all\b", re.I)
_REPORTS = re.compile(
    r"\b(?:says?|said|told|asked|wants?|thinks?)\s+(?!.*\b(?:says?|type|write|tell|ask|you|to\s+(?:do|be))\b)(?=\w+\W+\w)",
    re.I,
)
"""That somebody said something, which is said there as well: "my wife says it is silly"."""
_VERBS_OF_STORIES = frozenset({"made", "need", "call", "calls", "go", "gone", "going"})
_NOUN = re.compile(
    r"\b(?:the|a|an|my|our|your|his|her|this|that|wrong|right|same|old|any|one|no)\s+(?:\w+\s+)?$",
    re.I,
)
_IS_DONE = re.compile(r"\w+ed\b(?!\s+(?:it|them|that|this|these|those|\0))", re.I)


def _told(clause: _Clause, targets: Targets, now: datetime, near: Nearness) -> _Clause:
    """The clause, with its kind where it only tells something."""
    said = clause.text
    if verb_of(plain(said)) is not None:
        return clause
    if _INTERJECTION.fullmatch(said):
        return replace(clause, kind="story")
    named = _named(said, targets)
    bare = blanked(said, named)
    if not _only_tells(re.sub(r"\0+", "it", bare)) or any(
        part.path is None or not is_quotable(part.path) for part in named
    ):
        return clause
    if _is_of_another_time(bare, now):
        return clause
    if named and (_MAY_ORDER.search(bare) or _acts(bare)):
        return clause
    least = SURELY_A_STORY if ":" in clause.after and not named else LIKE_A_STORY
    kind = _kind(re.sub(r"\0+", "file.txt", _NO_NEED.sub("needed", bare)), near, least)
    return replace(clause, kind=kind, named=tuple(named))


_INTERJECTION = re.compile(
    r"\W*(?:(?:oh\s+no|hey|hi|hiya|hello|oh|ah|um+|uh+|er+m?|well|ok(?:ay)?|right|so|dear|mate|darling|love|please|thanks|thank\s+you|ta|"
    r"cheers|yes|yeah|yep|sure|damn|oops|ugh|argh|lol|haha|wow|phew|sorry|gosh|jeez|omg)\W*)+",
    re.I,
)


def _named(clause: str, targets: Targets) -> list[Part]:
    """The names in a clause; a word that is a verb as well is none without marks."""
    return [
        part
        for part in parts_of(clause, targets, frozenset())
        if not part.is_text and (part.is_quoted or verb_of(part.said) is None or "." in part.said)
    ]


def _only_tells(clause: str) -> bool:
    """Whether a clause states something, and neither limits an act nor asks for one."""
    bare = _NO_REGRET.sub(" was wrong ", _NO_NEED.sub(" needed ", masked(clause)))
    bare = _ITS_STATE.sub(" it is bad ", _ALL_DAY.sub(" ", bare))
    bare = _REPORTS.sub(" found ", _KEEPS.sub(" is ", bare))
    words = set(re.findall(r"[^\W\d_]+", bare.casefold()))
    verbs = {verb for verb, end in _acts(bare) if not _IS_DONE.match(bare, end - len(verb))}
    return (
        _STATES.search(bare) is not None
        and not (is_negated(bare) or has_condition(bare) or words & words_of("stays"))
        and not _TURNS.search(bare)
        and not (_DEPENDS.match(bare) or _OBLIGES.search(clause) or _OPEN_END.search(bare))
        and not verbs
    )


_TURNS = re.compile(
    r"\b(?:against|back|mistake|jok\w+|kidding|refus\w+|object\w+|disagree\w*|forb\w+|decid\w+|pending|"
    r"approval|encrypt\w*|password|access|links?|ones|mine|pdfs|files|photos|notes|renamed|named|called|"
    r"shouted|screamed|dreamt|dreamed)\b",
    re.I,
)
"""What speaks against the order, or of its other ends."""


def _acts(bare: str) -> list[tuple[str, int]]:
    """The verbs of acts, each with where it ends; none where it is a noun there."""
    return [
        (word[0].casefold(), word.end())
        for word in re.finditer(r"[^\W\d_]+", bare)
        if asked_by(word[0].casefold()) and not _NOUN.search(bare[: word.start()])
        and word[0].casefold() not in _VERBS_OF_STORIES
    ]  # fmt: skip


_ITS_STATE = re.compile(
    r"^\W*(?:so\s+|because\s+|since\s+|as\s+)?(?:(?:it|that|this|this\s+one|that\s+one|he|she|they|nobody|no\s+one|"
    r"(?:my|the|our|his|her)\s+\w+)\s+(?:(?:does|did|is|was|wo|has|have|are|were|can|could)(?:\s?n['’]?t|\s+not)|can\s+never|never)|"
    r"(?:it|that)['’]s\s+not|i\s+(?:(?:can\s+)?never(?!\s+sa)|(?:can['’]?t|cannot|could\s?n['’]t)\s+(?:stand|bear|remember|find|"
    r"read|open|see|use)|am\s+not\s+(?:good|very|so)))\s+(?:any\s+)?",
    re.I,
)
"""A negation that only states: "it doesn't compile"."""
_MAY_ORDER = re.compile(
    r"\b(?:can|could|may|might|should|shall|must|will|would|goes?|belongs?|to\s+be|wish\w*|please)\b",
    re.I,
)
_OBLIGES = re.compile(
    r"\b(?:has|have|had|got|needs|ought|going|about|supposed|gonna)\s+to\b|\b(?:it|this|that)\s+needs\b|"
    r"(?:n['’]t|\bnot)\s+(?:\w+\s+)?(?:yet|finished|done|ready|final|certain|sure|decided|complete|over|true|allowed)\b",
    re.I,
)
_OPEN_END = re.compile(
    r"^(?!.*\b(?:where|what|who|how)\s+\w+\s+\w+\W*$).*\b(?:is|are|was|were|has|have|heard|hear|says?|said|told|to)\W*$|"
    r"^\W*(?:says?|said|told|wrote)\b", re.I | re.S,
)  # fmt: skip
"""What it states is said after it."""
_DEPENDS = re.compile(
    r"\W*(?:and\s+)?(?:but|who|whose|why|where|which|what(?!\s+an?\b)|in\s+case|once|provided|providing|assuming|supposing|given|as\s+(?:long|soon|far)|"
    r"whe(?:n|re|ther)\w*|whatever|whichever|however|though|although|lest|if|unless|until|till|after|"
    r"before|the\s+(?:moment|minute|day)|by\s+the\s+time|is|are|was|were|has|have|had|do|does|did|"
    r"will|would|can|could|should|shall|may|might|must)\b",
    re.I,
)
"""It sets a condition, or asks."""


_PRESENT = re.compile(
    r"\b(?:today|now|these days|nowadays|at the moment|this (?:year|month|week))\b", re.I
)
_PAST = re.compile(
    r"\b(?:was|were|had|did|\w{2,}ed|made|took|came|went|gave|kept|bought|sold|left|wrote|told|found|lost|ran|got|"
    r"broke|sent|paid|met|saw|began|forgot|quit|died|won|fell|been|muddled|last|ago)\b",
    re.I,
)


def _is_of_another_time(bare: str, now: datetime) -> bool:
    """Whether it has a number, or a time that is not past."""
    bare = _PRESENT.sub(" ", bare)
    span = find_span(bare, now)
    if span is None:
        return re.search(r"\d", bare) is not None
    rest = bare[: span.start] + bare[span.end :]
    is_past = span.before is not None and span.before <= now and _PAST.search(bare) is not None
    return not is_past or re.search(r"\d", rest) is not None


_CHANGED_MIND = re.compile(r"\bchanged\s+(?:my|our)\s+minds?\b", re.I)


def _kind(clause: str, near: Nearness, least: float) -> str:
    """What a clause is: "story", "regret", "" where it may be neither."""
    if _CHANGED_MIND.search(clause):
        return "regret"
    share = dict(near(clause))
    if share["story"] + share["regret"] < least:
        return ""
    return "story" if share["story"] > share["regret"] else "regret"


# -- on what ---------------------------------------------------------------------------------------

_MEANS = re.compile(
    r"\bmess\s+of\b|\b(?:done|finished|through|happy|work)\s+(?:with|on)\b|\buse\s+for\b|"
    r"\b(?:wait|ask|look|call)\w*\s+(?:for|about)\b",
    re.I,
)
_NOUNS = "|".join(sorted(words_of("nouns"), key=len, reverse=True))
_IT = re.compile(
    rf"\b(?:it|(?:that|this|the)\s+(?:one|{_NOUNS})|that|this)\b(?!\s+(?:called|named|['\"\0]))",
    re.I,
)
BARE_VERB = re.compile(
    r"(?P<verb>(?:^|(?<=[,;]\s)|(?<=\bthen\s)|(?<=\band\s))(?:please\s+)?(?:move|copy|put|rename|lock|unlock|delete|remove|link|share|"
    r"archive|duplicate))(?=\s+(?:it\s+)?(?:to|into|in|as|under|until|for)\b|\s*(?:$|[,;.]|\band\b|\bthen\b))",
    re.I,
)
"""A verb without what it acts on: "lock", "copy to archive"."""
_VERSION = re.compile(r"\bversions?\b(?!\s+of\b)", re.I)


def _on_what_was_named(order: str, stories: Sequence[_Clause], targets: Targets) -> Iterator[str]:
    """The order with the name of what was told of in place of "it"; itself where it names that."""
    paths = {part.path for clause in stories for part in clause.named}
    own = {part.path for part in parts_of(order, targets, frozenset())}
    if paths <= own:
        yield order
    elif len(paths) == 1 and all(_is_meant(clause) for clause in stories if clause.named):
        name = quoted(paths.pop() or "")
        if it := _IT.search(masked(order)):
            yield f"{order[: it.start()]}{name}{order[it.end() :]}"
        elif not own and (version := _VERSION.search(masked(order))):
            yield f"{order[: version.end()]} of {name}{order[version.end() :]}"
        elif verb := BARE_VERB.match(masked(order)):
            yield f"{order[: verb.end()]} {name}{order[verb.end() :]}"


def _is_meant(clause: _Clause) -> bool:
    """Whether a statement is on the one thing that it names, and not on something of it."""
    (part, *others) = clause.named
    rest = blanked(clause.text, clause.named)
    return not others and (part.role == "object" or _MEANS.search(rest) is not None)
