"""Which words of a request say what it is about: trains `prompts/data/topics.toml`.

`python scripts/train_topics.py` writes the weights, `--check` only tells how often the topic is
right in each developed set by what is learned from the others. What it learns from: the requests
to find of the developed sets (tests/data/requests*.toml) and the marked ones of
tests/data/topics.toml. Needs scipy.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import logsumexp

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from judged_requests import DEVELOPED, catalog_of, load_requests, read_toml

from lsfs.lookup import CatalogNames
from lsfs.prompts.english.clauses import unwrapped
from lsfs.prompts.english.imperative import without_gerund
from lsfs.prompts.english.politeness import plain
from lsfs.prompts.english.selection import explained
from lsfs.prompts.english.spelling import spelt
from lsfs.prompts.english.topic_words import features_of, words_in
from lsfs.prompts.english.topics import run_in, said_in
from lsfs.prompts.english.wordings import plain_order
from lsfs.prompts.names.targets import Targets
from lsfs.prompts.request.spoken import Spoken

WEIGHTS = Path(__file__).resolve().parents[1] / "prompts" / "data" / "topics.toml"
PENALTY = 0.1
"""Of the squares of the weights; chosen by `--check`."""
LEAST = 0.05
"""A weight that is kept."""
SEEN = 2
"""In how many requests a feature must stand."""
_CHINESE = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class Example:
    """A request, what is left of it once its filters are taken out, and topics that are right."""

    source: str
    text: str
    spoken: Spoken
    topics: tuple[str, ...]

    def is_right(self, topic: str | None) -> bool:
        """Whether it is one of the topics."""
        return _same(topic or "") in map(_same, self.topics)


def _same(topic: str) -> str:
    return " ".join(topic.casefold().replace('"', "").split())


def examples() -> list[Example]:
    """All there is to learn from."""
    requests = load_requests()
    told: list[tuple[str, str, tuple[str, ...]]] = []
    for name in DEVELOPED:
        for item in requests.half(name):
            plans = [item[key] for key in ("plan", "or") if key in item]
            if plans and plans[0]["op"] == "search" and not _CHINESE.search(item["text"]):
                told.append((name, item["text"], _topics(plans)))
    lists = read_toml("topics.toml")
    told += [("marked", re.sub(r"[][]", "", text), _marked(text)) for text in lists["marked"]]
    told += [(name, text, topics) for name, text, topics in _with_fillers(told, lists)]
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(catalog_of(requests, Path(folder))) as catalog,
    ):
        targets = Targets(CatalogNames(catalog))
        return [
            Example(name, text, explained(_ready(text, targets), targets, requests.now), topics)
            for name, text, topics in told
        ]


def _with_fillers(
    told: Sequence[tuple[str, str, tuple[str, ...]]], lists: Mapping[str, Sequence[str]]
) -> list[tuple[str, str, tuple[str, ...]]]:
    """Every second request once more, with what people say before or after any."""
    before, after = lists["before"], lists["after"]
    found = []
    for number, (name, text, topics) in enumerate(told[::2]):
        if number % 3 == 0:
            text = f"{before[number // 3 % len(before)]} {text}"
        else:
            bare = text.rstrip(" .?!")
            text = f"{bare}{',' if number % 5 == 0 else ''} {after[number % len(after)]}"
        found.append((name, text, topics))
    return found


def _topics(plans: Sequence[dict[str, object]]) -> tuple[str, ...]:
    queries = [plan.get("query", "") for plan in plans]
    return tuple(
        str(one) for query in queries for one in (query if isinstance(query, list) else [query])
    )


def _marked(text: str) -> tuple[str, ...]:
    """What is in brackets, an article before it or not."""
    topic = " ".join(re.findall(r"\[(.*?)\]", text))
    article = re.search(r"\b(the|an?|my|our|that|those)\s+\[", text, re.I)
    return (topic, f"{article[1]} {topic}") if article else (topic,)


def _ready(text: str, targets: Targets) -> str:
    """The request as the parser hands it on to be searched for."""
    return unwrapped(plain_order(spelt(plain(without_gerund(text)))), targets)


class Runs:
    """All runs of words of an example, and which are a right topic."""

    def __init__(self, example: Example) -> None:
        words = words_in(example.spoken.rest)
        features = features_of(words)
        self.size = len(words)
        self.groups = (features.within, features.first, features.last)
        pairs = [
            (low, high)
            for low in range(self.size) for high in range(low, self.size)
            if not (words[low].is_cut or words[high].is_cut)
        ]  # fmt: skip
        self.low = np.array([low for low, _ in pairs], dtype=int)
        self.high = np.array([high for _, high in pairs], dtype=int)
        said = [said_in(example.spoken, words[low : high + 1]) for low, high in pairs]
        self.is_right = np.array([example.is_right(one) for one in ("", *said)])

    def surplus(self, within: Any, first: Any, last: Any) -> tuple[float, Any]:
        """Minus the log-likelihood of the right runs, and its slope by the weights of words."""
        sums = np.concatenate([[0.0], np.cumsum(within)])
        scores = np.concatenate(
            [[0.0], sums[self.high + 1] - sums[self.low] + first[self.low] + last[self.high]]
        )
        total, right = logsumexp(scores), logsumexp(scores[self.is_right])
        slope = np.exp(scores - total)
        slope[self.is_right] -= np.exp(scores[self.is_right] - right)
        begins = np.bincount(self.low, slope[1:], self.size)
        ends = np.bincount(self.high, slope[1:], self.size)
        inside = np.cumsum(begins) - np.concatenate([[0.0], np.cumsum(ends)[:-1]])
        return float(total - right), np.stack([inside, begins, ends])


def trained(known: Sequence[Runs], penalty: float) -> dict[str, float]:
    """The weight of each feature that has one (maximum likelihood with an L2 penalty, L-BFGS)."""
    runs = [one for one in known if one.size and one.is_right.any()]
    counts = Counter(
        name
        for one in runs
        for name in {n for group in one.groups for names in group for n in names}
    )
    numbers = {name: n for n, name in enumerate(sorted(n for n in counts if counts[n] >= SEEN))}
    tables = [_table([names for one in runs for names in one.groups[g]], numbers) for g in range(3)]
    edges = np.cumsum([0, *(one.size for one in runs)])

    def loss(weights: Any) -> tuple[float, Any]:
        scores = np.stack([table @ weights for table in tables])
        parts = [
            one.surplus(*scores[:, low:high])
            for one, low, high in zip(runs, edges[:-1], edges[1:], strict=True)
        ]
        slopes = np.concatenate([slope for _, slope in parts], axis=1)
        slope = sum(table.T @ each for table, each in zip(tables, slopes, strict=True))
        total = sum(value for value, _ in parts) + penalty * float(weights @ weights)
        return total, slope + 2 * penalty * weights

    found = minimize(
        loss, np.zeros(len(numbers)), jac=True, method="L-BFGS-B", options={"maxiter": 100}
    ).x  # fmt: skip
    return {
        name: round(float(found[n]), 2) for name, n in numbers.items() if abs(found[n]) >= LEAST
    }


def _table(rows: Sequence[Sequence[str]], numbers: Mapping[str, int]) -> Any:
    places = [
        (row, numbers[name]) for row, names in enumerate(rows) for name in names if name in numbers
    ]
    at = np.array(places, dtype=int).reshape(-1, 2)
    return csr_matrix((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=(len(rows), len(numbers)))


def check(known: Sequence[Example], penalty: float, *, verbose: bool) -> None:
    """Print how often the topic of each set is right by what the others teach."""
    runs = [Runs(example) for example in known]
    for name in dict.fromkeys(example.source for example in known):
        others = [one for example, one in zip(known, runs, strict=True) if example.source != name]
        weights = trained(others, penalty)
        own = [example for example in known if example.source == name]
        wrong = [one for one in own if not one.is_right(run_in(one.spoken, weights))]
        print(f"{name:8} n={len(own):3}  topic right {1 - len(wrong) / len(own):6.1%}")
        for example in wrong if verbose else ():
            print(f"    {example.text}\n       {run_in(example.spoken, weights)!r}"
                  f" for {example.topics[:2]}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, tell how well it goes")
    parser.add_argument("--penalty", type=float, default=PENALTY)
    parser.add_argument("--verbose", action="store_true", help="and what is wrong")
    flags = parser.parse_args()
    known = examples()
    if flags.check:
        check(known, flags.penalty, verbose=flags.verbose)
        return
    weights = trained([Runs(example) for example in known], flags.penalty)
    lines = [
        f"{json.dumps(name, ensure_ascii=False)} = {weights[name]}" for name in sorted(weights)
    ]
    head = (
        "# Made by scripts/train_topics.py: what speaks for (above 0) a word being of the topic.\n"
    )
    WEIGHTS.write_text(f"{head}\n[weights]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(weights)} weights from {len(known)} requests")


if __name__ == "__main__":
    main()
