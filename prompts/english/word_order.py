"""Wordings that say the same in another order, turned into verb, objects, destination: "draft.txt
should go into archive", "I want draft.txt deleted", "into archive move plan.md".

Pure but for asking `Names`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..names.targets import Targets
from ..request.quoting import PATH, masked
from .imperative import any_of, table, verb_of
from .unquoted import quoted_words, stuck_on


def as_order(text: str, targets: Targets) -> str:
    """One step with its verb first, its objects after that and its destination last."""
    text = stuck_on(text, targets)
    if usual := table("aliases").get(verb_of(text) or ""):
        text = f"{usual}{text[len(verb_of(text) or '') :]}"
    for turned in (
        _active,
        _place_last,
        _archived,
        _binned,
        _by_arrow,
        _as_in_shell,
        _linked,
        quoted_words,
    ):
        text = turned(text, targets)
    return text


@lru_cache(maxsize=1)
def _next_step() -> re.Pattern[str]:
    return re.compile(
        r";|\b(?:then|afterwards)\b|(?:\band|,)\s+(?:also\s+)?(?:"
        rf"{any_of(table('verbs'))})\s|\b(?:should|must|shall|ought|belongs?|needs?)\b", re.I
    )  # fmt: skip


def _part(text: str, match: re.Match[str], name: str) -> str:
    """A group of a match in the masked request, as it stands in the request."""
    start, end = match.span(name)
    return text[start:end].strip(" ,;:") if start >= 0 else ""


# -- passives and wishes ---------------------------------------------------------------------------

_CLAUSE = re.compile(
    r"^(?:what|which|who|whose|when|where|why|how|should|shall|is|are|does|do|did|has|have|can|"
    r"could|if|maybe|perhaps)\b|"
    r"\b(?:what|who|where|whether|why|how|if|when|think|thinks|says?|said|because|not|never)\b|"
    r"\b(?:that|which)$",
    re.I,
)
_ADVERBS = r"(?:(?:from\s+now\s+on|all|both|now|please|really|also|then|therefore|just)\s+)*"


@lru_cache(maxsize=1)
def _passives() -> tuple[re.Pattern[str], ...]:
    participles = any_of(table("participles"))
    return (
        re.compile(
            r"^(?P<what>.+?)\s+(?:should|must|shall|(?P<may>can|may)(?=\s+(?:be|go|live|end\s+up|land)\s)|(?:needs?|has|have|ought|(?:is|are)(?:\s+"
            rf"supposed)?)\s+to)\s+{_ADVERBS}(?:"
            rf"(?:be|get)\s+(?P<participle>{participles})\b|"
            r"(?P<go>go|be(?:\s+kept)?|end\s+up|live|land)\s+(?=(?:in|into|to|inside|under)\s)|"
            r"be\s+(?P<state>read[- ]only|write[- ]protected|writable|editable)\b)\s*(?P<rest>.*)$",
            re.I,
        ),
        re.compile(
            r"^(?P<what>.+?)\s+(?P<go>belongs?|goes|go)\s+(?=(?:in|into|to|inside|under)\s)"
            r"(?P<rest>.*)$",
            re.I,
        ),
        re.compile(
            r"^i(?:'d|\s+would)?\s+(?:really\s+)?(?:want|like|need|wish)\s+(?:to\s+(?:have|see)\s+)?"
            rf"(?P<what>.+?)\s+(?:to\s+be\s+(?P<participle>{participles})|"
            r"(?P<gone>gone|deleted|removed|erased|moved|copied|renamed|locked|unlocked))\b\s*"
            r"(?P<rest>(?:(?:to|into|in|inside|under|as|until)\s.*)?)$",
            re.I,
        ),
        re.compile(
            r"^(?P<what>.+?)\s+(?:(?P<may>can|may)|should|must|(?:has|have|needs?)\s+to)\s+(?:please\s+|now\s+)?"
            r"(?P<gone>go(?:\s+away)?|disappear|vanish)\b(?P<rest>)$",
            re.I,
        ),
        re.compile(
            r"^i(?:'d|\s+would)?\s+(?:want|like|need)\s+(?P<what>.+?)\s+to\s+be\s+"
            r"(?P<state>read[- ]only|write[- ]protected|writable|editable)\b(?P<rest>)$",
            re.I,
        ),
    )  # fmt: skip


_LET_BE = re.compile(r"^let\s+(?P<what>\S+(?:\s+\S+){0,7}?)\s+be(?=\s+(?!able\b)\w)", re.I)


def _is_leave(match: re.Match[str], targets: Targets) -> bool:
    """Whether "X can be deleted", "X can go into old" lets that be done to a file that it names."""
    place = re.sub(r"^(?:in|into|to|inside|under)\s+(?:the\s+)?", "", match["rest"].strip(" ."))
    goes = bool(match.groupdict().get("go"))
    is_certain = PATH.search(match["what"]) or _EVERY.match(match["what"])
    return is_certain is not None and (
        not goes or _BIN.fullmatch(place) is not None or _is_place(place, targets)
    )


_EVERY = re.compile(r"(?:all|every|each|any|everything)\b", re.I)


def _active(text: str, targets: Targets) -> str:
    """ "X should be moved to Y", "X belongs in Y", "I want X deleted"."""
    text = _LET_BE.sub(r"\g<what> should be", text)
    if verb_of(text) and not re.match(r"(?:note|name|list|group|link|place)s?\b", text, re.I):
        return text
    for pattern in _passives():
        match = pattern.match(masked(text))
        if match is None or _CLAUSE.search(_part(text, match, "what")):
            continue
        if _next_step().search(match["rest"]):
            return text
        if match.groupdict().get("may") and not _is_leave(match, targets):
            continue
        what, rest, said = _part(text, match, "what"), _part(text, match, "rest"), match.groupdict()
        if said.get("state"):
            return f"make {what} {said['state']}"
        participle = said.get("participle") or said.get("gone")
        verb = table("participles")[" ".join(participle.lower().split())] if participle else "move"
        verb, _, to = verb.partition(" to")
        if verb == "rename" and participle and participle.lower() in ("named", "called"):
            to = " to"
        return f"{verb} {what}{' to' if to else ''} {rest}".strip()
    return text


# -- what stands in another order ------------------------------------------------------------------

_CARRY = r"move|put|copy|cp|mv|place|transfer|drop|symlink|link|store|shift"
_PLACE_FIRST = re.compile(
    rf"^(?:in|into|to|inside|under)\s+(?P<place>.+?),?\s+(?P<verb>{_CARRY})\s+(?P<rest>.+)$", re.I
)
_VERB_PLACE = re.compile(
    rf"^(?P<verb>{_CARRY})\s+(?:in|into|to|inside|under)\s+(?P<rest>.+)$", re.I
)
_LEADS = re.compile(r"\s(?:to|into|onto)\s", re.I)


def _place_last(text: str, targets: Targets) -> str:
    """ "into archive move plan.md", "move into archive plan.md": the folder goes to the end."""
    bare = masked(text)
    if match := _PLACE_FIRST.match(bare):
        place, rest = _part(text, match, "place"), _part(text, match, "rest")
        if _is_place(place, targets) and not _leads_on(match["rest"]):
            return f"{match['verb']} {rest} into {place}"
    elif match := _VERB_PLACE.match(bare):
        words = _part(text, match, "rest").split(" ")
        for count in range(min(5, len(words) - 1), 0, -1):
            place, rest = " ".join(words[:count]).strip(" :"), " ".join(words[count:])
            if _is_place(place, targets) and not _leads_on(f" {masked(rest)}"):
                return f"{match['verb']} {rest} into {place}"
    return text


def _archived(text: str, targets: Targets) -> str:
    """ "archive plan.md", where there is a folder of that name."""
    match = re.match(r"archive\s+(?P<what>.+)$", text, re.I)
    folder = targets.directory("archive", loose=False) if match else None
    said = masked(text)
    is_set = _EVERY.match(said[len("archive ") :].lstrip()) and not _GOES_TO.search(said)
    if match is None or folder is None or (_PLACED.search(said) and not is_set):
        return text
    return f"move {match['what']} into {folder}/"


_GOES_TO = re.compile(r"\s(?:to|into|as)\s", re.I)
_PLACED = re.compile(r"\s(?:in|to|into|under)\s", re.I)
""" "Archive all pdfs in inbox" says where they are; where to, of one file."""
_BIN = re.compile(
    r"trash(?:\s+(?:can|bin|folder))?|(?:recycle\s+|rubbish\s+|dust)?bin|garbage(?:\s+can)?|"
    r"waste\s?basket",
    re.I,
)
_BINNED = re.compile(
    r"(?:throw|put|toss|chuck|drop|move|send|place|dump|stick)\s+(?P<what>.+?)\s+(?:in|into|to)\s+"
    rf"(?:the\s+|my\s+)?(?P<bin>{_BIN.pattern})",
    re.I,
)


def _binned(text: str, targets: Targets) -> str:
    """ "throw plan.md in the bin", where no folder is called that."""
    match = _BINNED.fullmatch(masked(text))
    if match is None or targets.directory(match["bin"], loose=False) is not None:
        return text
    return f"delete {_part(text, match, 'what')}"


_SHELL = re.compile(
    r"(?P<verb>mv|cp)\s+(?P<what>(?!-)\S+(?:\s+(?!to\b|in\b|into\b|as\b)\S+)*)\s+(?P<to>\S+)", re.I
)


_LINK_IN = re.compile(
    r"^(?:make|create|put|place|add|set\s+up|leave)\s+(?:an?\s+|the\s+)?(?:sym(?:bolic)?[- ]?)?"
    r"(?:link|shortcut|alias)\s+(?:to|of|for)\s+(?P<what>.+?)\s+(?:in|into|inside|under)\s+"
    r"(?P<folder>[^,;]+)$", re.I | re.S,
)  # fmt: skip


def _linked(text: str, targets: Targets) -> str:
    """ "Make a link to cv.pdf in reading", a folder: a link within the tree, none for others."""
    match = _LINK_IN.match(masked(text))
    if match is None or targets.directory(_part(text, match, "folder"), loose=False) is None:
        return text
    return f"link {_part(text, match, 'what')} into {_part(text, match, 'folder')}"


def _as_in_shell(text: str, targets: Targets) -> str:
    """ "mv draft.txt old"."""
    match = _SHELL.fullmatch(masked(text))
    if match is None or re.search(r"\s(?:to|in|into|as)$", match["what"], re.I):
        return text
    what, to = _part(text, match, "what"), _part(text, match, "to")
    return f"{match['verb']} {what} to {to}"


_ARROW = re.compile(r"(?P<what>.+?)\s*(?:->|=>|→)\s*(?P<to>.+)")


def _by_arrow(text: str, targets: Targets) -> str:
    """ "draft.txt -> archive", "rename draft.txt => intro.txt"."""
    match = _ARROW.fullmatch(masked(text))
    if match is None:
        return text
    what, to = _part(text, match, "what"), _part(text, match, "to")
    if verb_of(text):
        return f"{what} to {to}"
    is_set = re.match(r"(?:all|every|each|both|my)\s", what, re.I) and _is_place(to, targets)
    if not (is_set or targets.sole_file(what.strip("\"'"))):
        return text
    return f"{'move' if _is_place(to, targets) else 'rename'} {what} to {to}"


def _leads_on(rest: str) -> bool:
    return bool(_LEADS.search(rest) or _next_step().search(rest))


def _is_place(said: str, targets: Targets) -> bool:
    return targets.directory(said, loose=False) is not None or bool(
        re.fullmatch(r"[\w.-]+/[\w./-]*", said)
    )
