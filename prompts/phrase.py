"""A request as text: quotes, paths, politeness, negation. Pure functions, any thread."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

QUOTED = re.compile(
    r"\"([^\"]*)\"|“([^”]*)”|(?<!\w)'((?:[^']|'(?=\w))*)'(?!\w)|‘([^’]*)’|«([^»]*)»|「([^」]*)」|"
    r"`([^`]*)`"
)
"""A quoted text in any of the usual marks; an apostrophe within a word is no mark."""

PATH = re.compile(
    r"(?<![\w.@/~])(?:~?/)?(?:[\w\udc80-\udcff.@+()#-]+/)+(?:[\w\udc80-\udcff.@+()#-]*[\w\udc80-\udcff)])?|"
    r"(?<![\w.@/~-])/[\w\udc80-\udcff.@+-]+|"
    r"(?<![\w\udc80-\udcff@/-])(?<!\d:)(?!(?<=\d\s)[ap]\.m\b)[A-Za-z0-9_\u00c0-\uffff][\w\udc80-\udcff@+()#-]*(?:\.[\w\udc80-\udcff-]+)*\.(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{1,8}(?![\w/])|"
    r"(?<![\w.@/~-])(?<!\b[Aa]ll\s)(?<!\b[Ee]very\s)(?<!\b[Aa]ny\s)(?<!\b[Ee]ach\s)\.[a-z][\w.-]+(?![\w.-])"
    r"(?!\s+(?:files?|images?|photos?|pictures?|documents?|videos?|ones?)\b)"
)
"""What looks like a file: a word with a slash in it, or one that ends in an extension."""

_LANGUAGES = (
    "english german french spanish italian portuguese dutch swedish norwegian danish finnish "
    "polish czech russian ukrainian greek turkish arabic hebrew persian hindi bengali urdu "
    "chinese mandarin cantonese japanese korean vietnamese thai indonesian malay hungarian "
    "romanian bulgarian croatian serbian latin catalan"
).split()
CHINESE_LANGUAGES = {
    "英文": "English",
    "英语": "English",
    "中文": "Chinese",
    "日文": "Japanese",
    "德文": "German",
    "法文": "French",
}
LANGUAGE = re.compile(
    rf"\b(?:{'|'.join(_LANGUAGES)})\b|{'|'.join(CHINESE_LANGUAGES)}", re.IGNORECASE
)
"""The name of a human language."""

_POLITE = re.compile(
    r"^(?:would you mind\s+|gimme\s+|hi there[\s,]+|may i (?:see|have|get)\s+|"
    r"is it possible to (?=(?:see|find|show|list|search)\b)|i was wondering (?:whether|if)\s+|"
    r"(?:hey|hi|hello|ok|okay|so|well|now|oh|lsfs|please|plz|pls|kindly|just|quickly|now|"
    r"then)\b[\s,!]*|"
    r"(?:can|could|would|will) (?:you|u|we)(?: (?:please|plz|pls|kindly|maybe|also|just))*\s+|"
    r"(?:plz|please|pls) can (?:you|u)\s+|can i (?:get|have|see)\s+|"
    r"i(?:'d| would) like (?:you )?to\s+|i (?:want|need) (?:you )?to\s+|i wanna\s+|we (?:want|"
    r"need|have) to\s+|i have to\s+|let'?s\s+|"
    r"would you mind\s+|(?:please )?go ahead and\s+|would you be (?:so kind as|able|willing) to\s+|"
    r"i(?:'d| would) (?:appreciate it|be (?:grateful|glad|happy)) if you (?:could|would)\s+|"
    r"it would be (?:nice|great|good|lovely|helpful) if you (?:could|would)\s+|"
    r"(?:do me a favou?r|be a dear)(?: and|,|:)\s+|(?:make sure|remember|be sure) to\s+|"
    r"be so kind (?:as to|and)\s+|help me (?:to )?|(?:请|麻烦|帮我|你能)+)",
    re.IGNORECASE,
)
_POLITE_END = re.compile(
    r"[\s,]*\b(?:please|plz|pls|thanks|thank you|thx|for me|if you can|would you|asap)\s*[.!?]*$",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:do not|don'?t|dont|never|must not|mustn'?t|should not|shouldn'?t|cannot|can'?t you "
    r"not|no longer want)\b"
    r"(?! (?:have|know|remember|need|want to keep|mean|think|find|care|see))|不要|别|不能|勿",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"^\W*(?:should (?:i|we)|shall (?:i|we)|what (?:would|will|happens|if)|what'?s the "
    r"(?:risk|danger)|"
    r"is it (?:safe|ok|okay|wise|a good idea|possible)|may i|am i allowed|would it be|do you "
    r"think|how (?:do|can|would) i|"
    r"should\b|shall\b|why (?:did|was|were|is|are)|did (?:i|you|we)|have you|was it you|"
    r"do i (?:really "
    r")?(?:need|have) to|are you going to|"
    r"(?:can|could|may|might|must|does|do|did|has|have|had|is|are|was|were|am|who|whose|when|"
    r"why|how|where|which|what)\b"
    r"(?! (?:you|u|we)\b(?! (?:just )?(?:already )?(?:delete|remove|erase|move|change|rename|"
    r"overwrite)d?\b.*\?)))\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:i|we|you|someone|somebody|it|he|she|they)(?:'ve| have| had|'d)?(?: (?:just|"
    r"accidentally|wrongly|already|recently))*"
    r" (?:deleted|removed|erased|overwrote|overwritten|lost|moved|renamed|trashed|binned|"
    r"messed up|broke)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted text and where it stands, marks included."""

    start: int
    end: int
    text: str


def quotes(text: str) -> list[Quote]:
    """The quoted texts in order; empty ones too."""
    return [
        Quote(m.start(), m.end(), next(group for group in m.groups() if group is not None))
        for m in QUOTED.finditer(text)
    ]


def plain(text: str) -> str:
    """The request without politeness, closing marks and doubled spaces."""
    text = _single_spaced(text).strip()
    while True:
        shorter = _POLITE_END.sub("", _POLITE.sub("", text)).strip()
        shorter = (
            shorter.rstrip("?!。？！").rstrip() if not shorter.endswith(('"', "'")) else shorter
        )
        if shorter == text or not shorter:
            return text.rstrip(".") if not text.endswith("..") else text
        text = shorter


def _single_spaced(text: str) -> str:
    """The text with single spaces, quotes as they are."""
    edges = [0, *(edge for m in QUOTED.finditer(text) for edge in m.span()), len(text)]
    parts = [text[a:b] for a, b in pairwise(edges)]
    return "".join(
        re.sub(r"\s+", " ", part) if i % 2 == 0 else part for i, part in enumerate(parts)
    )


def is_negated(text: str) -> bool:
    """Whether it says what not to do ("don't delete", "never overwrite"), quotes aside."""
    return bool(_NEGATED.search(QUOTED.sub(" ", text)))


def is_question_about(text: str) -> bool:
    """Whether it asks about an act instead of asking for it ("should I remove ...")."""
    return bool(_ASKED.search(QUOTED.sub(" x ", text)))


def tells_of_past(text: str) -> bool:
    """Whether it tells what somebody did ("I deleted X by accident"): no order to do it."""
    return bool(_PAST.search(QUOTED.sub(" ", text)))


_UNDOING = r"(?:undo(?:ne|ing)?|undid|reverted?)"
_UNDO_TAKEN_BACK = re.compile(
    rf"\bundo\s+(?:the|that|my|your)\s+(?:last\s+)?undo\b|\b{_UNDOING}\b.*\b(?:by\s+(?:mistake|accident)|"
    rf"after\s+all|again\s+after)\b|"
    rf"\b(?:did\s?n['o]?t|did\s+not|should\s?n['o]?t\s+have|should\s+not\s+have|never|wrong\s+to)"
    rf"\s+(?:really\s+)?(?:mean|meant|want|wanted|intend)?\s*(?:to\s+|you\s+to\s+)?(?:have\s+)?{_UNDOING}\b|"
    rf"\bredo\b|\b(?:back|again)\s+what\s+(?:i|you|we)\s+(?:just\s+)?{_UNDOING}\b",
    re.IGNORECASE,
)


def takes_undo_back(text: str) -> bool:
    """Whether it says that an undo shall be undone, and names no file."""
    bare = QUOTED.sub(" 'x.txt' ", text)
    asks = re.search(r"\b(?:do\s?n['o]?t|not|never)\s+redo\b|\d|\?$", bare, re.I)
    return not asks and not PATH.search(bare) and bool(_UNDO_TAKEN_BACK.search(bare)) and (
        len(bare.split()) <= 14
    )  # fmt: skip


def spelt(text: str) -> str:
    """The request with slips in its working words mended ("abuot", "serach", "delte").

    Only letters swapped, doubled or left out; names, paths and quotes stay as they are.
    """
    text = _VERB_SLIP.sub(lambda m: _VERB_SLIPS[m[0]], text, count=1)
    fixed = [text[m.start() : m.end()] for m in QUOTED.finditer(text)]
    masked = QUOTED.sub("\x00", text)
    masked = re.sub(
        r"(?<![\w./-])[a-z]{4,14}(?![\w/-]|\.\w)", lambda m: _SLIPS.get(m[0], m[0]), masked
    )
    for quote in fixed:
        masked = masked.replace("\x00", quote, 1)
    return masked


def _slips(words: Iterable[str]) -> dict[str, str]:
    known = set(words)
    slips: dict[str, str] = {}
    for word in sorted(known):
        for i in range(len(word)):
            swapped = word[:i] + word[i + 1 : i + 2] + word[i] + word[i + 2 :]
            for slip in (swapped, word[:i] + word[i + 1 :], word[:i] + word[i] + word[i:]):
                if slip not in known and slip[:1] == word[:1] and len(slip) > 4:
                    slips.setdefault(slip, word)
    return {slip: word for slip, word in slips.items() if slip not in _REAL_WORDS}


_WORKING_WORDS = (
    "about related regarding files folder directory search locate delete remove rename "
    "summarize summarise summary yesterday spreadsheet spreadsheets presentation "
    "presentations photos pictures documents papers containing mention restore version "
    "versions history create append replace translate share append please months weeks newest "
    "latest largest oldest similar everything between looking bigger smaller larger"
).split()
_REAL_WORDS = frozenset(
    "abut bout paper document photo picture month week mentions share resume relate created".split()
)
_SLIPS = _slips(_WORKING_WORDS) | {"fnid": "find", "fidn": "find", "shwo": "show", "lsit": "list"}
_VERB_SLIPS = {
    slip: verb
    for verb in ("move", "copy", "lock", "share", "unlock", "merge", "write", "trash", "erase")
    for slip in (verb[:i] + verb[i + 1] + verb[i] + verb[i + 2 :] for i in range(1, len(verb) - 1))
    if slip != verb
}
_VERB_SLIP = re.compile(rf"^(?:{'|'.join(sorted(_VERB_SLIPS))})(?=\s)")


_CONDITION = re.compile(
    r"\b(?:not|except|excepting|excluding|but not|other than|apart from|aside from|besides|"
    r"minus|leaving out|skipping|ignoring|omitting|neither|"
    r"unless|if|without|"
    r"instead of deleting|only when|whenever)\b|n['’]t\b|除了|如果|除非",
    re.IGNORECASE,
)


def has_condition(text: str) -> bool:
    """Whether it sets a condition or an exception, which no plan can hold ("all but", "unless")."""
    return bool(_CONDITION.search(QUOTED.sub(" ", text)))


def looks_like_file(text: str) -> bool:
    """Whether a quoted text is a file name: short, one line, with an extension or a slash."""
    return bool(re.fullmatch(r"[^\n\"]{0,200}(?:\.[A-Za-z0-9]{1,8}|/[^\n\"]*)", text.strip()))
