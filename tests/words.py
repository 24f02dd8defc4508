"""The request fixture with a real catalog, the packaged embedding model and the parser on them."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from judged_requests import PackagedEmbedder, Requests, catalog_of, load_requests

from lsfs.catalog import Catalog
from lsfs.config import cache_directory
from lsfs.lookup import CatalogNames
from lsfs.ports import Embedder, LanguageModel
from lsfs.prompts.parser import RequestParser


@functools.lru_cache(maxsize=1)
def world() -> tuple[Requests, Catalog]:
    """The fixture and its catalog, once a test run."""
    requests = load_requests()
    folder = tempfile.TemporaryDirectory(prefix="lsfs-words-")
    catalog = catalog_of(requests, Path(folder.name))
    _KEPT.append(folder)
    return requests, catalog


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


@functools.lru_cache(maxsize=1)
def packaged_embedder() -> PackagedEmbedder:
    """The model as it comes, loaded once a test run."""
    return PackagedEmbedder()


@functools.lru_cache(maxsize=1)
def trained_parser() -> RequestParser:
    """The parser without a language model, trained once a test run."""
    return parser_with(packaged_embedder())


def parser_over(
    directories: Sequence[str], files: Sequence[str], now: datetime | None = None,
    model: LanguageModel | None = None,
) -> RequestParser:  # fmt: skip
    """A parser over a tree of these names."""
    requests = replace(load_requests(), directories=list(directories), files=list(files))
    folder = tempfile.TemporaryDirectory(prefix="lsfs-words-")
    _KEPT.append(folder)
    return RequestParser(
        embedder=packaged_embedder(),
        names=CatalogNames(catalog_of(requests, Path(folder.name))),
        model=model,
        now=lambda: now or requests.now,
        cache=cache_directory(),
    )


def parser_with(
    embedder: Embedder, model: LanguageModel | None = None, cache: Path | None = None
) -> RequestParser:
    """A parser over the fixture's catalog."""
    requests, catalog = world()
    return RequestParser(
        embedder=embedder,
        names=CatalogNames(catalog),
        model=model,
        now=lambda: requests.now,
        cache=cache or cache_directory(),
    )
