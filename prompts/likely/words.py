"""Which words an act that is likely meant may hold: all others could limit or widen it. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from ..intents import LIKELY
from ..request.data import load
from ..request.marked import marked
from ..request.quoting import PATH, QUOTED

_WORD = re.compile(r"[^\W\d_][\w'’-]*")


@lru_cache(maxsize=16)
def words_of(name: str) -> frozenset[str]:
    """The words of a table of `data/likely.toml`."""
    return frozenset(load("likely")[name]["words"].split())


@lru_cache(maxsize=64)
def told(intent: str) -> frozenset[str]:
    """The words that say nothing more in an order of that intent (`data/orders.toml`)."""
    lists = load("orders")
    kinds = ("any", intent)
    tables = [lists["told"].get(kind, "") for kind in kinds] + [lists["tied"].get(intent, "")]
    return frozenset(" ".join(tables).split())


@lru_cache(maxsize=1)
def _used() -> dict[str, Counter[str]]:
    """How many examples of each intent hold a word; of marked ones, what fills no slot."""
    used: dict[str, Counter[str]] = {}
    for file in LIKELY.files:
        for intent, texts in load(file).items():
            used.setdefault(intent, Counter()).update(_words_of_all(texts))
    beside: dict[str, list[str]] = {}
    for step in (step for file in LIKELY.marked for step in marked(file)):
        beside.setdefault(step.intent, []).append(step.rest)
    for intent, rests in beside.items():
        said = _words_of_all(rests)
        often = {word: count for word, count in said.items() if count >= OFTEN_BESIDE}
        used.setdefault(intent, Counter()).update(often)
    return used


OFTEN_BESIDE = 2
"""Of as many marked requests must be a word, which else is somebody's reason for one."""


def _words_of_all(texts: Iterable[str]) -> Counter[str]:
    """How many of the texts hold a word."""
    counter: Counter[str] = Counter()
    for text in texts:
        bare = PATH.sub(" ", QUOTED.sub(" ", text.casefold()))
        counter.update(set(_WORD.findall(bare)))
    return counter


@lru_cache(maxsize=64)
def learnt(intent: str, often: int = 2) -> frozenset[str]:
    """The words that `often` examples of the intent use, or those of no other as much."""
    every: Counter[str] = Counter()
    for counter in _used().values():
        every.update(counter)
    own = _used().get(intent, Counter())
    return frozenset(
        word
        for word, count in own.items()
        if count >= often or (often <= 2 and count / every[word] >= SHARE)
    )


SHARE = 0.5


def unknown_words(text: str, intent: str, more: frozenset[str]) -> tuple[list[str], list[str]]:
    """The words that limit or widen, and those that nobody knows; `more` are known as well."""
    said = [word.casefold().strip("'’-") for word in _WORD.findall(text)]
    limits = words_of("limits") - told(intent) - more
    known = (
        told(intent) | words_of("said") | words_of("nouns") | more | learnt(intent)
        | verbs_of(intent) | _empty()
    )  # fmt: skip
    free = [word for word in said if word not in limits and not _is_known(word, known)]
    free = [word for word in free if not _is_slip(word, intent)]
    return [word for word in said if word in limits], free


def _is_known(word: str, known: frozenset[str]) -> bool:
    """Whether it is, but for its inflection."""
    if len(word) < 2 or word in known:
        return True
    stems = [word.removesuffix(end) for end in ("ing", "ed", "es", "s", "d") if word.endswith(end)]
    return any(
        form in known
        for stem in stems
        if len(stem) > 2
        for form in (stem, f"{stem}e", stem[:-1] if stem[-1] == stem[-2] else stem)
    )


@lru_cache(maxsize=1024)
def _is_slip(word: str, intent: str) -> bool:
    """Whether it is one of the pen in a word of that intent: "moove", "clled"."""
    likely = verbs_of(intent) | told(intent) | {"called", "named", "please", "folder", "file"}
    none = frozenset(load("orders")["no_slips"]["words"].split())
    return len(word) > 3 and word not in none and bool(get_close_matches(word, likely, 1, LIKE))


LIKE = 0.8
"""How like a word a slip of it is."""


@lru_cache(maxsize=1)
def _asked() -> dict[str, frozenset[str]]:
    lists = load("imperative")
    asked = {verb: frozenset(intents) for verb, intents in lists["verbs"].items()}
    for table in ("aliases", "participles"):
        asked |= {said: asked.get(verb, frozenset()) for said, verb in lists[table].items()}
    return asked


def asked_by(word: str) -> frozenset[str]:
    """The intents that a verb or participle may ask for; none where it is none, or that is open."""
    return _asked().get(word, frozenset())


@lru_cache(maxsize=64)
def verbs_of(intent: str) -> frozenset[str]:
    """The words of verbs and participles that may ask for the intent (`data/imperative.toml`)."""
    lists = load("imperative")
    verbs = {verb for verb, intents in lists["verbs"].items() if intent in intents}
    for table in ("aliases", "participles"):
        verbs |= {
            said for said, verb in lists[table].items() if verb.split()[0] in verbs or verb in verbs
        }
    return frozenset(word for verb in verbs for word in verb.split())


@lru_cache(maxsize=1)
def _empty() -> frozenset[str]:
    return frozenset(load("orders")["empty"]["words"].split())


def says_nothing(text: str) -> bool:
    """Whether a clause without names says no more than a word of thanks."""
    said = [word.casefold().strip("'’-") for word in _WORD.findall(text)]
    return "\0" not in text and all(word in words_of("said") for word in said)


_WISHES = frozenset("need needs want wants like please".split())


def speaks_for(intent: str, text: str) -> bool:
    """Whether a word of the text is one that of all acts this is mostly asked for by."""
    said = (word.casefold() for word in _WORD.findall(text))
    empty = words_of("said") | words_of("stays")
    return any(_is_clear(word, intent) for word in said if word not in empty)


@lru_cache(maxsize=4096)
def _is_clear(word: str, intent: str) -> bool:
    if asked_by(word):
        return asked_by(word) <= {
            intent,
            "replace",
            "drop_group",
            "unshare",
        } and intent in asked_by(word)
    own = _used().get(intent, Counter())[word]
    return own > 0 and own / sum(counter[word] for counter in _used().values()) >= SHARE


def asks_for(intent: str, text: str) -> bool:
    """Whether a word of the text is one by which that act is asked for at all."""
    said = {word.casefold() for word in _WORD.findall(text)} - _WISHES
    own = told(intent) - words_of("said") - words_of("grammar")
    return any(intent in asked_by(word) or word in own or _is_clear(word, intent) for word in said)
