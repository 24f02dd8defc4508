"""A filter hides what does not meet it, and changes nothing else: neither which files are found nor
their scores nor their order."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from indexing import Indexed

from lsfs.plan import Search
from lsfs.selector import Filters

COUNT, ALL = 240, 1000
WORDS = (
    "kernel scheduler latency garden tomato bread sourdough invoice landlord orchestra violin"
    " glacier harbour lentil budget meeting"
).split()
TYPES = {"txt": "text", "md": "text", "py": "code", "html": "web", "csv": "spreadsheet"}
AUTHORS = "Emily Zhang", "Otto Baum"
FOLDERS = "", "notes", "notes/old", "work", "work/2024"
QUERIES = (
    "kernel scheduler", "how do I bake bread", "invoice of the landlord", "report 7",
    "violin violin orchestra", "tomato +garden", "meeting -budget", '"glacier harbour" lentil',
)  # fmt: skip


@dataclass(frozen=True)
class File:
    """What was written, as a filter sees it."""

    path: str
    extension: str
    folder: str
    size: int
    day: int
    author: str

    @property
    def time(self) -> datetime:
        return datetime.fromtimestamp(self.day * 86_400, timezone.utc)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Indexed]:
    with Indexed(tmp_path_factory.mktemp("home")) as indexed:
        for file in files():
            indexed.write(file.path, _text(file), mtime=file.day * 86_400)
        indexed.settle()
        yield indexed


@cache
def files() -> tuple[File, ...]:
    chosen = random.Random(5)
    made = []
    for number in range(COUNT):
        extension, folder = chosen.choice(list(TYPES)), chosen.choice(FOLDERS)
        author = chosen.choice(AUTHORS) if extension == "html" else ""
        told = f"{chosen.choice(WORDS)} report {number % 20}" if number % 3 else f"{number}"
        path = f"{folder}/{told} {number}.{extension}".lstrip("/")
        file = File(path, extension, folder, 0, 18_000 + chosen.randrange(400), author)
        made.append(File(path, extension, folder, len(_text(file).encode()), file.day, author))
    return tuple(made)


def _text(file: File) -> str:
    chosen = random.Random(file.path)
    said = " ".join(chosen.choice(WORDS) for _ in range(chosen.choice((3, 12, 60, 300))))
    if file.extension == "html":
        return (
            f'<html><head><meta name="author" content="{file.author}"></head><p>{said}</p></html>'
        )
    return f"said,note\n{said},1\n" if file.extension == "csv" else f"{said}\n"


def moments() -> some.SearchStrategy[datetime]:
    return some.integers(17_990, 18_410).map(
        lambda day: datetime.fromtimestamp(day * 86_400, timezone.utc)
    )


FILTERS: dict[str, tuple[some.SearchStrategy[Any], Callable[[File, Any], bool]]] = {
    "after": (moments(), lambda file, moment: file.time >= moment),
    "before": (moments(), lambda file, moment: file.time < moment),
    "types": (
        some.lists(some.sampled_from(sorted({*TYPES.values()})), min_size=1, max_size=2),
        lambda file, types: TYPES[file.extension] in types,
    ),
    "extensions": (
        some.lists(some.sampled_from(list(TYPES)), min_size=1, max_size=3),
        lambda file, extensions: file.extension in extensions,
    ),
    "under": (
        some.sampled_from(FOLDERS[1:]),
        lambda file, under: f"{file.folder}/".startswith(f"{under}/"),
    ),
    "name": (
        some.sampled_from(["*1*", "k*", "*report*", "*.?d"]),
        lambda file, glob: fnmatchcase(file.path.rpartition("/")[2], glob),
    ),
    "path": (
        some.sampled_from(["notes/**", "**/*7*", "work/*/**"]),
        lambda file, glob: {
            "notes/**": file.path.startswith("notes/"), "**/*7*": "7" in file.path.split("/")[-1],
            "work/*/**": file.path.startswith("work/2024/"),
        }[glob],
    ),
    "size_min": (some.integers(0, 3000), lambda file, size: file.size >= size),
    "size_max": (some.integers(0, 3000), lambda file, size: file.size <= size),
    "author": (some.sampled_from(["emily", "BAUM", "nobody"]), lambda file, author: (
        author.lower() in file.author.lower()
    )),
}  # fmt: skip
SIGNS: dict[str, Callable[[File], bool]] = {
    "ext:md": lambda file: file.extension == "md",
    "-ext:txt,py": lambda file: file.extension not in ("txt", "py"),
    "in:notes": lambda file: file.path.startswith("notes/"),
    "-in:work": lambda file: not file.path.startswith("work/"),
    "type:code": lambda file: file.extension == "py",
    "name:*report*": lambda file: "report" in file.path.rpartition("/")[2],
    "size:+400": lambda file: file.size >= 400,
    "author:otto": lambda file: "Otto" in file.author,
}


@some.composite
def filters(draw: some.DrawFn) -> dict[str, Any]:
    names = draw(some.lists(some.sampled_from(list(FILTERS)), max_size=3, unique=True))
    return {name: draw(FILTERS[name][0]) for name in names}


def ranked(home: Indexed, query: str, mode: str, **chosen: Any) -> list[tuple[str, float]]:
    asked = {"query": query, "mode": mode, "limit": ALL, "filters": Filters.model_validate(chosen)}
    result = home.index.search(Search.model_validate(asked))
    return [(hit.path, hit.score) for hit in result.hits]


COMPLETE: dict[tuple[str, str], list[tuple[str, float]]] = {}


@settings(
    max_examples=60, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    query=some.sampled_from(QUERIES),
    mode=some.sampled_from(["lexical", "semantic", "hybrid"]),
    chosen=filters(),
    signs=some.lists(some.sampled_from(list(SIGNS)), max_size=2, unique=True),
    limit=some.integers(1, 30),
)
def test_a_filtered_search_is_the_complete_ranking_filtered(  # noqa: PLR0913 - of hypothesis
    home: Indexed, query: str, mode: str, chosen: dict[str, Any], signs: list[str], limit: int
) -> None:
    if (query, mode) not in COMPLETE:
        COMPLETE[query, mode] = ranked(home, query, mode)
        assert len(COMPLETE[query, mode]) > 3
    meets = {
        file.path
        for file in files()
        if all(FILTERS[name][1](file, value) for name, value in chosen.items())
        and all(SIGNS[sign](file) for sign in signs)
    }
    expected = [hit for hit in COMPLETE[query, mode] if hit[0] in meets]
    found = ranked(home, " ".join([query, *signs]), mode, **chosen)
    assert [path for path, _ in found] == [path for path, _ in expected]
    assert [score for _, score in found] == pytest.approx(
        [score for _, score in expected], abs=1e-5
    )
    few = home.found(" ".join([query, *signs]), mode=mode, limit=limit, **chosen)
    assert len(few) == min(limit, len(expected)) and set(few) <= set(dict(expected))
