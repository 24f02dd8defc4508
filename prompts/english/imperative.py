"""The verbs of orders, and what a request that begins with one may ask for.

What verbs there are stands in `data/imperative.toml`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from lsfs.errors import NotUnderstoodError

from ..request.data import load
from ..request.quoting import PATH, QUOTED


def table(name: str) -> dict[str, Any]:
    """A table of `data/imperative.toml`."""
    found: dict[str, Any] = load("imperative")[name]
    return found


@lru_cache(maxsize=16)
def words_of(name: str) -> frozenset[str]:
    """The words of a table of `data/orders.toml` ("empty", "features")."""
    return frozenset(load("orders")[name]["words"].split())


def verb_of(text: str) -> str | None:
    """The verb that a request begins with, None where it begins with none that is known."""
    match = _verb_pattern().match(text)
    return " ".join(match[0].casefold().split()) if match else None


_MAKING = (
    r"(?:make|create|start|begin|add|set\s+up|generate|build|prepare|(?:i\s+)?(?:need|want|would\s+like))\s+"
    r"(?:me\s+)?(?:an?|another|the)\s+(?:(?:new|empty|blank|fresh|text|markdown|plain)\s+)*"
)
ENDS_SHARE = (
    r"(?:un-?share|close|stop(?:\s+sharing)?|revoke|end|delete|remove|cancel|kill|terminate|disable|drop|withdraw|"
    r"(?:take|turn|switch|shut)(?:\s+(?:down|off))?|get\s+rid\s+of)"
)
"""What is done to a share so that it is none any more."""
_FRAMES = (
    (
        re.compile(
            rf"(?:replace|substitute)\s+(?:(?:the|all|every|each)\s+)*(?:(?:word|text|occurrences?\s+of)\s+)?(?:{QUOTED.pattern})"
            rf"\s+(?:with|by)\s+(?:{QUOTED.pattern})\s+(?:in|inside|within|throughout)\s", re.I,
        ),
        frozenset({"replace"}),
    ),
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
            rf"{ENDS_SHARE}\s+(?:(?:down|off)\s+)?(?:the\s+|my\s+)?(?:(?:shared?|download|public)\s+)?(?:share|link|url)\s+(?:(?:number|no\.?|"
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


_IF_YOU = re.compile(
    r"(?:i(?:['’]d|\s+would)|it\s+would)\s+(?:\w+\s+){1,3}if\s+you\s+"
    r"(?!could\b|would\b|can\b)(\w+)(?=\s)",
    re.I,
)


def without_gerund(text: str) -> str:
    """ "would you mind moving X", "I'd appreciate it if you moved X" as "move X"."""
    if wish := _IF_YOU.match(text):
        verb = table("participles").get(wish[1].casefold(), "").partition(" ")[0]
        return f"{verb}{text[wish.end() :]}" if verb else text
    match = re.search(r"(?:\b(?:would|do)\s+you\s+|^)mind\s+(\w+)ing\b", text, re.I)
    if match is None:
        return text
    stem = match[1].casefold()
    for verb in (stem, f"{stem}e", stem[:-1]):
        if verb in table("verbs"):
            return f"{verb}{text[match.end() :]}"
    return text


def intents_of(text: str) -> frozenset[str]:
    """What the verb that a request begins with may ask for; none where that is open."""
    return frozenset(table("verbs").get(verb_of(text) or "", ()))


_FORBIDS = re.compile(
    r"(?:please\s+|just\s+)*(?:never|do\s+not|don['’]?t)\s+(?:ever\s+|just\s+|you\s+dare\s+)?(?P<act>\w.*)$",
    re.I | re.S,
)


def refuse_forbidden(text: str) -> None:
    """What says that an act shall not be done is no look at what it names: "never move my photos".

    Raises:
        NotUnderstoodError: it does.
    """
    match = _FORBIDS.match(text)
    if match and intents_of(match["act"]):
        raise NotUnderstoodError(
            "that says what not to do: nothing was done", hint="say what to do"
        )


def refuse_other_work(text: str) -> None:
    """What is asked of files that lsfs does not do: "zip the Photos folder", "convert a.docx".

    Raises:
        NotUnderstoodError: it is.
    """
    match = _other_work().match(PATH.sub(lambda path: "x" * len(path[0]), QUOTED.sub("x", text)))
    if match:
        work = (match[1] or match[2]).casefold()
        raise NotUnderstoodError(
            f"lsfs finds, keeps and moves files, it does not {work} them",
            hint="it can find, read, summarise, move, copy, rename, group, lock, roll back, undo",
        )


@lru_cache(maxsize=1)
def _other_work() -> re.Pattern[str]:
    words = words_of("others")
    objects = r"(?:the|my|our|all|every|each|this|these|those|it|them|both|x+)\b"
    return re.compile(
        rf"({any_of(words)})\s+(?:(?:up|out)\s+)?{objects}|(tidy|clean|clear)\s+(?:up|out)\s", re.I
    )


@lru_cache(maxsize=1)
def _verb_pattern() -> re.Pattern[str]:
    verbs = {**table("verbs"), **table("aliases")}
    return re.compile(rf"(?:{any_of(verbs)})(?=\s|$)", re.I)


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, longest first."""
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(word.replace(" ", r"\s+") for word in longest_first)
