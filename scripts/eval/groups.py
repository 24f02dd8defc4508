"""How well files are grouped by topic, and the groups named: `python scripts/eval/groups.py DIR...`

DIR is a collection in BEIR's layout whose documents come from articles, with ids ARTICLE-NUMBER, as
XQuAD's paragraphs. Each paragraph is a file named by a number; its article is what it is about.
Draws of some articles are grouped through the product, as many groups as it finds, and all of them
also told how many there are. Prints Markdown: groups and articles; purity (the share of files that
are of their group's commonest article) and normalised mutual information, both with "other" as a
group; the share of files in "other"; and of the groups the share whose name holds a word of the
name of its commonest article.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from retrieval import indexed
from sklearn.metrics import normalized_mutual_info_score

from lsfs import evaluation
from lsfs.client import FileSystem

HEAD = "| collection | articles | files | told | groups | purity | NMI | in other | named |"
DRAWS, SEED = 5, 1


@dataclass(frozen=True)
class Measures:
    """Of one grouping; shares lie in 0..1."""

    groups: float
    purity: float
    nmi: float
    other: float
    named: float


def measured(fs: FileSystem, articles: Mapping[str, str], count: int | None) -> Measures:
    """Group the files of these articles (file -> article), and take it back."""
    target = {"paths": list(articles)}
    operation = {"op": "group", "name": "eval", "by": "topic", "count": count, "target": target}
    fs.run([operation], yes=True)
    groups = {
        str(row["name"]).removeprefix("eval/"): [str(one["path"]) for one in fs.groups(row["name"])]
        for row in fs.groups("eval")
    }
    fs.undo()
    return _compared(groups, articles)


def _compared(groups: Mapping[str, Sequence[str]], articles: Mapping[str, str]) -> Measures:
    pairs = [(articles[file], label) for label, files in groups.items() for file in files]
    own = {label: Counter(articles[file] for file in files) for label, files in groups.items()}
    topics = [label for label in groups if label != "other"]
    named = sum(_says(label, own[label].most_common(1)[0][0]) for label in topics)
    return Measures(
        groups=len(topics),
        purity=sum(max(counts.values()) for counts in own.values()) / len(pairs),
        nmi=float(normalized_mutual_info_score(*zip(*pairs, strict=True))),
        other=len(groups.get("other", ())) / len(pairs),
        named=named / max(1, len(topics)),
    )


def _says(label: str, article: str) -> bool:
    stems = {word[:5].casefold() for word in re.findall(r"[^\W\d_]{3,}", article)}
    return any(word[:5].casefold() in stems for word in re.findall(r"[^\W\d_]{3,}", label))


def rows(name: str, fs: FileSystem, articles: Mapping[str, str]) -> Iterator[str]:
    """A line for each number of articles drawn: means over the draws."""
    every = sorted(set(articles.values()))
    for size in (4, 12, 24, len(every)):
        draws = 1 if size == len(every) else DRAWS
        chosen = [set(random.Random(SEED + draw).sample(every, size)) for draw in range(draws)]
        parts = [{f: a for f, a in articles.items() if a in some} for some in chosen]
        for count in (None, size):
            found = [measured(fs, part, count) for part in parts]
            means = [statistics.fmean(column) for column in zip(*map(astuple, found), strict=True)]
            shown = " | ".join([f"{means[0]:.1f}", *(f"{mean:.3f}" for mean in means[1:])])
            files = round(statistics.fmean(map(len, parts)))
            yield f"| {name} | {size} | {files} | {'yes' if count else 'no'} | {shown} |"


def main() -> None:
    """Measure each folder."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    flags = arguments.parse_args()
    print(f"{HEAD}\n|{'---|' * HEAD.count(' |')}")
    for folder in flags.folders:
        collection = evaluation.read(folder)
        articles = {file: one.rpartition("-")[0] for one, file in collection.home.items()}
        with (
            tempfile.TemporaryDirectory() as place,
            indexed(collection, Path(place) / "root") as fs,
        ):
            for line in rows(folder.name, fs, articles):
                print(line, flush=True)


if __name__ == "__main__":
    main()
