"""Which words of a request fill which slot: trains `prompts/data/slots.en.crf`.

`python scripts/train_slots.py` writes it, `--check` only tells how often all slots of a request are
right by what the other files teach. It learns from the marked requests of
tests/data/marked/en/*.txt: a tree of files, one path a line, an empty line, then one request a line,
`{intent}` before each of its steps and `[words](role)` round what fills a slot; "---" begins another
tree. Needs python-crfsuite.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import pycrfsuite

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from judged_requests import Requests, catalog_of

from lsfs.lookup import CatalogNames
from lsfs.prompts.labelled.labeller import mentions_in
from lsfs.prompts.labelled.words import features_of, words_in
from lsfs.prompts.names.targets import Targets
from lsfs.prompts.request.marked import MarkedStep, MarkedTree, marked_trees

DATA = ROOT / "prompts" / "data"
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


def _catalog(paths: Sequence[str], folder: str):
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--language", choices=("en", "zh"), action="append")
    options = parser.parse_args()
    for language in options.language or ("en", "zh"):
        known, file = list(examples(language)), DATA / f"slots.{language}.crf"
        if options.check:
            check(known, verbose=options.verbose)
        else:
            train(known, file)
            print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB, of {len(known)} steps")


if __name__ == "__main__":
    main()
