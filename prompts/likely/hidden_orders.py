"""Orders in what was read as a search. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsfs.plan import BaseOperation, List, Search

from ..english.imperative import intents_of, verb_of
from ..english.politeness import plain
from ..english.steps import has_object
from ..intents import masked
from .stories import CLAUSE_EDGE


def may_order(text: str, found: Sequence[BaseOperation]) -> bool:
    """Whether a request that was read as a search has the words of an order in it: "the budget to
    old move", but not "find notes about how to move house"."""
    if len(found) != 1 or not isinstance(found[0], Search | List):
        return False
    bare = masked(text)
    first = verb_of(plain(bare))
    if first is not None and first not in _OPEN_VERBS and not intents_of(plain(bare)) - {"none"}:
        return False
    edges = [0, *(edge.end() for edge in CLAUSE_EDGE.finditer(bare))]
    clauses = [plain(bare[edge:]) for edge in edges]
    return _LAST_VERB.search(bare) is not None or any(
        intents_of(clause) - {"none", "search"} and (has_object(clause) or _GOES.match(clause))
        for clause in clauses
    )


_OPEN_VERBS = frozenset("take change turn set give".split())
"""Verbs that ask for nothing in particular, and not to find."""
_GOES = re.compile(r"\w+\s+(?:to|into|as)\s", re.I)
_LAST_VERB = re.compile(
    r"\b(?:let|make)\s+it\s+be\b|\btake\s+(?:it|that|this)\s+back\b|\b(?:move|copy|delete|remove|lock|unlock|rename|make|create)(?:\s+(?:it|please|pls))*\W*$",
    re.I,
)
