"""Orders in other forms, turned into the plain order that they mean: passives and wishes, the verb
at the end, steps that are numbered, a name and a colon before what is done to it.

What forms there are stands in `data/forms.toml`. What comes of one is read as any order is: every
word of it must be understood. Pure but for asking `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..english.imperative import table
from ..names.targets import Targets
from ..request.data import load
from ..request.quoting import masked, quoted
from .parts import blanked, parts_of
from .stories import BARE_VERB
from .words import words_of

_NAME = (
    r"(?:(?:the|my|our|a|an|this|that)\s+)?(?:(?:file|folder|directory|document|group)s?\s+)?\0+"
    r"(?:\s+(?:file|folder|directory|document|recipe))?"
)
_MORE = rf"(?:(?:\s*,\s*|\s*[-*•]\s*|\s+)(?:(?:and|&|n)\s+)?{_NAME})"
_NAMES = rf"(?:both\s+|the\s+files\s+|[-*•]\s*)?{_NAME}{_MORE}*"
_SLOTS = {
    "<x>": rf"(?P<x>{_NAME})",
    "<z>": rf"(?P<z>{_NAME}|[\w./-]+)",
    "<y>": rf"(?P<y>{_NAME}|\x01+)",
    "<n>": r"(?P<n>[\x00\x01]+|[^\W\d_][\w&'’-]*)",
    "<xs>": rf"(?P<xs>{_NAMES})",
    "<many>": rf"(?P<many>(?:both\s+|the\s+files\s+)?{_NAME}{_MORE}+)",
    **{f"<{text}>": rf"(?P<{text}>\x01+)" for text in "qr"},
}  # fmt: skip
_SLOT = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True)
class _Form:
    """How it is said, names and texts blanked, and what it means."""

    said: re.Pattern[str]
    means: str


@lru_cache(maxsize=1)
def _forms() -> tuple[_Form, ...]:
    return tuple(_form(form["said"], form["means"]) for form in load("forms")["forms"])


def _form(said: str, means: str) -> _Form:
    for slot, pattern in _SLOTS.items():
        said = said.replace(slot, pattern)
    said = said.replace(" ?", r"\s*").replace(" ", r"\s+")
    return _Form(
        re.compile(
            rf"[\s,.;:-]*(?:(?:first(?:ly)?|secondly|then|next|finally|lastly|now|also|and)\b[\s,:]*)*(?:{said})[\s.!]*",
            re.I,
        ),
        means,
    )


# -- several steps ---------------------------------------------------------------------------------

_NUMBER = r"(?:step\s*)?\(?(?P<number>\d)\s?[.):]|step\s+(?P<word>one|two|three|four)\s*[:,.-]"
_STEP = re.compile(rf"(?:(?<=^)|(?<=[\s;,.:]))(?:{_NUMBER})\s+(?=\S)", re.I)
_WORDS = {word: i for i, word in enumerate(("one", "two", "three", "four"), 1)}
_HEADING = re.compile(
    r"\W*(?:(?:please|kindly|hi|hello|hey|do|the|these|this|following|steps?|things?|tasks?|action|"
    r"items?|actions|orders?|instructions|list|here|are|is|i|we|need|want|you|to|can|could|would|my|"
    r"for|me|in|order|now|all|of)\b\W*){0,6}",
    re.I,
)
_FIRST = re.compile(
    r"(?P<verb>[a-z]+)\s+(?P<which>the\s+(?:first|second|third|latter|former|other|last)(?:\s+one)?|both|them)\b",
    re.I,
)
_PLACES = {"first": 0, "former": 0, "second": 1, "other": 1, "third": 2, "latter": -1, "last": -1}
_FOLDERS = re.compile(
    r"\W*(?:(?:please\s+)?(?:make|create|add|set\s+up|i\s+need|need|new|mkdir)\b\s*)+(?:(?:me|us|the|some|new|following|these|two|three|"
    r"four|five|[2-9])\s+)*(?:sub-?)?(?:folders|directories|dirs)\b(?:\s+(?:called|named|for))?\s*:?\s*(?P<names>[^:;.]+?)"
    r"(?P<where>\s+(?:in|inside|under)\s+[^,;:]+?)?[\s.!]*",
    re.I,
)
_EACH_FOLDER = re.compile(
    r"\W*(?:please\s+)?(?:make|create|add|set\s+up)\s+(?:me\s+)?(?P<names>(?:(?:^|,?\s*)(?:and\s+)?(?:(?:a|an|another|one|the)\s+)?(?:new\s+)?"
    r"(?:folder|directory)\s+(?:(?:called|named)\s+)?[\w&'’\x00\x01-]+){2,})(?P<where>\s+(?:in|inside|under)\s+[^,;:]+?)?[\s.!]*",
    re.I,
)
_A_FOLDER = re.compile(
    r"^(?:(?:a|an|another|one|the)\s+)?(?:new\s+)?(?:folder|directory)\s+(?:(?:called|named)\s+)?",
    re.I,
)
_ITEM = re.compile(r"[\x00\x01]+|[^\W_][\w&'’+-]*(?:\s+[\w&'’+-]+){0,2}")
_SECOND = re.compile(
    r"(?P<make>(?:make|create|add)\s+)(?:(?:a|the|one|first)\s+)?(?P<what>(?:folder|directory|dir|file)\b)(?P<one>[^,;]+?)"
    r"(?:,|\s+and|\s+&)\s+(?:(?:a|the)\s+)?(?:second|another|other|third)\s+(?:one|folder|directory|dir|file)\b(?P<other>[^,;]+)",
    re.I,
)
_PLACE_FIRST = re.compile(
    r"(?P<mark>^|[,;.]\s+(?:and\s+)?|\s+and\s+)(?:(?:in|inside|into|under)\s+(?:it|that(?:\s+(?:one|folder))?|there|this)|there|"
    r"therein)(?:,|\s)+(?:please\s+)?(?P<verb>create|make|put|move|copy|place|add)\s+(?P<what>[^,;]+?)(?=[,;]|\.\s|\.?$)",
    re.I,
)
_MADE_IN_IT = re.compile(
    r"(?P<mark>(?:,\s*|\s+)and\s+|,\s*)(?:in|inside)\s+(?:it|there|that(?:\s+one)?),?\s+(?P<what>an?(?:other)?\s+(?:new\s+|empty\s+)?"
    r"(?:file|folder|subfolder|directory)\b[^,;]*)",
    re.I,
)
_GOES_THERE = re.compile(
    r"(?:,\s*|\s+)and\s+(?P<what>\0+(?:\s*(?:,|and)\s*\0+)*)\s+(?:goes|go|should\s+go|belongs?|comes|come)\s+(?:in|into)?\s*(?:there|it|that)\b",
    re.I,
)
_HEAD = re.compile(
    rf"[\s(]*(?:(?:subject|re|about|regarding|concerning|as\s+for)\s*:?\s+)?(?P<xs>{_NAMES})\s*(?::|\s[-–—]+\s|\?)\s*(?P<rest>[^:?]+)",
    re.I,
)
_MADE_THERE = re.compile(r"^(?:a\s+)?new\s+(?:sub-?)?folder\s+(?P<n>[\x00\x01]+|[\w&'’-]+)", re.I)


def cut_by_numbers(text: str) -> str:
    """ "Step 1: A. Step 2: B" and "Do this: (1) A; (2) B" as "A; B"."""
    bare = masked(text)
    steps = list(_STEP.finditer(bare))
    numbers = [int(step["number"] or _WORDS[step["word"].casefold()]) for step in steps]
    if len(steps) < 2 or numbers != list(range(1, len(steps) + 1)):
        return text
    if not _HEADING.fullmatch(bare[: steps[0].start()]):
        return text
    ends = [*(step.start() for step in steps[1:]), len(text)]
    parts = [text[step.end() : end].strip(" ,;.\n") for step, end in zip(steps, ends, strict=True)]
    return "; ".join(re.sub(r"[,;.\s]+(?:and|then|and then)$", "", part) for part in parts)


def of_several_steps(text: str, targets: Targets) -> str:
    """The plain steps of a request that has them in another form."""
    shape = _shape(text, targets)
    for turned in (_folders, _second_folder, _of_a_head):
        told = turned(text, shape, targets)
        if told is not None:
            return told
    return _each_in_form(_with_originals(_with_places_last(text, targets), targets), targets)


_JOINT = re.compile(r"\s*[,;]\s+(?:and\s+)?|\s+and\s+", re.I)


def _each_in_form(text: str, targets: Targets) -> str:
    """ "A should go to X, B should go to Y": where each clause is in a form, they are steps."""
    edges = [
        0,
        *(edge for joint in _JOINT.finditer(masked(text)) for edge in joint.span()),
        len(text),
    ]
    clauses = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if not 1 < len(clauses) <= MOST_STEPS or formed(text, targets) != text:
        return text
    orders = [formed(clause, targets) for clause in clauses]
    are_steps = all(order != clause for order, clause in zip(orders, clauses, strict=True))
    return "; ".join(orders) if are_steps else text


MOST_STEPS = 4
"""Of a request that has no words between its steps."""


_ORIGINALS = re.compile(
    r"\b(?:the\s+(?:two\s+|three\s+|old\s+)?|both\s+)(?:originals|sources|originals\s+files)\b",
    re.I,
)


_JOINS = re.compile(r"\b(?:combin|join|merg|concatenat|glue|stitch|unit)\w*\b", re.I)
"""After a copy they could be what was copied to as well."""


def _with_originals(text: str, targets: Targets) -> str:
    """ "The two originals" by the names that came before."""
    said = _ORIGINALS.search(masked(text))
    if said is None or not _JOINS.search(text[: said.start()]):
        return text
    before = [part for part in parts_of(text[: said.start()], targets, frozenset()) if part.path]
    names = [quoted(part.path or "") for part in before if part.role == "object"]
    if len(names) < 2:
        return text
    return f"{text[: said.start()]}{' and '.join(names)}{text[said.end() :]}"


def _folders(text: str, shape: str, targets: Targets) -> str | None:
    """ "New folders: A, B and C": each is made."""
    match = _FOLDERS.fullmatch(shape) or _EACH_FOLDER.fullmatch(shape)
    if match is None:
        return None
    start, end = match.span("names")
    items = [text[start:end][slice(*span)].strip() for span in _listed(shape[start:end])]
    items = [_A_FOLDER.sub("", item) for item in items]
    bare = [item.strip("\"'“”‘’") for item in items]
    limits = words_of("limits") | words_of("grammar") | words_of("nouns")
    is_plain = all(re.fullmatch(r"[\w-]+", item) for item in bare)  # "alpha and beta"
    is_list = len(items) > 2 or re.search(r"[:,]", shape) or match.re is _EACH_FOLDER or is_plain
    if (
        len(items) < 2
        or not is_list
        or any(not _ITEM.fullmatch(item) or limits & set(item.casefold().split()) for item in bare)
    ):
        return None
    where = text[slice(*match.span("where"))] if match["where"] else ""
    return "; ".join(f"make a folder called {quoted(item)}{where}" for item in bare)


def _listed(shape: str) -> Iterator[tuple[int, int]]:
    start = 0
    for joint in [*re.finditer(r"\s*(?:,\s*and\b|,|\band\b|&|\+)\s*", shape), None]:
        end = joint.start() if joint else len(shape)
        if shape[start:end].strip():
            yield start, end
        start = joint.end() if joint else end


def _second_folder(text: str, shape: str, targets: Targets) -> str | None:
    """ "Make folder A in X and a second one B in Y"."""
    match = _SECOND.fullmatch(shape.rstrip(" ."))
    if match is None:
        return None
    one, other = (text[slice(*match.span(part))].strip() for part in ("one", "other"))
    return f"make a {match['what']} {one}; make a {match['what']} {other}"


def _of_a_head(text: str, shape: str, targets: Targets) -> str | None:
    """ "main.c and parser.py: unlock the first, lock the second", "X: copy to old, then lock"."""
    match = _HEAD.fullmatch(shape)
    if match is None or not _HEADS.match(match["rest"]):
        return None
    start, end = match.span("xs")
    names = [
        text[part.start : part.end]
        for part in parts_of(text, targets, frozenset())
        if start <= part.start and part.end <= end
    ]
    rest = text[match.start("rest") :].rstrip(" .")
    if len(names) == 1:
        made = _MADE_THERE.match(rest)
        if made is not None:
            rest = f"make a folder {made['n']} in {names[0]}{rest[made.end() :]}"
            return _with_places_last(rest, targets)
        rest, said = _STANDS_FOR.subn(names[0], rest)
        rest, meant = BARE_VERB.subn(lambda verb: f"{verb[0]} {names[0]}", rest)
        return _NEXT_VERB.sub("; ", rest) if said or meant else None
    rest, said = _FIRST.subn(lambda said: f"{said['verb']} {_which(said['which'], names)}", rest)
    return _NEXT_VERB.sub("; ", rest) if said else None


_STANDS_FOR = re.compile(
    r"\b(?:the\s+)?original\b|\b(?:it|this|that)\b(?!\s+(?:as|to\s+be)\b)", re.I
)


_VERBS = "(?:move|copy|put|rename|lock|unlock|delete|remove|link|share|archive|duplicate)"
_NEXT_VERB = re.compile(rf",\s+(?:and\s+)?(?={_VERBS}\s)", re.I)
_HEADS = re.compile(rf"(?:please\s+)?(?:{_VERBS}|(?:a\s+)?new\s+(?:sub-?)?folder)\b", re.I)


def _which(said: str, names: Sequence[str]) -> str:
    word = said.casefold().removeprefix("the ").split()[0]
    if word in ("both", "them"):
        return " and ".join(names)
    if word in ("other", "former", "latter") and len(names) != 2:
        return said
    place = _PLACES[word]
    return names[place] if place < len(names) else said


def _with_places_last(text: str, targets: Targets) -> str:
    """ "In it create a folder b, there put x.jpg" with the places at the ends."""

    def last(match: re.Match[str]) -> str:
        how = "there" if match["verb"].casefold() in ("put", "move", "place", "copy") else "in it"
        start, end = match.span("what")
        return f"{match['mark']}{match['verb']} {text[start:end].strip()} {how}"

    text = _PLACE_FIRST.sub(last, text)
    text = _MADE_IN_IT.sub(
        lambda match: f"{match['mark']}create {match['what'].strip()} in it", text
    )
    shape = _shape(text, targets)
    goes = _GOES_THERE.search(shape)
    if goes is not None:
        start, end = goes.span("what")
        text = f"{text[: goes.start()]} and move {text[start:end]} there{text[goes.end() :]}"
    return text


# -- one step --------------------------------------------------------------------------------------


def formed(text: str, targets: Targets) -> str:
    """The plain order that a text means; itself where it is in no form that is known."""
    shape = _shape(text, targets)
    for form in _forms():
        if match := form.said.fullmatch(shape):
            return _meant(form, match, text)
    return text


def _meant(form: _Form, match: re.Match[str], text: str) -> str:
    return _SLOT.sub(lambda slot: _filled(text, match, slot[1]), form.means).strip()


@lru_cache(maxsize=16)  # the texts of one request, looked at by each form
def _shape(text: str, targets: Targets) -> str:
    """The text with its names blanked by NUL, its quoted texts by another mark; as long as it."""
    parts = parts_of(text, targets, frozenset())
    shape = blanked(text, [part for part in parts if not part.is_text])
    for part in parts:
        if part.is_text:
            shape = shape[: part.start] + "\1" * (part.end - part.start) + shape[part.end :]
    return shape


def _filled(text: str, match: re.Match[str], slot: str) -> str:
    start, end = match.span(slot)
    said = text[start:end] if start >= 0 else ""
    if slot in ("xs", "many"):
        said = " and ".join(
            re.split(r"\s*,\s*(?:and\s+)?|\s*\n\s*(?:[-*•]\s*)?", said.strip(" -*•\n"))
        )
    if slot.startswith("done"):
        return _PLACED.get(said.casefold()) or table("participles").get(said.casefold(), said)
    return said


_PLACED = {"put": "put", "placed": "put"}
"""Of links and copies as well."""
