"""How much summaries hold of what documents are about, on public collections in BEIR's layout,
beside the first sentences and sentences at random. Prints Markdown.

    python scripts/eval/summaries.py cranfield --articles xquad-en xquad-zh

Titles: the share of a title's content words that n sentences of the document (given without its
title) hold, and that n sentences of eight documents hold of all their titles: of eight files, and
of one file in which they follow each other. All ways draw from the same sentences; how many words
they take is told, because more hold more. Articles: of the paragraphs of each article (ids
NAME-NUMBER), a file each, how often the one sentence about a question is of the paragraph that
answers it, beside the one sentence that is not asked about anything. And the processor time for a
book of a thousand pages: the collection's documents, one after the other, over and over.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from lsfs import evaluation
from lsfs.ports import Brief, Text
from lsfs.prompts.summaries.candidates import candidates
from lsfs.prompts.summaries.sentences import count_words, words
from lsfs.prompts.summaries.summary import ExtractiveSummarizer
from lsfs.records import Chunk, Place

SEED, TOGETHER = 1, 8
BOOK_CHARACTERS = 3_000_000
Way = Callable[[Sequence[Text], int], list[str]]
"""Texts, and how many sentences, to these."""


def as_text(name: str, text: str) -> Text:
    """A document as a file."""
    return Text(name, [Chunk(0, text, Place(line_from=1, line_to=1 + text.count("\n")))])


def summary(texts: Sequence[Text], count: int) -> list[str]:
    """What the product says."""
    found = ExtractiveSummarizer().summarize(texts, Brief(count))
    return [one.text for one in found.statements]


def first(texts: Sequence[Text], count: int) -> list[str]:
    """The first sentence of each, then the second of each, and so on."""
    files = [[one.text for one in candidates(text)] for text in texts]
    depth = max(map(len, files), default=0)
    return [file[at] for at in range(depth) for file in files if at < len(file)][:count]


def at_random(texts: Sequence[Text], count: int) -> list[str]:
    """Any of them."""
    every = [one.text for text in texts for one in candidates(text)]
    return random.Random(SEED).sample(every, min(count, len(every)))


WAYS: dict[str, Way] = {"summary": summary, "first": first, "random": at_random}


def rows_of(file: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSON Lines file."""
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def titled(folder: Path) -> list[tuple[str, Text]]:
    """(title, text) of the documents that have both."""
    rows = (
        (str(row.get("title") or ""), str(row["text"])) for row in rows_of(folder / "corpus.jsonl")
    )
    return [(title, as_text(f"{at}.txt", text)) for at, (title, text) in enumerate(rows)
            if words(title) and text.strip()]  # fmt: skip


Group = tuple[Sequence[str], Sequence[Text]]
"""Titles, and the files that are about them."""


def held(way: Way, groups: Sequence[Group], count: int) -> tuple[float, float]:
    """Mean share of the words of a title that the sentences of its group hold, and their length."""
    shares, lengths = [], []
    for titles, texts in groups:
        said = " ".join(way(texts, count))
        known = set(words(said))
        shares += [len(known & set(words(title))) / len(set(words(title))) for title in titles]
        lengths.append(count_words(said))
    return statistics.fmean(shares), statistics.fmean(lengths)


def in_one_file(texts: Sequence[Text]) -> list[Text]:
    """The documents one after the other."""
    return [as_text("joined.txt", "\n\n".join(text.chunks[0].text for text in texts))]


def report_titles(folder: Path) -> None:
    """A table: one document and eight together."""
    documents = titled(folder)
    random.Random(SEED).shuffle(documents)
    singles: list[Group] = [([title], [text]) for title, text in documents]
    groups = [documents[at : at + TOGETHER] for at in range(0, len(documents), TOGETHER)]
    files: list[Group] = [([t for t, _ in group], [x for _, x in group]) for group in groups]
    joined: list[Group] = [(titles, in_one_file(texts)) for titles, texts in files]
    counts = (TOGETHER // 2, TOGETHER, 2 * TOGETHER)
    print(f"| {folder.name}: {len(documents):,} titles | sentences |", end="")
    print("".join(f" {name} | words |" for name in WAYS))
    print("|---|---|" + "---|---|" * len(WAYS))
    cases = [("one document", singles, (1, 2, 3))]
    cases += [(f"{TOGETHER} files", files, counts), (f"{TOGETHER} in one file", joined, counts)]
    for name, chosen, numbers in cases:
        for count in numbers:
            cells = [held(way, chosen, count) for way in WAYS.values()]
            told = "".join(f" {share:.3f} | {length:.0f} |" for share, length in cells)
            print(f"| {name} | {count} |{told}", flush=True)


def report_articles(folder: Path) -> None:
    """How often the sentence that is about a question is of the right paragraph."""
    collection = evaluation.read(folder)
    texts = {str(row["_id"]): str(row["text"]) for row in rows_of(folder / "corpus.jsonl")}
    articles: dict[str, list[Text]] = defaultdict(list)
    for document, text in texts.items():
        articles[document.rpartition("-")[0]].append(as_text(f"{document}.txt", text))
    right = {True: 0, False: 0}
    for number, question in collection.questions.items():
        answers = {f"{document}.txt" for document in collection.grades[number]}
        article = next(iter(collection.grades[number])).rpartition("-")[0]
        for is_asked in right:
            brief = Brief(1, about=question if is_asked else None)
            (said,) = ExtractiveSummarizer().summarize(articles[article], brief).statements
            right[is_asked] += said.sources[0].path in answers
    total, files = len(collection.questions), statistics.fmean(map(len, articles.values()))
    asked, unasked = right[True] / total, right[False] / total
    print(f"| {folder.name} | {total:,} | {files:.0f} | {asked:.3f} | {unasked:.3f} |", flush=True)


def report_book(folder: Path) -> None:
    """The time that three million characters take."""
    pages = [str(row["text"]) for row in rows_of(folder / "corpus.jsonl")]
    book = "\n\n".join(pages)
    while len(book) < BOOK_CHARACTERS:
        book += f"\n\n{len(book)} ".join(["", *pages])
    chunks = [
        Chunk(at, book[start : start + 1000], Place(page=1 + at // 3))
        for at, start in enumerate(range(0, BOOK_CHARACTERS, 1000))
    ]
    started = time.process_time()
    found = ExtractiveSummarizer().summarize([Text("book.pdf", chunks)], Brief(5))
    took_s = time.process_time() - started
    said = len(found.statements)
    print(f"{BOOK_CHARACTERS:,} characters, {said} sentences: {took_s:.1f} s of a processor")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(".")[0])
    parser.add_argument("folder", type=Path, help="a collection whose documents have titles")
    parser.add_argument("--articles", type=Path, nargs="*", default=[], help="ids are NAME-NUMBER")
    given = parser.parse_args()
    report_titles(given.folder)
    if given.articles:
        print("\n| articles | questions | paragraphs each | right paragraph | unasked |")
        print("|---|---|---|---|---|")
        for folder in given.articles:
            report_articles(folder)
    print()
    report_book(given.folder)


if __name__ == "__main__":
    main()
