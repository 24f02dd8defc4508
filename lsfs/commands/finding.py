"""Commands that find and tell: search, ask, similar, summarize."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeVar

import click

from lsfs import render
from lsfs.answers import listed_by, only_looks, touched_by
from lsfs.errors import UsageError
from lsfs.paths import for_pipe, for_terminal
from lsfs.typed import extensions, size_range

from .invocation import (
    DONE,
    NOTHING_FOUND,
    Invocation,
    QueryCommand,
    emit_bytes,
    lsfs_command,
)  # fmt: skip

_F = TypeVar("_F", bound=Callable[..., Any])

TYPES = (
    "document", "spreadsheet", "presentation", "pdf", "text", "code", "email", "image",
    "audio", "video", "archive", "web", "data",
)  # fmt: skip
_PATHS_ONLY = click.option("-l", "--files", is_flag=True, help="Print paths only.")
_PATHS_WITH_NUL = click.option(
    "-0", "--null", is_flag=True, help="Print paths only, each ended by a NUL."
)
SORTS = ("relevance", "newest", "oldest", "largest", "smallest", "name")
_FILTERS = (
    click.option(
        "--after", metavar="TIME", help='Changed at or after TIME (ISO, or words: "last week").'
    ),
    click.option("--before", metavar="TIME", help="Changed before TIME."),
    click.option("--type", "types", multiple=True, type=click.Choice(TYPES), help="Kind of file."),
    click.option(
        "--ext", "extensions", multiple=True, metavar="EXT", help="Extension: --ext pdf,md."
    ),
    click.option("--path", "glob", metavar="GLOB", help="Path in the root matches: 'notes/**'."),
    click.option("--size", metavar="SIZE", help="+1M (at least), -10k (at most), 10k..1M."),
    click.option("--author", metavar="NAME", help="Author, as the document says."),
)
_ORDER = (
    click.option(
        "--sort", type=click.Choice(SORTS), default="relevance", help="Order of the hits."
    ),
    click.option(
        "--min-score", type=click.FloatRange(0, 1), default=0.0, help="Leave out weaker hits."
    ),
    click.option("--all", "all_", is_flag=True, help="Show files that say the same one by one."),
    click.option("--explain", is_flag=True, help="Say how each score came about."),
    _PATHS_ONLY,
    _PATHS_WITH_NUL,
)


def _with(*options: Callable[[_F], _F]) -> Callable[[_F], _F]:
    """These options, in this order."""
    return lambda command: reduce(lambda done, add: add(done), reversed(options), command)


@lsfs_command("search", cls=QueryCommand)
@click.argument("query", nargs=-1)
@click.option(
    "--mode",
    type=click.Choice(["hybrid", "lexical", "semantic"]),
    default="hybrid",
    help="By meaning and words (hybrid), words alone, or meaning alone.",
)
@_with(*_FILTERS)
@click.option("--containing", metavar="TEXT", help="Holds exactly this text, in any case.")
@click.option("--clear", is_flag=True, help="Nothing that is only near to what is asked.")
@click.option("--no-rerank", is_flag=True, help="Not in the order of the setting search.reranker.")
@_with(*_ORDER)
def search(invocation: Invocation, query: Sequence[str], **options: Any) -> int:
    """Find files by what they say.

    QUERY is words, never a path. It may be left out when a filter is given.
    """  # fmt: skip
    words = " ".join(query).strip()
    filters = _filters(options)
    if not words and not options["containing"] and (query or not filters):
        raise UsageError("an empty query", hint='say what to look for: lsfs search "tax return"')
    asked = {"query": words, "mode": options["mode"], "containing": options["containing"]}
    asked |= {"rerank": not options["no_rerank"], "clear": options["clear"]}
    return _ranked(invocation, "search", {**asked, "filters": filters}, options)


@lsfs_command("similar")
@click.argument("path")
@_with(*_FILTERS, *_ORDER)
def similar(invocation: Invocation, path: str, **options: Any) -> int:
    """Find the files nearest in meaning to PATH."""
    asked = {"path": invocation.path(path), "filters": _filters(options)}
    return _ranked(invocation, "similar", asked, options)


def _ranked(
    invocation: Invocation, method: str, asked: Mapping[str, Any], options: Mapping[str, Any]
) -> int:
    """Ask, and show what is found."""
    is_shown = invocation.flags.json or invocation.look(sys.stdout).terminal
    end = "\0" if options["null"] else "\n" if options["files"] else None
    answer = invocation.call(
        method,
        **asked,
        limit=invocation.flags.limit or 10,
        min_score=options["min_score"],
        sort=options["sort"],
        explain=options["explain"],
        fold=is_shown and not (options["all_"] or end),
    )
    facts = render.facts_asked([{"filters": asked["filters"], "sort": options["sort"]}])
    return _show_hits(invocation, answer, end, facts)


def _show_hits(
    invocation: Invocation,
    answer: Mapping[str, Any],
    end: str | None = None,
    facts: Sequence[str] = (),
) -> int:
    """Print hits; with `end` their paths alone, each followed by it."""
    if invocation.flags.json:
        invocation.emit_json(answer)
    elif end is not None:
        paths = render.exact_paths(answer["hits"], invocation.location.shown)
        if end == "\n":
            paths = [*map(for_terminal if sys.stdout.isatty() else for_pipe, paths)]
        emit_bytes(b"".join(os.fsencode(path + end) for path in paths))
    else:
        invocation.emit(render.search(answer, invocation.look(sys.stdout), facts))
    invocation.notices(answer)
    behind = render.coverage(answer)
    if behind:
        invocation.say(f"lsfs: {behind}")
    if answer["hits"]:
        return DONE
    invocation.say("nothing found")
    return NOTHING_FOUND


def _filters(options: Mapping[str, Any]) -> dict[str, Any]:
    from lsfs.rooms import moment

    filters: dict[str, Any] = {}
    for key in ("after", "before"):
        if options[key]:
            filters[key] = moment(options[key]).isoformat()
    if options["types"]:
        filters["types"] = list(options["types"])
    wanted = [part for text in options["extensions"] for part in extensions(text)]
    if wanted:
        filters["extensions"] = wanted
    if options["glob"]:
        filters["path"] = options["glob"]
    if options["size"]:
        filters.update(size_range(options["size"], f"--size {options['size']}"))
    if options["author"]:
        filters["author"] = options["author"]
    return filters


@lsfs_command("ask")
@click.argument("request", nargs=-1)
def ask(invocation: Invocation, request: Sequence[str]) -> int:
    """Do what REQUEST says in plain words; without it, on a terminal, a session."""
    words = " ".join(request).strip()
    if words:
        return ask_once(invocation, words).code
    if request or not sys.stdin.isatty() or invocation.flags.json:
        raise UsageError(
            "an empty request",
            hint='say it in words: lsfs ask "find my tax return"; '
            "alone, on a terminal, lsfs ask opens a session",
        )
    from .session import converse

    return converse(invocation)


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a request: the exit code, the paths that were listed, and, where it was done,
    what it touched; `looked`: it changed nothing."""

    code: int
    listed: list[str]
    touched: list[str] | None
    looked: bool = False


def ask_once(invocation: Invocation, words: str, shown: Sequence[str] = ()) -> Asked:
    """One request: planned, confirmed where it must be, done and shown; it may speak of the paths
    that were `shown` before."""
    flags = invocation.flags
    answer = invocation.call(
        "ask", request=words, actor="cli", yes=flags.yes, dry_run=flags.dry_run,
        limit=flags.limit, shown=list(shown), folder=invocation.path("."),
    )  # fmt: skip
    if flags.verbose:
        invocation.say(f"understood by: {answer.get('parser')}")
    code = invocation.settle(answer)
    listed = listed_by(answer, shown)
    touched = touched_by(answer) if code == DONE and not (flags.dry_run or listed) else None
    return Asked(code, listed, touched, looked=only_looks(answer))


@lsfs_command("summarize")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option(
    "--about", metavar="TEXT", help="What they say about TEXT; of no PATH: what it finds."
)
@click.option(
    "--top", type=click.IntRange(1, 1000), metavar="N", help="Of the N files found best (5)."
)
@click.option("--words", type=click.IntRange(1, 10_000), metavar="N", help="At most N words.")
def summarize(
    invocation: Invocation,
    paths: Sequence[str],
    about: str | None,
    top: int | None,
    words: int | None,
) -> int:
    """Say what files and folders contain, in -n sentences, each with its place."""
    question = about.strip() if about else None
    if about is not None and not question:
        raise UsageError("an empty --about", hint="say what the summary is to be about")
    if not paths and not question:
        raise UsageError(
            "nothing to summarise", hint='name files or folders, or a topic: --about "kv cache"'
        )
    if paths and top:
        raise UsageError("--top is of what --about finds", hint="name no PATH beside it")
    named = [invocation.path(path) for path in paths]
    limit = invocation.flags.limit
    if limit and limit > 50:
        raise UsageError(f"-n {limit} is too many", hint="a summary has at most 50 sentences")
    target: dict[str, Any] = {"paths": named} if paths else {"query": question, "limit": top}
    asked = {"sentences": limit, "words": words, "about": question}
    return invocation.run({"op": "summarize", "target": target, **asked})
