"""Words as people shorten them while they type in a hurry, at length: "mv draft.txt 2 old n lock it
pls" is "mv draft.txt to old and lock it please".

The words stand in `data/texting.toml`. What is quoted, a path, a name of the tree, a text that is
written into a file and a name that is given stay as they are. Pure but for asking `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from ..names.targets import Targets
from ..request.data import load
from ..request.nouns import COUNTED
from ..request.quoting import blanked_names, masked
from ..times.days import MONTH, WEEKDAY
from ..times.numbers import NUMBER
from ..times.spelt_out import in_digits
from ..times.units import UNIT
from .imperative import any_of, table, verb_of
from .politeness import plain
from .spelling import is_sure, unit_slips, verb_slips, word_slips

Span = tuple[int, int]

_TOKEN = r"(?<![\w./'’@#-]){}(?![\w/'’@-]|\.\w)"
_SHORT = re.compile(
    r"(?<!\S)(?:[24nw&]|b4|too|ot|form|w/o?|b/w|vers?|prev|wks?|mths?|yrs?)(?![\w/'’@-]|\.\w)", re.I
)
"""Words that have other meanings, too: what stands around them decides."""
_NOUN = rf"(?:{COUNTED}|versions?|vers?|revisions?|steps?|saves?|edits?|changes?|{UNIT})\b"
_COUNTING = re.compile(
    r"(?:the|these|those|this|that|them|all|any|my|our|your|top|first|last|next|newest|oldest|latest|"
    r"largest|biggest|smallest|versions?|vers?|share|number|no|step|undo|redo|action|by|than|least|most|"
    r"only|just|exactly|id|and|or|page|chapter|part|lecture|week|unit|volume|exercise|lesson|to|as|into)$",
    re.I,
)
"""What stands before a number that counts or tells things apart."""
_TOWARDS = re.compile(r"\s(?:to|into|in|as|onto|under|inside|called|named)\s", re.I)
_PLACING = frozenset(
    "move mv put copy cp rename add append send bring place transfer shift set roll revert restore "
    "reset return link take write drop throw chuck toss store stick call name turn rollback "
    "symlink dump tuck pop shove stash get go change".split()
)  # fmt: skip
_THERE = re.compile(
    rf"(?:(?:my|the|our|your|a\s+new|its|this|that)\s+(?!{_NOUN})\w|how\s|before\s|yesterday\b|"
    r"ver(?:sion)?\s+#?\d|(?:prev|previous)\s+(?!vers\b|\w+s\b)\w|last\s+(?!\w+s\b)\w)",
    re.I,
)
""" "2 the old version", where no number could stand."""
_FOR = re.compile(
    rf"(?:\0|(?:me|us|my|the|our|your|a|an|uni|school|work|home|mum|mom|dad|now)\b(?!\.\w)|(?:\d+|an?|one|two|"
    rf"three)\s+{UNIT})",
    re.I,
)
_MADE = re.compile(r"\b(?:folder|directory|dir|file|note|list|group)$", re.I)
_GIVEN = re.compile(
    r"\b(?:called|named|titled|(?:call|name)\s+(?:it|that|this))\s+(?P<name>.+?)"
    r"(?=$|[,;.]|\s+(?:and|n|&|then|in|inside|under|pls|plz|please|thx|thanks)\s)",
    re.I,
)
_RENAMED = re.compile(r"\b(?:rename|retitle)\b.+?\s(?:to|as|into)\s+(?P<name>[^,;]+)", re.I)
_NOTES = re.compile(r"(?:add|append|jot|note|write)\b", re.I)
_GOES_TO = re.compile(r"\s(?:to|on|onto|into|in2|on2|in|2|at)\s", re.I)
_ONE_VERSION = re.compile(
    r"(?:prev|previous|last|older|old|earlier|latest|this|that|which|first|one|1|an?)\s*$", re.I
)
_BETWEEN = re.compile(r"(?:the\s+)?(?:last|two|2|both|these|those|versions?|old)\b|\0", re.I)


def at_length(text: str, targets: Targets) -> str:
    """The request with its shortened words at length."""
    text = _with_verbs(_swapped(text, "always", targets), targets)
    if verb := _ordering(text):
        text = _mended(_swapped(text, "orders", targets), targets)
    return _in_digits(_pieces(text, targets, verb))


def _in_digits(text: str) -> str:
    """The request with the dates and times of day that are spelt out."""
    kept = _kept(text)
    for start, end, digits in sorted(in_digits(blanked_names(text)), reverse=True):
        if not _is_kept((start, end), kept):
            text = f"{text[:start]}{digits}{text[end:]}"
    return text


def _ordering(text: str) -> str:
    """The verb by which it orders something, "need" of what is wished for, "" where it does not."""
    order = plain(text)
    if wish := _WISH.match(order):
        return wish[1].casefold()
    verb = verb_of(order) or ""
    return verb if table("verbs").get(verb) or verb in _HANDING else ""


_WISH = re.compile(r"(?:i\s+)?(need|want)\b", re.I)
_HANDING = frozenset("give get send take set change turn provide pop stash shove tuck".split())


@lru_cache(maxsize=4)
def _words(name: str) -> re.Pattern[str]:
    return re.compile(_TOKEN.format(f"(?:{any_of(load('texting')[name])})"), re.I)


def _swapped(text: str, name: str, targets: Targets) -> str:
    """The request with the words of a table at length."""
    known = load("texting")[name]
    pattern = _words(name)
    if not pattern.search(text):
        return text
    kept = _kept(text)
    for match in reversed(list(pattern.finditer(blanked_names(text)))):
        word = " ".join(match[0].casefold().split())
        if not _is_kept(match.span(), kept) and not targets.knows(match[0]):
            text = f"{text[: match.start()]}{known[word]}{text[match.end() :]}"
    return text


def _kept(text: str) -> list[Span]:
    """Where a text or a new name stands."""
    bare = blanked_names(text)
    kept = [match.span("name") for match in (*_GIVEN.finditer(bare), *_RENAMED.finditer(bare))]
    order = plain(bare)
    if words := _WORD_FOR_WORD.match(order):
        at = bare.find(order)
        kept += [(at + words.start("words"), at + words.end("words"))]
    start = bare.find(order) if _NOTES.match(order) else -1
    if start >= 0:
        ends = [match.start() for match in _GOES_TO.finditer(bare)]
        kept += [(start, ends[-1])] if ends else []
    return kept


_WORD_FOR_WORD = re.compile(
    r"(?:replace|substitute|swap|change|correct|exchange)\s+"
    r"(?P<words>\S+\s+(?:with|by|for|to|into|and)\s+\S+)",
    re.I,
)
""" "Replace pls with please": both are texts."""


def _is_kept(span: Span, kept: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in kept)


def _with_verbs(text: str, targets: Targets) -> str:
    """The request with the verbs of its orders at length, and spelt right."""
    verbs = load("texting")["verbs"] | verb_slips()
    start = max(text.find(plain(text)), 0)
    for match in reversed(list(_LEADS.finditer(masked(text), start))):
        word, before = match[0].casefold(), text[start : match.start()]
        if word not in verbs or not (match.start() == start or _JOINED.search(before)):
            continue
        led_by = (_ON, _ON_IT) if before else (_ON,)
        is_led = any(pattern.match(text, match.end()) for pattern in led_by)
        is_sure_alone = not before and word in verb_slips() and is_sure(word)
        if (is_led or is_sure_alone) and not targets.knows(match[0]):
            text = f"{text[: match.start()]}{verbs[word]}{text[match.end() :]}"
    return text


_LEADS = re.compile(r"(?<!\S)[a-z]{2,12}(?=\s+\S)", re.I)
_ON = re.compile(
    r"\s+(?:the|my|our|me|an?|all|every|each|both|this|that|name|[\"'“‘`]|[\w./-]+\.\w{1,5}\b)",
    re.I,
)
"""What an order goes on with: there a short word is its verb."""
_ON_IT = re.compile(r"\s+(?:it|them|those|these)\b", re.I)
_JOINED = re.compile(r"(?:[,;.]|\b(?:and|n|then|&))\s*$", re.I)


def _mended(text: str, targets: Targets) -> str:
    """The order with slips mended in the words that hold it together."""
    if _WORDS_FOR_WORDS.match(plain(text)):
        return text
    slips, kept = word_slips(), _kept(text)
    for match in reversed(list(_WORD.finditer(blanked_names(text)))):
        before = text[: match.start()]
        is_counted = _NUMBERED.search(before) is not None
        word = unit_slips().get(match[0]) if is_counted else slips.get(match[0])
        if word is None or _is_kept(match.span(), kept) or targets.knows(match[0]):
            continue
        is_name = _NAMES.search(before) and not _STATE.match(text, match.end())
        if not is_name or word in ("called", "named"):
            text = f"{text[: match.start()]}{word}{text[match.end() :]}"
    return text


_WORD = re.compile(r"(?<![\w./'’@#\0-])[a-z]{3,12}(?![\w/'’@\0-]|\.\w)")
_WORDS_FOR_WORDS = re.compile(r"(?:replace|substitute|swap|change|correct|fix)\s+[^\"'“‘`]*$", re.I)
_NAMES = re.compile(
    r"\b(?:to|into|in|inside|under|as|called|named|titled|by|from|of|folder|directory|file|group)\s+$",
    re.I,
)
"""What follows is rather a name."""
_NUMBERED = re.compile(rf"(?<!\w)(?:{NUMBER}|few)\s+$", re.I)
_STATE = re.compile(r"\s+(?:v\w{2,4}s?i?\w?o?n?s?|state|one|week|month|year|night)\b", re.I)


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands before and after a short word, names blanked, and the verb of the order."""

    before: str
    after: str
    verb: str
    targets: Targets

    def names_something(self) -> bool:
        """Whether what follows is, or begins with, a name of the tree."""
        words = re.findall(r"\S+", self.after)[:3]
        said = (" ".join(words[:count]).strip(".,;!?") for count in range(len(words), 0, -1))
        return self.after.startswith("\0") or any(self.targets.knows(name) for name in said)


def _pieces(text: str, targets: Targets, verb: str) -> str:
    """The request with "2", "n", "w/" and the like at length, where they are meant so."""
    for match in reversed(list(_SHORT.finditer(text))):
        bare = _blanked(text, targets)
        if "\0" in bare[slice(*match.span())] or _is_kept(match.span(), _kept(text)):
            continue
        around = _Around(
            bare[: match.start()].rstrip(), bare[match.end() :].lstrip(), verb, targets
        )
        if word := _PIECES[match[0].casefold()](around):
            text = f"{text[: match.start()]}{word}{text[match.end() :]}"
    return text


def _blanked(text: str, targets: Targets) -> str:
    """The request with its names blanked, as long as before."""
    bare = blanked_names(_SLASHED.sub(lambda match: match[0].replace("/", "|"), text))
    for span, _ in targets.mentioned(text):
        if not _SLASHED.fullmatch(span.text) or targets.is_there(span.text):
            bare = f"{bare[: span.start]}{chr(0) * (span.end - span.start)}{bare[span.end :]}"
    return bare


_SLASHED = re.compile(r"(?<!\S)(?:w/o?|b/w)(?!\S)", re.I)


def _two(around: _Around) -> str | None:
    """ "2" as "to": before where something goes, and no number."""
    if _WANTS.search(around.before) and table("verbs").get(verb_of(around.after) or ""):
        return "to"
    if _LINKED.search(around.before) and around.after.startswith("\0"):
        return "to"
    if around.verb not in _PLACING or _COUNTING.search(around.before):
        return None
    clause = _NEXT.split(around.after, maxsplit=1)[0]
    if not around.before[len(around.verb) :].strip(" ,") or _TOWARDS.search(clause):
        return None
    renames = around.verb in ("rename", "call", "name") and not _TOWARDS.search(around.before)
    is_place = around.names_something() or _THERE.match(around.after)
    return "to" if is_place or (renames and around.before.endswith("\0")) else None


_WANTS = re.compile(r"\b(?:need|want|have|going|like|got)$", re.I)
_NEXT = re.compile(r"[,;&]|\b(?:and|n|then)\b", re.I)
_LINKED = re.compile(r"\b(?:links?|url|access)$", re.I)


def _too(around: _Around) -> str | None:
    """ "plan.md too archive"."""
    return _two(around) if around.names_something() else None


def _form(around: _Around) -> str | None:
    """ "X1.txt form Z1"."""
    is_between = around.before.endswith("\0") or _THINGS.search(around.before)
    return "from" if around.verb and is_between and around.names_something() else None


_THINGS = re.compile(rf"(?:{COUNTED}|everything|all)$", re.I)


def _four(around: _Around) -> str | None:
    """ "4" as "for": before whom, what or how long something is for."""
    if not around.verb or around.verb in _ENDING or _COUNTING.search(around.before):
        return None
    is_made = _MADE.search(around.before) and re.match(r"[a-z]", around.after)
    return "for" if is_made or _FOR.match(around.after) else None


def _and(around: _Around) -> str | None:
    """ "n" between two things of an order, or two names."""
    names = around.before.endswith("\0") and around.after.startswith("\0")
    words = re.search(r"[\w\0]{2}[\"'”’]?[,;]?$", around.before) and re.match(
        r"[\"'“‘]?(?:[^\W\d]|\0){2}", around.after
    )
    verb = verb_of(around.after) or ""
    goes_on = table("verbs").get(verb) and _ON_IT.match(around.after, len(verb))
    return "and" if names or ((around.verb or goes_on) and words) else None


def _with(around: _Around) -> str | None:
    return "with" if around.verb and re.match(r"[^\W\d]{2}|\0", around.after) else None


def _always(word: str, follows: re.Pattern[str]) -> Callable[[_Around], str | None]:
    return lambda around: word if follows.match(around.after) else None


def _version(around: _Around) -> str | None:
    is_one = _ONE_VERSION.search(around.before) or re.match(r"#?\d", around.after)
    return "version" if is_one else None


def _versions(around: _Around) -> str | None:
    is_one = _ONE_VERSION.search(around.before) and not _SOME.search(around.before)
    return "version" if is_one else "versions"


_SOME = re.compile(rf"(?<!\w)(?!1\b|one\b){NUMBER}\s+\w+$", re.I)
""" "2 prev vers"."""


def _unit(word: str) -> Callable[[_Around], str | None]:
    return lambda around: word if _BEFORE_UNIT.search(around.before) else None


_BEFORE_UNIT = re.compile(
    rf"(?<!\S)(?:this|last|next|past|previous|prev|per|a|{NUMBER})(?:\s+(?:few|couple\s+of))?$",
    re.I,
)
_TIME_SAID = re.compile(
    rf"(?:(?:19|20)\d\d|\d{{1,2}}[./:]|\d{{1,2}}\s*[ap]m|{MONTH}|{WEEKDAY}|last|this|yesterday|today|noon|lunch|(?:the\s+)?\d)\b",
    re.I,
)
_ANY = re.compile(r"\S")
_ENDING = frozenset("close unshare revoke end stop cancel undo redo delete remove kill".split())
_PIECES: dict[str, Callable[[_Around], str | None]] = {
    "2": _two, "too": _too, "ot": _too, "form": _form, "4": _four, "n": _and,
    "&": _and, "w": _with, "w/": _always("with", _ANY),
    "w/o": _always("without", _ANY), "b/w": _always("between", _BETWEEN),
    "b4": _always("before", _TIME_SAID), "ver": _version, "vers": _versions,
    **{f"{short}{s}": _unit(f"{unit}{s}")
       for short, unit in (("wk", "week"), ("mth", "month"), ("yr", "year")) for s in ("", "s")},
    "prev": _always("previous", re.compile(r"(?:version|vers?|one|state|revision)\b", re.I)),
}  # fmt: skip
