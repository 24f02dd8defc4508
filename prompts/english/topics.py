"""What a search is about: the run of its words that say most, of those not understood otherwise.

Every run of words has a weight: of each word by itself and by what stands round it, and of its two
ends (a log-linear model over runs; scripts/train_topics.py makes the weights, `data/topics.toml`).
Words of asking, and what people tell beside, weigh less than nothing. So words are passed over, and
only what looks may go by it: an act reads its files by `topics_of_acts`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..request.data import load
from ..request.spoken import CUT, QUOTE, Spoken
from .topic_words import Word, best_run, features_of, words_in
from .topics_of_acts import MARKED, whole_topic_of

_LEADS = re.compile(
    r"^(?:(?:about|on|of|regarding|concerning)\s+(?=\S))?(?:(?:the|an?|my|our|your|this|that|these|those|some|any|all|every)(?:\s+|$))*",
    re.I,
)
_ASKS_FOR_ORDER = re.compile(r"(?:list(?:ing)?|sort|order|rank)", re.I)
_TRAILS = re.compile(r"(?:^|\s+)(?:of|about|on|for|with|from|by|the)$", re.I)
_EDGES = " .,;:?!。？，-–—/()[]"


def topic_of(spoken: Spoken, *, is_enough: bool) -> tuple[str | None, bool]:
    """What is left of a request, and whether it says that this is what files are about.

    `is_enough`: without it the rest selects as well, so that "notes" alone is no topic.
    """
    topic = run_in(spoken, load("topics")["weights"])
    if topic and CUT in spoken.rest and _ASKS_FOR_ORDER.fullmatch(topic):
        topic = None
    if topic or is_enough:
        return topic, MARKED.search(spoken.rest) is not None
    return whole_topic_of(spoken, is_enough=False)


def run_in(spoken: Spoken, weights: Mapping[str, float]) -> str | None:
    """The words of `spoken.rest` that weigh most, without what was understood among them."""
    words = words_in(spoken.rest)
    features = features_of(words)
    run = best_run(*(
        [sum(weights.get(name, 0.0) for name in names) for names in group]
        for group in (features.within, features.first, features.last)
    ))  # fmt: skip
    return said_in(spoken, words[run]) or None


def said_in(spoken: Spoken, words: Sequence[Word]) -> str:
    """A run of words as they were written, without cuts and the signs at their edges."""
    if not words:
        return ""
    parts = spoken.rest[words[0].start : words[-1].end].split(CUT)
    parts = [re.sub(r"[?!]+(?=\s)", "", " ".join(part.split())).strip(_EDGES) for part in parts]
    parts = [_TRAILS.sub("", _LEADS.sub("", part)) for part in parts]
    topic = " ".join(filter(None, parts))
    return spoken.meant(topic) if re.fullmatch(QUOTE, topic) else spoken.said(topic)
