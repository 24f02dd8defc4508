"""Which files a request speaks of: topic, type, time, folder, author, count, order, containing.

Each part is found, taken out of the text, and what is left over is the topic. Pure but for asking
`Names` which folders there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from ..names.targets import Targets
from ..request.kinds import take_kinds
from ..request.nouns import COUNTED, FILES, GENERIC, WRITINGS
from ..request.selection import Selection
from ..request.spoken import CUT, QUOTE, Spoken
from ..times.clock import end_of
from ..times.dates import Span, find_span
from ..times.days import MONTH, WEEKDAY, YEAR
from .contents import take_content, take_name, take_quoted_content
from .leaving_out import LeftOut, parts_of, take_exceptions
from .orders import take_order
from .roundabout import straight, take_mode
from .sizes import take_size
from .topics import topic_of
from .topics_of_acts import whole_topic_of

_NAME = r"(?:Dr\.?\s+|Prof\.?\s+)?[A-Z][\w.'-]*(?:\s+(?:van|von|de|der|da|al|[A-Z][\w.'-]*)){0,3}"
_AUTHOR = re.compile(
    r"\s*\b(?:(?i:(?:that|which)\s+(?:was|were|is|are)\s+)?(?i:(?:authored|written|made|created|drafted|"
    r"composed|published|sent|signed)\s+by)\s+"
    rf"({_NAME}|(?:[^\W\d_][\w.'-]*)(?:\s+(?!(?:about|on|from|in|since|before|after|last|that|and|or|to|for|with|"
    r"under|this|between|during|yesterday|today)\b)[^\W\d_][\w.'-]*)?)|"
    rf"(?i:(?:whose|where\s+the|with\s+the)?\s*\bauthor(?:\s+(?:is|being|was|named|called)|:)?)\s+({_NAME})|"
    rf"(?i:by(?:\s+(?:the\s+)?(?:author|writer|sender))?)\s+({_NAME})(?:\s+(?i:et\s+al\b\.?|and\s+others))?)"
)
_SENDER = re.compile(
    rf"(?:(?<=mail)|(?<=message))s?\s*(?i:(?:sent\s+|received\s+)?from)\s+({_NAME})(?![\w/])"
)
_FOLDER_WORD = r"(?:folder|directory|dir|subfolder)"
_FOLDERS = (
    re.compile(
        rf"\s*(?:\b(?:in|from|under|below|beneath|inside|within|of|through|at)\s+)?(?:the\s+|my\s+|our\s+|"
        rf"a\s+)?\b{_FOLDER_WORD}\s+(?:named\s+|called\s+)?([\w./-]+)",
        re.I,
    ),
    re.compile(
        rf"\s*\b(?:in|from|under|below|beneath|inside|within|of|through|at)\s+(?:the\s+|my\s+|"
        rf"our\s+)?((?:[\w./-]+\s+){{0,2}}?[\w./-]+)\s+{_FOLDER_WORD}\b",
        re.I,
    ),
)

_PLACE = re.compile(
    r"\s*,?\s*\b(?:(?:(?:restricted|limited|confined|restrict|limit|confine|narrowed|narrow)\s+(?:it\s+|that\s+|this\s+|the\s+search\s+)?"
    r"(?:down\s+)?to|(?:(?:but|and)\s+)?(?:(?:only|just)\s+)?(?:(?:somewhere|anywhere)\s+)?(?:in|from|under|below|inside|within|at))\s+)"
    r"(?:the\s+|my\s+|our\s+)?"
    r"([\w./-]*[\w-]/?(?:\s+[\w./-]*[\w-]){0,2})",
    re.I,
)


_PLACE_AFTER = re.compile(
    rf"[,;]\s*(?:(?:but\s+|and\s+)?(?:only|just)\s+)?(?:the\s+)?(?P<name>[\w./-]+(?:\s[\w./-]+)??)(?:\s+(?:folder|directory))?"
    rf"(?:\s+(?:only|alone|please))?\s*[.?!]*(?=$|{CUT})",
    re.I,
)
_PLACE_BEFORE = re.compile(
    r"^\s*(?:find\s+)?(?:the\s+|my\s+)?(?P<name>[\w./-]+(?:\s[\w./-]+)??)(?:\s+(?:folder|directory))?\s*:",
    re.I,
)


_SUCH = re.compile(r"\s+(?:that|which|who)\b", re.I)
_OF_FILES = re.compile(rf"(?:\b{COUNTED}|{CUT})\s*$", re.I)


_TopicOf = Callable[..., tuple[str | None, bool]]
_Filtered = tuple[Spoken, Selection, str | None, Sequence[LeftOut]]


def select(text: str, targets: Targets, now: datetime) -> Selection:
    """Read the selection in `text`, which should hold no verb but those of searching."""
    return _selected(text, targets, now, topic_of)


def select_for_act(text: str, targets: Targets, now: datetime) -> Selection:
    """`select` where no word may be passed over."""
    return _selected(text, targets, now, whole_topic_of)


def explained(text: str, targets: Targets, now: datetime) -> Spoken:
    """What of `text` no filter, order or number explains: the topic, and words of asking."""
    return _filtered(text, targets, now)[0]


def _selected(text: str, targets: Targets, now: datetime, topic_in: _TopicOf) -> Selection:
    spoken, found, wanted, without = _filtered(text, targets, now)
    topic, found.is_marked = topic_in(spoken, is_enough=bool(found.containing or wanted))
    if topic and "under" not in found.filters and (found.filters or found.sort != "relevance"):
        topic, under = _folder_alone(topic, targets)
        found.filters |= _taken("under", under)
    if topic and not found.filters.keys() & {"after", "before"}:
        topic, span = _month_alone(topic, found, now)
        found.filters |= span
    if topic and found.sort != "relevance" and re.fullmatch(FILES, topic, re.I):
        topic = None  # "the biggest file"
    parts = (topic, wanted, *parts_of(without, found.filters.get("types", ())))
    found.query = " ".join(filter(None, parts)) or None
    return found


def _filtered(text: str, targets: Targets, now: datetime) -> _Filtered:
    """What is left of `text`, its filters, the words that files are to have, and exceptions."""
    text = _MINE.sub("", text)
    text = straight(_turned(text, targets))
    spoken = Spoken(_FEW.sub(lambda match: _ABOUT_AS_MANY[match[1].casefold()], text))
    without = take_exceptions(spoken, targets, now)
    found = Selection(mode=take_mode(spoken))
    found.containing, wanted = take_quoted_content(spoken)
    found.filters |= take_size(spoken)
    found.filters |= _taken("hidden", _hidden(spoken))
    found.filters |= _taken_span(spoken, now)
    found.sort, found.limit = take_order(spoken)
    found.filters |= _taken("author", _author(spoken, targets))
    found.filters |= _taken("under", _folder(spoken, targets))
    found.filters |= _taken("name", take_name(spoken))
    if not (found.containing or wanted):
        found.containing, wanted = take_content(spoken)
    found.filters |= take_kinds(spoken)
    if not found.filters.keys() & {"after", "before"}:
        found.filters |= _month_at_an_end(spoken, found, now)
    return spoken, found, wanted, without


_HIDDEN_TOO = re.compile(
    r"\s*,?\s*\b(?:(?:also|and|even|including|with)\s+)+(?:the\s+|all\s+)?(?:hidden|dot[ -]?)\s*"
    rf"(?:{GENERIC}|ones)?(?:\s+too|\s+as\s+well)?(?=\s*$|\s+(?:in|from|under|to|into)\b)",
    re.I,
)
_HIDDEN = re.compile(
    rf"\s*\b(?:hidden(?=\s+(?:\w+\s+)?{COUNTED}|\s+ones\b)|dot[ -]?(?=files?\b))", re.I
)


def _hidden(spoken: Spoken) -> str | None:
    """Whether it says that hidden files are meant too, or alone."""
    if spoken.take(_HIDDEN_TOO):
        return "too"
    return "only" if spoken.take(_HIDDEN) else None


_MINE = re.compile(r"(?<=\w)\s+of\s+(?:mine|ours)\b", re.I)
_FEW = re.compile(
    r"(?<=\b(?:last|past) )(fortnight\b|(?:few|couple of|several)(?= (?:hour|day|week|month|"
    r"year)s\b))",
    re.I,
)
_ABOUT_AS_MANY = {"few": "3", "couple of": "2", "several": "3", "fortnight": "2 weeks"}


_PLACE_FOR_TOPIC = re.compile(
    r"^(?:search(?:ing)?|look(?:ing)?|check(?:ing)?|scan(?:ning)?|browse|go|hunt)(?:\s+(?:only|just|in|through|inside|into|over|at|"
    r"around))*\s+(?:all\s+)?(?:(?:of\s+)?(?:the|my|our)\s+)?(?P<place>(?!for\b|\w+ly\b)\S+(?:\s+\S+){0,3}?)\s+for\s+(?P<topic>.+)$",
    re.I,
)


def _turned(text: str, targets: Targets) -> str:
    """ "search Papers for X" as "find X in Papers", "search my notes for X" as "notes about X"."""
    match = _PLACE_FOR_TOPIC.match(text)
    if match is None:
        return text
    name = re.sub(r"\s+(?:folder|directory)$", "", match["place"], flags=re.I)
    if folder := targets.directory(name, loose=False):
        return f"find {match['topic']} in {folder}"
    joiner = (
        "containing"
        if re.match(
            r"(?:the\s+)?(?:words?|phrase|terms?|strings?|texts?|expression)\b", match["topic"]
        )
        else "about"
    )
    return f"{match['place']} {joiner} {match['topic']}"


def _taken(name: str, value: Any) -> dict[str, Any]:
    return {name: value} if value is not None else {}


def _taken_span(spoken: Spoken, now: datetime) -> dict[str, Any]:
    span = find_span(spoken.rest, now)
    if span is None or (span.is_named and span.after and span.after > now):
        return {}  # "the budget for 2027": no file is from then
    said = spoken.rest[span.start : span.end]
    spoken.cut(span.start, span.end)
    if _CURRENT.search(said) and span.before and span.before > now:
        return _taken("after", span.after)
    return _bounds(span)


_CURRENT = re.compile(r"\b(?:this|current|today)\b", re.I)
""" "This week" is open towards now."""


def _bounds(span: Span) -> dict[str, Any]:
    return {k: v for k, v in (("after", span.after), ("before", span.before)) if v}


def _folder_alone(topic: str, targets: Targets) -> tuple[str | None, str | None]:
    """ "newest pdf Papers": a folder by its very name is all there is beside a kind or an order."""
    folder = targets.directory(topic, loose=False) if topic[0].isupper() or "/" in topic else None
    return (None, folder) if folder and folder.endswith(topic.strip("/")) else (topic, None)


_CALENDAR = re.compile(rf"{MONTH}(?:,?\s+{YEAR})?|{YEAR}|{WEEKDAY}", re.I)


def _month_alone(topic: str, found: Selection, now: datetime) -> tuple[str | None, dict[str, Any]]:
    """ "slides september": a month, a weekday or a year that is all there is beside a kind."""
    is_alone = found.filters.get("types") and _CALENDAR.fullmatch(topic)
    span = find_span(f"in {topic}", now) if is_alone else None
    if span is None or span.start or span.end < len(topic) + len("in "):
        return topic, {}
    return None, _bounds(span)


_MONTH_LAST = re.compile(
    rf"(?:(?:[,{CUT}]|^)\s*(?P<any>{MONTH}(?:,?\s+{YEAR})?)(?:\s*,?\s*{CUT})?|{CUT}\s*(?P<year>{YEAR})|"
    rf"\w\s+(?P<sure>(?!(?:mar|march|may|sun|sat)\b){MONTH}(?:,?\s+{YEAR})?))\s*[.?!]*$",
    re.I,
)
_MONTH_FIRST = re.compile(
    rf"^\W*(?:the\s+|my\s+|our\s+|all\s+|find\s+)*(?P<any>{MONTH}(?:\s+{YEAR})?)\s*(?={CUT})", re.I
)


_TAKEN_THEN = frozenset({"image", "video", "audio", "email"})
"""What is from the year that it is called by: the "tax pdfs 2019" may be from 2020."""


def _month_at_an_end(spoken: Spoken, found: Selection, now: datetime) -> dict[str, Any]:
    """ "hand hygiene slides march", "receipts, October", "party photos 2023": a month or year that
    a noun phrase ends with, or a month that stands before the kind of the files."""
    match = spoken.search(_MONTH_LAST) or spoken.search(_MONTH_FIRST)
    if match is None:
        return {}
    name = next(name for name, said in match.groupdict().items() if said)
    span = find_span(f"in {match[name]}", now)
    is_subject = name == "year" and not _TAKEN_THEN.intersection(found.filters.get("types", ()))
    if span is None or is_subject:
        return {}
    spoken.cut(*match.span(name))
    return _bounds(span)


_WROTE = re.compile(
    r"\b(?:(?:that|what|which)\s+)?([A-Z][\w.'-]*(?:\s+[A-Z][\w.'-]*){0,2})\s+(?:wrote|authored|sent|made|drafted|"
    r"published|has\s+(?:written|authored|sent|made|drafted|published))\b(?!\s+by\b)"
)
_DID = re.compile(
    r"\b(?i:what\s+)?(?i:did|has|have)\s+([A-Z][\w.'-]*(?:\s+[A-Z][\w.'-]*){0,2})\s+(?i:ever\s+)?(?i:writ(?:e|ten)|"
    r"sen[dt]|ma[dk]e|draft(?:ed)?|publish(?:ed)?|author(?:ed)?|say|said)\b"
)
_WHOSE = re.compile(
    rf"\b([A-Z][\w.-]*(?:\s+[A-Z][\w.-]*){{0,2}})['’]s\s+(?=(?i:(?:\w+\s+)?{COUNTED})\b)"
)
_OF_AUTHOR = re.compile(
    rf"(?:(?<=\bthe\s)|(?<=\ba\s)|(?<=\bmy\s)|\b)(?i:(?P<work>{WRITINGS}|thes[ie]s|essays?|dissertation|letters?|memos?|poems?|novels?|books?|talks?|"
    rf"lectures?|reports?|everything|anything|something|stuff|whatever))\s+(?:(?P<of>(?i:of))|(?i:from))\s+(?P<name>{_NAME})(?=\s*(?:$|[,.;:?!{CUT}]|(?i:about|on|in|from|"
    r"since|that|which|with|for|regarding|concerning|again|please)\b))"
)
""" "Papers of Vaswani", "the paper from Vaswani", "the essay from Anna Schmidt"."""
_NO_PERSON = re.compile(
    r"(?i:\b(?:university|institute|college|school|company|inc|ltd|gmbh|lab|labs|laborator\w+|department|ministry|"
    r"bank|group|society|association|conference|journal|press|team|project|office|city|north|south|east|west)\b)|"
    rf"^{MONTH}$|^{WEEKDAY}$|^[A-Z]{{2,}}\b"
)
_AND_OTHERS = re.compile(r"\s*,?\s*(?:et\s+al\b\.?|and\s+(?:others|colleagues|co)\b)", re.I)
_ANOTHER = re.compile(rf"\s*(?:,|\b(?:or|and)\b)\s*{_NAME}")
"""A filter holds one author."""
_NOBODY = frozenset("I We You He She They Who It That Which What Somebody Someone".split())


_LOWER_SENDER = re.compile(
    r"(?:(?<=mail)|(?<=message))s?\s+(?:sent\s+|received\s+)?(?:from|by)\s+(?P<name>(?!(?:last|this|these|next|all|any|the|my|our|your|his|her|a|"
    r"an|around|before|after|between|within|here|there|now|then|today|yesterday|early|late|mid|that|which|work|home|me|us|him|"
    rf"them|people|somebody|someone)\b)[a-z][a-z'-]+)(?=\s*(?:$|[,.;:?!{CUT}]|\s(?:about|on|re|regarding|concerning|with|that|which|"
    r"in|since|from|last|this|yesterday|today|before|after)\b))"
)
""" "Emails from jim": the name of a person need not begin with a capital there."""


def _author(spoken: Spoken, targets: Targets) -> str | None:
    match = spoken.search(_WROTE)
    match = None if match is not None and match[1] in _NOBODY else match
    match = (
        match
        or spoken.search(_DID)
        or spoken.search(_WHOSE)
        or spoken.search(_AUTHOR)
        or spoken.search(_SENDER)
        or _sender(spoken, targets)
    )
    if match is None:
        return _author_of_work(spoken, targets)
    if _ANOTHER.match(spoken.rest, match.end()):
        return None
    spoken.cut(match.start(), end_of(_AND_OTHERS, spoken.rest, match.end()))
    name = next(group for group in match.groups() if group)
    return None if name.casefold() in {"me", "us", "myself"} else name.strip(" .,")


def _sender(spoken: Spoken, targets: Targets) -> re.Match[str] | None:
    match = spoken.search(_LOWER_SENDER)
    if match is None or targets.directory(match["name"]) or re.fullmatch(
        f"{MONTH}|{WEEKDAY}", match["name"], re.I
    ):  # fmt: skip
        return None
    return match


def _author_of_work(spoken: Spoken, targets: Targets) -> str | None:
    """Of several works by "of" or with a whole name: "papers from Stanford" are no person's."""
    match = spoken.search(_OF_AUTHOR)
    if (
        match is None
        or _NO_PERSON.search(match["name"])
        or targets.directory(match["name"], loose=False)
        or _ANOTHER.match(spoken.rest, match.end())
    ):
        return None
    is_many = match["work"].casefold().endswith("s")
    if is_many and not match["of"] and " " not in match["name"]:
        return None
    is_all = re.fullmatch(GENERIC, match["work"], re.I) and not re.match(
        "notes?|texts?", match["work"], re.I
    )
    spoken.cut(match.start("work") if is_all else match.end("work"), match.end())
    return match["name"].strip(" .,")


def _folder(spoken: Spoken, targets: Targets) -> str | None:
    for position, pattern in enumerate(_FOLDERS):
        for match in pattern.finditer(spoken.rest):
            folder = targets.directory(match[1])
            if folder is None and position == 0 and "/" in match[1]:
                folder = match[1].strip("/")
            if folder:
                spoken.cut(*match.span())
                return folder
    for match in _OF_PLACE.finditer(spoken.rest):
        folder = targets.directory(match["name"], loose=False)
        if folder and folder.endswith(match["name"].strip("/")):
            spoken.cut(match.start("of"), match.end())
            return folder
    quoted = spoken.search(_QUOTED_PLACE)
    folder = targets.directory(spoken.meant(quoted[1]), loose=False) if quoted else None
    if quoted and folder:
        spoken.cut(*quoted.span())
        return folder
    return _place(spoken, targets)


_OF_PLACE = re.compile(
    rf"\b{COUNTED}(?P<of>\s+of\s+(?:the\s+)?(?P<name>[\w./-]*[\w-]/?))(?=\s*(?:$|[,;.!?{CUT}]|\s(?:to|into|in|are|should|"
    r"that|which|older|newer|larger|bigger|smaller|from|before|after|since|about|by|with|as|can|must|and)\b))",
    re.I,
)
""" "The PDFs of Papers", where a folder is called exactly so."""
_QUOTED_PLACE = re.compile(
    rf"\s*\b(?:in|from|under|below|inside|within)\s+(?:the\s+|my\s+)?({QUOTE})(?:\s+{_FOLDER_WORD})?",
    re.I,
)


def _place(spoken: Spoken, targets: Targets) -> str | None:
    """The folder of "in FOLDER", however many words it has, or of "..., FOLDER"."""
    position = 0
    while match := _PLACE.search(spoken.rest, position):
        position = match.start(1)
        for word in reversed(list(re.finditer(r"\S+", match[1]))):
            end = match.start(1) + word.end()
            said = spoken.rest[match.start(1) : end]
            if folder := targets.directory(said):
                if _SUCH.match(spoken.rest, end) and not _OF_FILES.search(
                    spoken.rest[: match.start()]
                ):
                    continue  # "interested in documents that ..."
                spoken.cut(match.start(), end)
                return folder
    for pattern in (_PLACE_AFTER, _PLACE_BEFORE):
        beside = spoken.search(pattern)
        folder = targets.directory(beside["name"], loose=False) if beside else None
        if beside and folder and folder.endswith(beside["name"].strip("/")):
            spoken.cut(*beside.span())
            return folder
    return None
