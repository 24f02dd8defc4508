"""Names of the tree that a request may speak of, for a language model to choose among."""

from __future__ import annotations

import re

from lsfs.ports import Names

MOST_WORDS, MOST_NAMES = 30, 40


def names_in(text: str, names: Names) -> list[str]:
    """Paths, at most MOST_NAMES; of a long request by the words that look most like names."""
    found: dict[str, None] = {}
    words = dict.fromkeys(re.findall(r"[\w./-]{3,}", text))
    telling = sorted(words, key=lambda word: (not re.search(r"[./\d]", word), -len(word)))
    for word in telling[:MOST_WORDS]:
        for path in (*names.candidates(word)[:4], *names.directories(word)[:2]):
            found[path] = None
    return list(found)[:MOST_NAMES]
