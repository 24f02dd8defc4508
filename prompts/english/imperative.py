"""A request as an order: verb, objects, destination.

Wordings that say the same in another order are turned into that one before anything else reads
them: "draft.txt should go into archive", "I want draft.txt deleted", "into archive move plan.md".
What verbs there are stands in `data/imperative.toml`. Pure but for asking `Names`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from lsfs.errors import NotUnderstoodError

from ..names.targets import Targets
from ..request.data import load
from ..request.quoting import PATH, QUOTED, looks_like_file, masked


def _words() -> dict[str, dict[str, Any]]:
    return load("imperative")


def verb_of(text: str) -> str | None:
    """The verb that a request begins with, None where it begins with none that is known."""
    match = _verb_pattern().match(text)
    return " ".join(match[0].casefold().split()) if match else None


_MAKING = (
    r"(?:make|create|start|begin|add|set\s+up|generate|build|prepare|(?:i\s+)?(?:need|want|would\s+like))\s+"
    r"(?:me\s+)?(?:an?|another|the)\s+(?:(?:new|empty|blank|fresh|text|markdown|plain)\s+)*"
)
_FRAMES = (
    (
        re.compile(
            r"(?:e-?mail|mail|upload|post|notify|remind|message|text|fax|phone)\s+(?:me|him|her|them|us|it|"
            r"this|that|my\s+\w+|[\w/]+\.\w+)\b", re.I,
        ),
        frozenset({"none"}),
    ),
    (
        re.compile(
            r"(?:chuck|toss|throw|dump|drop)\s+(?!(?:away|out)\b).+\s(?:in|into|onto|to|under)\s+"
            r"(?!(?:the\s+|my\s+)?(?:trash|bin|rubbish|garbage|wastebasket)\b)\S+$", re.I,
        ),
        frozenset({"move"}),
    ),
    (
        re.compile(
            rf"{_MAKING}(?:folder|directory|dir|sub-?folder|subdirectory)\b(?!.*\b(?:of|with|from)\s+"
            r"(?:all|everything|links?)\b)", re.I,
        ),
        frozenset({"mkdir"}),
    ),
    (
        re.compile(
            rf"(?:{_MAKING}|new\s+)(?:(?:file|document|note)\s+)(?:(?:called|named|titled)\s+\S|"
            r"[\w./-]+\.\w{1,5}\b(?!\s+(?:out\s+of|of|from)\b))", re.I,
        ),
        frozenset({"create"}),
    ),
    (
        re.compile(
            r"(?:remove|lift|release|take|drop|clear|"
            r"cancel)\s+(?:off\s+)?(?:the\s+)?(?:write[- ]?)?"
            r"(?:lock|protection)\b", re.I,
        ),
        frozenset({"unlock"}),
    ),
    (
        re.compile(
            r"(?!(?:share|open|show|copy|create|make|give|list|read|find)\b)[\w-]+(?:\s+(?:down|off|of))?\s+"
            r"(?:the\s+|my\s+)?(?:(?:shared?|download|public)\s+)?(?:share|link|url)\s+(?:(?:number|no\.?|"
            r"id)\s*)?#?\d+$", re.I,
        ),
        frozenset({"unshare"}),
    ),
    (
        re.compile(
            r"(?:get\s+rid\s+of|delete|remove|drop|forget|dissolve|erase|discard)\s+(?:the\s+|my\s+)?"
            r"(?:group\s+(?:(?:named|called)\s+)?[\w/-]+|[\w/-]+\s+group)$", re.I,
        ),
        frozenset({"drop_group"}),
    ),
    (
        re.compile(
            r"link\s+(?!to\b|for\b)|(?:(?:make|create|put|place|add|"
            r"set\s+up)\s+(?:an?\s+)?)?(?:sym(?:bolic\s+|[- ])?|soft[ -])"
            r"links?\b|(?:make|create|put|place|add)\s+(?:an?\s+)?shortcuts?\b", re.I,
        ),
        frozenset({"link"}),
    ),
)  # fmt: skip


def framed_intents(text: str) -> frozenset[str]:
    """What a request certainly asks for by its frame ("make a folder ..."); none where it has
    none."""
    return next((intents for frame, intents in _FRAMES if frame.match(text)), frozenset())


def without_gerund(text: str) -> str:
    """ "would you mind moving X" as "move X"."""
    match = re.search(r"\b(?:would|do)\s+you\s+mind\s+(\w+)ing\b", text, re.I)
    if match is None:
        return text
    stem = match[1].casefold()
    for verb in (stem, f"{stem}e", stem[:-1]):
        if verb in _words()["verbs"]:
            return f"{verb}{text[match.end() :]}"
    return text


def intents_of(text: str) -> frozenset[str]:
    """What the verb that a request begins with may ask for; none where that is open."""
    return frozenset(_words()["verbs"].get(verb_of(text) or "", ()))


@lru_cache(maxsize=1)
def filler_words() -> frozenset[str]:
    """Words of an order that name nothing and change nothing."""
    return frozenset(_words()["filler"]["words"].split())


def refuse_other_work(text: str) -> None:
    """What is asked of files that lsfs does not do: "zip the Photos folder", "convert a.docx".

    Raises:
        NotUnderstoodError: it is.
    """
    match = _other_work().match(PATH.sub(lambda path: "x" * len(path[0]), QUOTED.sub("x", text)))
    if match:
        raise NotUnderstoodError(
            f"lsfs finds, keeps and moves files, it does not {match[1].casefold()} them",
            hint="it can find, read, summarise, move, copy, rename, group, lock, roll back, undo",
        )


@lru_cache(maxsize=1)
def _other_work() -> re.Pattern[str]:
    words = dict.fromkeys(_words()["others"]["words"].split())
    objects = r"(?:the|my|our|all|every|each|this|these|those|it|them|both|x+)\b"
    return re.compile(rf"({_any_of(words)})\s+(?:up\s+)?{objects}", re.I)


@lru_cache(maxsize=1)
def _verb_pattern() -> re.Pattern[str]:
    verbs = {**_words()["verbs"], **_words()["aliases"]}
    return re.compile(rf"(?:{_any_of(verbs)})(?=\s|$)", re.I)


def _any_of(words: dict[str, Any]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(word.replace(" ", r"\s+") for word in longest_first)


def as_order(text: str, targets: Targets) -> str:
    """One step with its verb first, its objects after that and its destination last."""
    if usual := _words()["aliases"].get(verb_of(text) or ""):
        text = f"{usual}{text[len(verb_of(text) or '') :]}"
    for turned in (_active, _place_last, _archived, _quoted_words):
        text = turned(text, targets)
    return text


@lru_cache(maxsize=1)
def _next_step() -> re.Pattern[str]:
    return re.compile(
        r";|\b(?:then|afterwards)\b|(?:\band|,)\s+(?:also\s+)?(?:"
        rf"{_any_of(_words()['verbs'])})\s|\b(?:should|must|shall|ought|belongs?|needs?)\b", re.I
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
_ADVERBS = r"(?:(?:all|both|now|please|really|also|then|therefore|just)\s+)*"


@lru_cache(maxsize=1)
def _passives() -> tuple[re.Pattern[str], ...]:
    participles = _any_of(_words()["participles"])
    return (
        re.compile(
            r"^(?P<what>.+?)\s+(?:should|must|shall|(?:needs?|has|have|ought|(?:is|are)(?:\s+"
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
            r"^i(?:'d|\s+would)?\s+(?:want|like|need)\s+(?P<what>.+?)\s+to\s+be\s+"
            r"(?P<state>read[- ]only|write[- ]protected|writable|editable)\b(?P<rest>)$",
            re.I,
        ),
    )  # fmt: skip


def _active(text: str, targets: Targets) -> str:
    """ "X should be moved to Y", "X belongs in Y", "I want X deleted"."""
    if verb_of(text) and not re.match(r"(?:note|name|list|group|link|place)s?\b", text, re.I):
        return text
    for pattern in _passives():
        match = pattern.match(masked(text))
        if match is None or _CLAUSE.search(_part(text, match, "what")):
            continue
        if _next_step().search(match["rest"]):
            return text
        what, rest, said = _part(text, match, "what"), _part(text, match, "rest"), match.groupdict()
        if said.get("state"):
            return f"make {what} {said['state']}"
        participle = said.get("participle") or said.get("gone")
        verb = (
            _words()["participles"][" ".join(participle.lower().split())] if participle else "move"
        )
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
    if match is None or folder is None or re.search(r"\s(?:in|to|into|under)\s", masked(text)):
        return text
    return f"move {match['what']} into {folder}/"


def _leads_on(rest: str) -> bool:
    return bool(_LEADS.search(rest) or _next_step().search(rest))


def _is_place(said: str, targets: Targets) -> bool:
    return targets.directory(said, loose=False) is not None or bool(
        re.fullmatch(r"[\w.-]+/[\w./-]*", said)
    )


# -- texts without quotes --------------------------------------------------------------------------

_WORDS_FOR_WORDS = re.compile(
    r"^(?P<verb>(?:replace|substitute|swap)\s+(?:(?:every|each|all|any)\s+)?(?:(?:occurrences?|"
    r"instances?)\s+of\s+)?|change\s+(?:(?:every|each|all|any)\s+)?(?=(?:the\s+)?(?:words?|name)\s))"
    r"(?:the\s+)?(?:(?:words?|term|name|string|text|variable)\s+)?(?P<old>[\w'-]+)\s+"
    r"(?P<how>with|by|for|to|into)\s+(?:the\s+)?(?:(?:words?|term|name)\s+)?(?P<new>[\w'-]+)\s+"
    r"(?P<place>(?:in|throughout|within|everywhere\s+in|across)\s.+)$",
    re.I,
)
_TEXT_TO_FILE = re.compile(
    r"^(?P<verb>(?:add|append|jot\s+down|jot|note\s+down|write\s+down|put)(?:\s+down)?)\s+"
    r"(?P<text>.+?)\s+(?P<to>to|on|onto|into|in|at\s+the\s+(?:end|bottom)\s+of)\s+(?P<file>.+)$",
    re.I,
)
_NO_TEXT = re.compile(
    r"^(?:(?:a|an|the|another|some|this|that|these|those|one|more|it|them|something|anything|my|"
    r"new|all|everything|every|each|any|file|folder|text|note|line|comment|paragraph)\b\s*)+|"
    r"\b(?:links?|group|folder|directory|copy|copies|contents?)\b",
    re.I,
)


def _quoted_words(text: str, targets: Targets) -> str:
    """Quotes around words that can be nothing but text: "replace foo by bar in plan.md"."""
    if '"' in masked(text):
        return text
    if (match := _WORDS_FOR_WORDS.match(text)) and not PATH.search(text[: match.start("place")]):
        swap = "with" if match["how"].casefold() in ("for", "into", "to") else match["how"]
        return f"replace '{match['old']}' {swap} '{match['new']}' {match['place']}"
    return _quoted_line(text, targets)


_FILE_COLON_TEXT = re.compile(
    r"^(?:note|jot|jot\s+down|note\s+down|add|append|write\s+down|put)(?:\s+down)?\s+(?:(?:in|into|to|"
    r"on|onto|at\s+the\s+(?:end|bottom)\s+of)\s+)(?P<file>[^:]+?)\s*:\s+(?P<text>\S.*)$",
    re.I,
)


def _quoted_line(text: str, targets: Targets) -> str:
    """ "add eggs to the shopping list": words that name nothing, and a file that is there."""
    if match := _FILE_COLON_TEXT.match(text):
        path = targets.sole_file(match["file"])
        return f"append {_in_quotes(match['text'])} to '{path}'" if path else text
    match = _TEXT_TO_FILE.match(text)
    if match is None or PATH.search(match["text"]) or _NO_TEXT.search(match["text"]):
        return text
    if match["verb"].casefold() == "put" and match["to"].casefold() not in ("on", "onto"):
        return text
    said = match["text"].strip(" ,:")
    path = targets.sole_file(match["file"])
    names = any(targets.sole_file(part) or targets.directory(part) for part in _listed(said))
    if path is None or names or not looks_like_file(path):
        return text
    return f"append {_in_quotes(said)} to '{path}'"


def _in_quotes(said: str) -> str:
    return f'"{said}"' if "'" in said else f"'{said}'"


def _listed(said: str) -> list[str]:
    return [part for part in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", said) if part]
