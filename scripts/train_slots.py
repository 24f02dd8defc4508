"""Which words of a request fill which slot, and what Chinese searches are about: trains
`prompts/data/slots.*.crf` and `topics.zh.crf`.

`python scripts/train_slots.py` writes them, `--check` only tells how often all labels of a request
are right by what the other files teach. Slots are learnt from `prompts/data/marked.*.txt` and
tests/data/marked (see lsfs/prompts/request/marked.py), topics from tests/data/topics.toml and the
developed sets. Needs python-crfsuite.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import pycrfsuite

sys.path.insert(0, str(Path(__file__).resolve().parent))

from judged_requests import DEVELOPED, Requests, catalog_of, load_requests, read_toml

from lsfs.catalog import Catalog
from lsfs.errors import LsfsError
from lsfs.lookup import CatalogNames
from lsfs.prompts.chinese.search import sought_in
from lsfs.prompts.chinese.steps import plainly
from lsfs.prompts.chinese.text import BLANK, Phrase, phrase_of
from lsfs.prompts.chinese.topics import features_of as topic_features
from lsfs.prompts.chinese.topics import places_in
from lsfs.prompts.labelled.labeller import mentions_in
from lsfs.prompts.labelled.words import features_of, words_in
from lsfs.prompts.names.context import Context
from lsfs.prompts.names.targets import Targets
from lsfs.prompts.request.marked import MarkedStep, MarkedTree, marked_trees

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "prompts" / "data"
LANGUAGES = ("en", "zh")
PENALTIES = {"c1": 0.05, "c2": 0.05}
"""L1 and L2, chosen by `--check`."""


@dataclass(frozen=True)
class Example:
    """One step of a request: its features and the label of each word."""

    source: str
    intent: str
    text: str
    features: list[list[str]]
    labels: list[str]


def examples(language: str) -> Iterator[Example]:
    """All steps of the marked requests in a language, and of those of the developed sets."""
    written = DATA / f"marked.{language}.txt"
    sets = sorted((ROOT / "tests" / "data" / "marked").glob(f"*.{language}.txt"))
    for file in (written, *sets):
        trees = list(marked_trees(file.read_text(encoding="utf-8")))
        for number, tree in enumerate(trees):
            source = f"{file.name} {number * 4 // len(trees)}" if file is written else file.name
            yield from _of_tree(source, tree, language)


def _of_tree(source: str, tree: MarkedTree, language: str) -> Iterator[Example]:
    with tempfile.TemporaryDirectory() as folder, closing(_catalog(tree.paths, folder)) as catalog:
        for step in tree.steps:
            if step.intent != "none":
                yield _example(source, step, Targets(CatalogNames(catalog)), language)


def _catalog(paths: Sequence[str], folder: str) -> Catalog:
    folders = {path.rstrip("/") for path in paths if path.endswith("/")}
    files = [path for path in paths if not path.endswith("/")]
    for path in [*files, *folders]:
        folders |= {str(parent) for parent in Path(path).parents} - {"."}
    now = datetime(2026, 11, 18, tzinfo=timezone.utc)
    return catalog_of(Requests(now, files, sorted(folders), {}), Path(folder))


def _example(source: str, step: MarkedStep, targets: Targets, language: str) -> Example:
    words, labels = words_in(step.text), []
    for word in words:
        slot = next((one for one in step.slots if one[0] < word.end and word.start < one[1]), None)
        is_first = slot is not None and word.start <= slot[0]
        labels.append("O" if slot is None else f"{'B' if is_first else 'I'}-{slot[2]}")
    mentions = mentions_in(step.text, step.intent, targets, language)
    features = features_of(words, step.intent, mentions)
    return Example(source, step.intent, step.text, features, labels)


def train(known: Sequence[Example], file: Path) -> None:
    """Learn from examples, and keep it in a file."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for example in known:
        trainer.append(example.features, example.labels)
    trainer.set_params({**PENALTIES, "max_iterations": 150, "feature.possible_transitions": True})
    trainer.train(str(file))


def check(known: Sequence[Example], *, verbose: bool) -> None:
    """Print how often all slots are right, of each file by what the others teach."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.crf"
        for source in dict.fromkeys(example.source for example in known):
            train([one for one in known if one.source != source], model)
            tagger = pycrfsuite.Tagger()
            tagger.open(str(model))
            own = [one for one in known if one.source == source]
            found = [tagger.tag(one.features) for one in own]
            right = sum(labels == one.labels for labels, one in zip(found, own, strict=True))
            print(f"{source:10} n={len(own):4}  all slots right {right / len(own):6.1%}")
            for labels, one in zip(found, own, strict=True):
                if verbose and labels != one.labels:
                    print(f"    {one.intent}: {one.text}\n        {_shown(one, labels)}")


def _shown(example: Example, labels: Sequence[str]) -> str:
    words = [word.text for word in words_in(example.text)]
    differing = zip(words, labels, example.labels, strict=True)
    return ", ".join(f"{word}: {got} for {want}" for word, got, want in differing if got != want)


# -- what Chinese searches are about ---------------------------------------------------------------


def finds() -> Iterator[Example]:
    """The marked Chinese searches, and those of the developed sets."""
    requests = load_requests()
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(catalog_of(requests, Path(folder))) as catalog,
    ):
        context = Context(Targets(CatalogNames(catalog)), requests.now)
        for source, text, topics in _told(requests):
            try:
                phrase, _ = plainly(phrase_of(text, context.targets))
                reading, _, _ = sought_in(phrase, context)
            except LsfsError:
                continue
            left = [part for part in (reading.found.query, *reading.left) if part]
            said = reading.topic or reading.phrase
            features, labels = topic_features(said, left), _topic_labels(said, text, topics)
            yield Example(source, "search", text, features, labels)


def _told(requests: Requests) -> Iterator[tuple[str, str, list[tuple[int, int]]]]:
    """(source, request, where its topic stands)."""
    for number, marked in enumerate(read_toml("topics.toml")["marked_zh"]):
        text, topics, end = "", [], 0
        for mark in re.finditer(r"\[(.*?)\]", marked):
            text += marked[end : mark.start()] + mark[1]
            topics.append((len(text) - len(mark[1]), len(text)))
            end = mark.end()
        yield f"marked {number % 4}", text + marked[end:], topics
    sets = {name: requests.half(name) for name in DEVELOPED}
    sets["chinese"] = read_toml("requests.chinese.toml")["request"]
    for name, items in sets.items():
        for item in items:
            plan, text = item.get("plan") or {}, item["text"]
            if plan.get("op") != "search" or "containing" in plan or not CHINESE.search(text):
                continue
            queries = plan.get("query") or []
            queries = [queries] if isinstance(queries, str) else queries
            topic = next((one for one in queries if one in text), "")
            if topic or not queries:
                start = text.find(topic)
                yield name, text, [(start, start + len(topic))] if topic else []


def _topic_labels(phrase: Phrase, text: str, topics: Sequence[tuple[int, int]]) -> list[str]:
    """B, I or O of each sign of a phrase; what it says is looked for in the request, in order."""
    at, where = 0, []
    for said in phrase.said:
        start = text.find(said.strip() or said, at)
        found = start if 0 <= start <= at + FARTHEST else -1
        where.append((found, found + len(said.strip())) if found >= 0 else (at, at))
        at = where[-1][1]
    labels: list[str] = []
    for first, last in places_in(phrase.text):
        start, end = where[first][0], where[last - 1][1]
        is_topic = any(low < end and start < high for low, high in topics)
        is_inside = is_topic and phrase.text[first] != BLANK
        labels.append("O" if not is_inside else "I" if labels and labels[-1] != "O" else "B")
    return labels


FARTHEST = 12
"""Signs that the grammar may have left out of a request in one place."""
CHINESE = re.compile("[\u3400-\u9fff]")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--language", choices=LANGUAGES, action="append")
    options = parser.parse_args()
    sets = [(f"slots.{language}", examples(language)) for language in options.language or LANGUAGES]
    for name, told in [*sets, ("topics.zh", finds())]:
        known, file = list(told), DATA / f"{name}.crf"
        if options.check:
            check(known, verbose=options.verbose)
        else:
            train(known, file)
            print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB, of {len(known)} steps")


if __name__ == "__main__":
    main()
