"""Which words of a request fill which slot: trains `prompts/data/slots.en.crf`.

`python scripts/train_slots.py` writes it, `--check` only tells how often all slots of a request are
right by what the other files teach. It learns from the marked requests of
tests/data/marked/en/*.txt: a tree of files, one path a line, an empty line, then one request a line,
`{intent}` before each of its steps and `[words](role)` round what fills a slot; "---" begins another
tree. Needs python-crfsuite.
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

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from judged_requests import Requests, catalog_of

from lsfs.lookup import CatalogNames
from lsfs.prompts.labelled.labeller import mentions_in
from lsfs.prompts.labelled.words import features_of, words_in
from lsfs.prompts.names.targets import Targets

MARKED = ROOT / "tests" / "data" / "marked" / "en"
MODEL = ROOT / "prompts" / "data" / "slots.en.crf"
PENALTIES = {"c1": 0.05, "c2": 0.05}
"""L1 and L2, chosen by `--check`."""
_STEP = re.compile(r"\{(\w+)\}")
_MARK = re.compile(r"\[([^\[\]]*)\]\((\w+)\)")


@dataclass(frozen=True)
class Example:
    """One step of a request: its features and the label of each word."""

    source: str
    intent: str
    text: str
    features: list[list[str]]
    labels: list[str]


def examples(file: Path) -> Iterator[Example]:
    """All steps of a file of marked requests."""
    for tree in re.split(r"(?m)^---$", file.read_text(encoding="utf-8")):
        names, _, lines = tree.strip().partition("\n\n")
        paths = [path.strip() for path in names.splitlines() if not path.startswith("#")]
        with tempfile.TemporaryDirectory() as folder, closing(_catalog(paths, folder)) as catalog:
            for line in lines.splitlines():
                if line.strip() and not line.startswith("#"):
                    for intent, marked in _steps(line):
                        if intent != "none":
                            targets = Targets(CatalogNames(catalog))
                            yield _example(file.stem, intent, marked, targets)


def _catalog(paths: Sequence[str], folder: str):
    folders = {path.rstrip("/") for path in paths if path.endswith("/")}
    files = [path for path in paths if not path.endswith("/")]
    for path in [*files, *folders]:
        folders |= {str(parent) for parent in Path(path).parents} - {"."}
    now = datetime(2026, 11, 18, tzinfo=timezone.utc)
    return catalog_of(Requests(now, files, sorted(folders), {}), Path(folder))


def _steps(line: str) -> Iterator[tuple[str, str]]:
    parts = _STEP.split(line.strip())
    for intent, marked in zip(parts[1::2], parts[2::2], strict=True):
        yield intent, re.sub(r"(?:[\s,;]+(?:and|then|and then))?[\s,;.]*$", "", marked.strip())


def _example(source: str, intent: str, marked: str, targets: Targets) -> Example:
    text, spans, end = "", [], 0
    for mark in _MARK.finditer(marked):
        text += marked[end : mark.start()]
        spans.append((len(text), len(text) + len(mark[1]), mark[2]))
        text += mark[1]
        end = mark.end()
    text += marked[end:]
    words = words_in(text)
    labels = []
    for word in words:
        role = next((r for a, b, r in spans if a < word.end and word.start < b), None)
        is_first = any(a <= word.end - 1 and word.start <= a for a, b, r in spans if r == role)
        labels.append("O" if role is None else f"{'B' if is_first else 'I'}-{role}")
    features = features_of(words, intent, mentions_in(text, intent, targets))
    return Example(source, intent, text, features, labels)


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
    options = parser.parse_args()
    known = [one for file in sorted(MARKED.glob("*.txt")) for one in examples(file)]
    if options.check:
        check(known, verbose=options.verbose)
    else:
        train(known, MODEL)
        print(f"{MODEL.name}: {MODEL.stat().st_size / 1000:.0f} kB, of {len(known)} steps")


if __name__ == "__main__":
    main()
