"""The request fixtures made real, and the judging of what came of them: tests/data/requests.toml,
.later, .third to .eighth and .chinese2 to .chinese4 to develop on; .ninth, .voices and .report to
report on.

Shared by scripts/eval/parsing.py and the tests. Nothing here is tuned on what is reported on.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from lsfs.catalog import Catalog
from lsfs.config import IndexerConfig
from lsfs.errors import ConfirmationError, LsfsError, NotUnderstoodError
from lsfs.indexer import embed
from lsfs.lookup import CatalogNames
from lsfs.plan import BaseOperation
from lsfs.prompts.parser import RequestParser

DATA = Path(__file__).resolve().parents[1] / "tests" / "data"
Flat = dict[str, Any]
_FILES = {
    "develop": "", "later": ".later", "third": ".third", "fourth": ".fourth", "fifth": ".fifth",
    "sixth": ".sixth", "seventh": ".seventh", "eighth": ".eighth", "chinese2": ".chinese2",
    "chinese3": ".chinese3", "chinese4": ".chinese4",
    "ninth": ".ninth", "voices": ".voices", "report": ".report",
}  # fmt: skip
DEVELOPED = (
    "develop",
    "later",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "chinese2",
    "chinese3",
    "chinese4",
)
"""The sets that may be looked into."""
REPORTED = ("ninth", "voices", "report")
"""The sets of which only the totals are looked at."""


@dataclass(frozen=True)
class Judged:
    """One request, what came of it, and how far that is right."""

    text: str
    got: str | Flat
    operation_right: bool
    plan_right: bool
    is_wrong_act: bool
    elapsed_ms: float


@dataclass(frozen=True)
class Requests:
    """The fixtures: a tree of names, a time, and the requests of each half."""

    now: datetime
    files: list[str]
    directories: list[str]
    sets: dict[str, list[dict[str, Any]]]

    def half(self, which: str) -> list[dict[str, Any]]:
        """Of DEVELOPED or REPORTED."""
        return self.sets[which]


def read_toml(name: str) -> dict[str, Any]:
    """A file of the fixtures."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def load_requests() -> Requests:
    """Read the fixtures."""
    data = {which: read_toml(f"requests{name}.toml") for which, name in _FILES.items()}
    tree = data["develop"]
    return Requests(
        tree["now"], tree["files"], tree["directories"],
        {which: read["request"] for which, read in data.items()},
    )  # fmt: skip


def catalog_of(requests: Requests, folder: Path) -> Catalog:
    """A real catalog of the fixture's tree, which is made (empty) below `folder`."""
    catalog = Catalog(folder / "catalog.db")
    for path in requests.directories:
        (folder / "tree" / path).mkdir(parents=True, exist_ok=True)
        catalog.add_entry(path, "directory", (folder / "tree" / path).stat(), 0)
    for path in requests.files:
        (folder / "tree" / path).touch()
        catalog.add_entry(path, "file", (folder / "tree" / path).stat(), 0)
    return catalog


def flat(operation: BaseOperation) -> Flat:
    """The operation without defaults, its target's and filters' fields beside the others."""
    fields = operation.model_dump(mode="json", exclude_defaults=True)
    for inner in ("target", "filters"):
        fields |= fields.pop(inner, {})
    fields |= fields.pop("filters", {})
    fields.pop("sole", None)  # by that several are asked about, not which are meant
    return {"op": getattr(operation, "op", "?"), **{k: _plain(k, v) for k, v in fields.items()}}


_MOMENTS = frozenset("after before to since until expires mtime from_time to_time".split())


def _plain(key: str, value: Any) -> Any:
    if key in _MOMENTS and isinstance(value, str):
        bare = re.sub(r"(?<=T\d\d:\d\d):00$", "", value.removesuffix("+01:00"))
        return bare.removesuffix("T00:00")
    if key == "query":
        return _query(value)
    return value


def _query(text: str) -> str:
    return " ".join(text.casefold().split())


def judge(item: dict[str, Any], parser: RequestParser) -> Judged:
    """Parse one request and compare."""
    started = time.perf_counter()
    got: str | Flat
    operations: list[Flat] = []
    acts = False
    try:
        plan = parser.parse(item["text"], "eval")
        operations, acts = [flat(op) for op in plan.operations], plan.changes_something()
        got = operations[0] if len(operations) == 1 else {"op": "several", "operations": operations}
    except NotUnderstoodError:
        got = "not_understood"
    except ConfirmationError:
        got = "ambiguous"
    except LsfsError as error:
        got = error.kind
    elapsed = (time.perf_counter() - started) * 1000
    operation_right, plan_right = _compared(item, got)
    return Judged(item["text"], got, operation_right, plan_right, acts and not plan_right, elapsed)


def _compared(item: dict[str, Any], got: str | Flat) -> tuple[bool, bool]:
    expected = item.get("expect", [])
    name = got if isinstance(got, str) else got["op"]
    if name in ([expected] if isinstance(expected, str) else expected):
        return True, True
    if isinstance(got, str):
        return False, False
    wanted = [item[key] for key in ("plan", "or") if key in item]
    return any(_names(w) == _names(got) for w in wanted), any(_same(w, got) for w in wanted)


def _names(plan: Flat) -> list[str]:
    """The operations, step by step."""
    return [step["op"] for step in plan.get("operations", [plan])]


_COUNTING = ("count", "clear")
"""Fields of a search that say its number first. Most labels are older, and say what is found."""


def _same(wanted: Flat, got: Flat) -> bool:
    if "operations" in wanted:
        steps, others = wanted["operations"], got.get("operations", [])
        return len(steps) == len(others) and all(map(_same, steps, others))
    queries = wanted.get("query", [])
    queries = [queries] if isinstance(queries, str) else queries
    rest = {key: _plain(key, value) for key, value in wanted.items() if key != "query"}
    is_counting = got["op"] == "search" and got.get("count")
    left = {"query", *_COUNTING} if is_counting else {"query"}
    others = {key: value for key, value in got.items() if key not in left}
    if rest != others:
        return False
    return got.get("query") in [_query(q) for q in queries] if queries else "query" not in got


class PackagedEmbedder:
    """`lsfs.ports.Embedder` on the packaged model, in this process."""

    def __init__(self) -> None:
        self._model = embed.load(IndexerConfig(device="cpu"))

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """See `lsfs.ports.Embedder.embed`."""
        rows: Sequence[Sequence[float]] = self._model.embed(texts).tolist()
        return rows


def packaged_parser(requests: Requests, catalog: Catalog, cache: Path) -> RequestParser:
    """The parser as it comes, on the packaged embedding model and a real catalog."""
    return RequestParser(
        embedder=PackagedEmbedder(),
        names=CatalogNames(catalog),
        model=None,
        now=lambda: requests.now,
        cache=cache,
    )
