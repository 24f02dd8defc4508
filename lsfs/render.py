"""Answers of the engine, as plain JSON, turned into text for people and pipes.

On a terminal: tables, colour, matched words in bold. Piped: plain lines of a stable form
(`path:line: text` for hits, tab-separated fields for rows). Nothing here decides what is done, asks
or prints. rich is imported only for a table on a terminal.
"""

from __future__ import annotations

import io
import json
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from click import style

from lsfs.counting import counted, is_
from lsfs.look import Json, Look, clipped, place, short_place
from lsfs.marking import marked
from lsfs.paths import for_terminal, path_from_fields

Words = re.Pattern[str] | None

PASSAGES, COPIES = 2, 3
PASSAGE, LEAST_PASSAGE = 160, 40  # characters
CHANGES_SHOWN = 20


# -- search ----------------------------------------------------------------------------------------


def search(answer: Json, look: Look, facts: Sequence[str] = ()) -> str:
    """Hits, best first. For a pipe, a hit without a passage is its path, and behind a tab each of
    the `facts` (`size`, `mtime`) that were asked about."""
    words = marked(answer.get("query") or "")
    if look.terminal:
        return "\n\n".join(_hit_block(hit, words, look) for hit in answer["hits"])
    return "\n".join(line for hit in answer["hits"] for line in _hit_lines(hit, words, look, facts))


def facts_asked(requests: Iterable[Json]) -> list[str]:
    """What searches sort or filter by, beside words: `size`, `mtime`."""
    told: set[str] = set()
    for request in requests:
        filters = request.get("filters") or {}
        told |= {key for key, value in filters.items() if value is not None}
        told.add(request.get("sort") or "")
    return [fact for fact, signs in _FACTS.items() if signs & told]


_FACTS = {
    "size": {"size_min", "size_max", "largest", "smallest"},
    "mtime": {"after", "before", "newest", "oldest"},
}


def exact_paths(hits: Iterable[Json], shown: Callable[[str], str]) -> list[str]:
    """The hits' paths as the shell can use them, byte for byte (surrogate-escaped)."""
    return [shown(path_from_fields(dict(hit))) for hit in hits]


def _hit_lines(hit: Json, words: Words, look: Look, facts: Sequence[str]) -> list[str]:
    name, extra = look.name(hit), _explained(hit)
    lines = []
    for match in hit.get("matches") or []:
        line, text = _excerpt(match, words)
        lines.append(f"{name}:{short_place(match, line)} {clipped(text, PASSAGE)}{extra}")
    return lines or ["\t".join([name, *(str(hit[fact]) for fact in facts)]) + extra]


def _hit_block(hit: Json, words: Words, look: Look) -> str:
    facts = f"  {hit['score']:.2f}  {moment(hit['mtime'])}  {size(hit['size'])}"
    lines = [look.paint(look.name(hit), fg="cyan", bold=True) + look.paint(facts, dim=True)]
    if copies := hit.get("copies"):
        also = ", ".join(map(look.name, copies[:COPIES]))
        lines.append(look.paint(f"  {len(copies) + 1} copies, also {also}", dim=True))
    for match in (hit.get("matches") or [])[:PASSAGES]:
        line, text = _excerpt(match, words)
        at = place(match, line)
        shown = clipped(text, max(look.width - len(at) - 2, LEAST_PASSAGE))
        if words is not None and look.color:
            shown = words.sub(lambda found: style(found.group(), bold=True), shown)
        lines.append(f"  {look.paint(at, fg='green')}{shown}")
    if explained := _explained(hit):
        lines.append(look.paint(" " + explained, dim=True))
    return "\n".join(lines)


def _excerpt(match: Json, words: Words) -> tuple[int | None, str]:
    """The passage from its most telling line on, and that line's number in the file."""
    lines = match["text"].split("\n")
    span = match.get("lines")
    best = max(range(len(lines)), key=lambda at: (_telling(lines[at], words), -at))
    text = " ".join(" ".join(lines[best:]).split())
    if not span:
        return None, text
    follows_file = len(lines) == span[1] - span[0] + 1
    return span[0] + (best if follows_file else 0), text


def _telling(line: str, words: Words) -> int:
    """How many different words of the query a line holds; an empty line tells least."""
    found = {word.lower() for word in words.findall(line)} if words is not None else set()
    return len(found) if line.strip() else -1


def _explained(hit: Json) -> str:
    reasons = hit.get("explain")
    if not reasons:
        return ""
    parts = (f"{key}={_number(value)}" for key, value in sorted(reasons.items()))
    return " [" + " ".join(parts) + "]"


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def coverage(answer: Json) -> str | None:
    """A remark on what the index has yet to look at; None when it is up to date."""
    counts = answer.get("coverage") or {}
    if not counts.get("pending"):
        return None
    files = counted(counts["entries"], "file")
    return f"{counts['pending']} of {files} {is_(counts['pending'])} not indexed yet"


def unread(failed: Sequence[Json]) -> str | None:
    """How many of the files in `failed` stand how (see `ports.Workshop.failed`)."""
    counts = Counter(row["status"] for row in failed)
    parts = [f"{counts.pop(one)} {one}" for one in ("not opened", "failed") if one in counts]
    rest = ", ".join(f"{count} {status}" for status, count in counts.items())
    return ", ".join([*parts, *([f"of the indexed {rest}"] if rest else [])]) or None


# -- outcomes --------------------------------------------------------------------------------------


def outcome(answer: Json, look: Look) -> str:
    """What a plan brought about."""
    result, parts = answer["outcome"], []
    operations = answer["plan"]["operations"]
    is_count = any(operation.get("count") is True for operation in operations)
    if is_count and result.get("text"):
        parts.append(document(result["text"], look))
    if result.get("hits"):
        queries = [op["query"] for op in operations if op.get("query")]
        found = {"query": " ".join(queries), "hits": result["hits"]}
        parts.append(search(found, look, facts_asked(operations)))
    rows = result.get("rows") or []
    if rows and all(operation["op"] == "summarize" for operation in operations):
        parts.append(summary(rows, look))
        rows = []
    elif result.get("text") and not is_count:
        parts.append(document(result["text"], look))
    if any(operation["op"] == "shares" for operation in answer["plan"]["operations"]):
        parts += [links([row for row in rows if _is_link(row)], look)] if rows else []
    else:
        parts += opened(rows)
    if rows := [row for row in rows if not _is_statement(row) and not _is_link(row)]:
        parts.append(table(rows, look))
    parts += changes([one for one in result.get("changes") or [] if one["action"] != "share"], look)
    return "\n".join(parts)


def summary(rows: Iterable[Json], look: Look) -> str:
    """Sentences, each with where it is said: for a pipe as passages of hits are, with further
    places behind tabs."""
    return "\n".join(_statement(row, look) for row in rows)


def _is_statement(row: Json) -> bool:
    """Whether a row is one of a summary, among those of all operations: it says `by` what it was
    written."""
    return "by" in row


def opened(rows: Iterable[Json]) -> list[str]:
    """The links among rows, a line each."""
    return [row["link"] for row in rows if _is_link(row)]


def _is_link(row: Json) -> bool:
    return "link" in row


def links(rows: Sequence[Json], look: Look) -> str:
    """Links with what is known of each: for a pipe a line, on a terminal the link below."""
    if not look.terminal:
        return "\n".join("\t".join(_cell(row, key, look) for key in _OF_LINKS) for row in rows)
    return "\n".join(_link(row, look) for row in rows)


def _link(row: Json, look: Look) -> str:
    until = {"open": "until", "expired": "ended", "gone": "its file is gone; until"}
    ends = row["closed"] or row["expires"]
    facts = [
        f"{until.get(row['state'], row['state'])} {moment(ends)}",
        f"opened {moment(row['opened'])}",
        f"fetched {counted(row['fetches'], 'time')}, last {moment(row['fetched'])}"
        if row["fetched"]
        else "not fetched yet",
    ]
    title = look.paint(f"{row['id']}  {look.name(row)}", bold=True)
    return f"{title}  {look.paint(', '.join(facts), dim=True)}\n    {row['link']}"


_OF_LINKS = ("id", "path", "link", "state", "opened", "expires", "fetches", "fetched")


def _statement(row: Json, look: Look) -> str:
    text = for_terminal(row["text"])
    sites = [_site(one, look) for one in (row, *row["also"])]
    if not look.terminal:
        return "\t".join([f"{sites[0]}: {text}", *sites[1:]])
    told = ", ".join(sites[: COPIES + 1])
    if len(sites) > COPIES + 1:
        told += f" and {len(sites) - COPIES - 1} more"
    lines = textwrap.wrap(text, max(look.width, LEAST_PASSAGE), break_long_words=False)
    return "\n".join([*lines, look.paint(f"    {told}", fg="cyan")])


def _site(source: Json, look: Look) -> str:
    """`path:12`, `path:p3`: what an editor or a person takes for a place."""
    lines = source.get("lines")
    at = short_place(source, lines[0] if lines else None)
    return f"{look.name(source)}:{at}".rstrip(":")


def document(text: str, look: Look) -> str:
    """A file's text: untouched for a pipe; on a terminal, control characters made visible."""
    if not look.terminal:
        return text
    lines = text.rstrip("\n").split("\n")
    return "\n".join("\t".join(map(for_terminal, line.split("\t"))) for line in lines)


def changes(happened: Sequence[Json], look: Look) -> list[str]:
    """A line for each change; on a terminal the first, and how many more."""
    shown = happened[:CHANGES_SHOWN] if look.terminal else happened
    lines = [_change(one, look) for one in shown]
    if len(shown) < len(happened):
        lines.append(f"... and {len(happened) - len(shown)} more")
    return lines


def _change(fields: Json, look: Look) -> str:
    line = f"{fields['action']} {look.name(fields)}"
    return line if fields.get("to") is None else f"{line} -> {look.name(fields, 'to')}"


# -- rows ------------------------------------------------------------------------------------------

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def is_moment(value: object) -> bool:
    return isinstance(value, str) and _MOMENT.match(value) is not None


def table(rows: Sequence[Json], look: Look) -> str:
    """Rows as a table, or as tab-separated lines for a pipe; a column nobody fills is left out."""
    keys = _columns(rows)
    cells = [[_cell(row, key, look) for key in keys] for row in rows]
    if not look.terminal:
        return "\n".join("\t".join(line) for line in cells)
    return _rich_table([key.replace("_", " ") for key in keys], cells, look)


def _columns(rows: Sequence[Json]) -> list[str]:
    keys = dict.fromkeys(key for row in rows for key in row if not key.endswith("_b64"))
    return [key for key in keys if any(row.get(key) not in (None, "", [], {}) for row in rows)]


def _cell(row: Json, key: str, look: Look) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if key in {"path", "to"} and isinstance(value, str) and not is_moment(value):
        return look.name(row, key)
    if is_moment(value):
        return moment(value) if look.terminal else str(value)
    if key in {"size", "bytes", "stored_bytes"} and look.terminal:
        return size(value)
    if isinstance(value, (list, dict)):
        value = json.dumps(value, ensure_ascii=False)
    return for_terminal(str(value))


def _rich_table(titles: Sequence[str], cells: Sequence[Sequence[str]], look: Look) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        grid.add_column(title, overflow="fold", justify="right" if title == "size" else "left")
    for line in cells:
        grid.add_row(*map(Text, line))
    paper = io.StringIO()
    colors: Any = "standard" if look.color else None
    console = Console(file=paper, width=look.width, force_terminal=look.color, color_system=colors)
    console.print(grid, highlight=False)
    return "\n".join(line.rstrip() for line in paper.getvalue().rstrip("\n").split("\n"))


def pairs(fields: Iterable[tuple[str, str]], look: Look) -> str:
    """Names and values, a line each, aligned on a terminal, tab-separated for a pipe."""
    known = [(name, for_terminal(value)) for name, value in fields]
    if not look.terminal:
        return "\n".join(f"{name}\t{value}" for name, value in known)
    wide = max((len(name) for name, _ in known), default=0)
    return "\n".join(look.paint(name.ljust(wide + 2), bold=True) + value for name, value in known)


def moment(text: str) -> str:
    """An RFC 3339 time in the local zone, to the minute."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone().strftime("%F %H:%M")


def size(count: int) -> str:
    """Bytes for people: 999 B, 1.2 kB, 34 MB."""
    if count < 1000:
        return f"{count} B"
    value, unit = count / 1000, "kB"
    for larger in ("MB", "GB", "TB", "PB"):
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    return f"{value:.1f} {unit}" if value < 9.95 else f"{value:.0f} {unit}"


def duration(seconds: float) -> str:
    """A span for people: 12 s, 3 min 4 s, 2 h 10 min, 3 d 4 h."""
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, left = divmod(hours, 24)
    if days:
        return f"{days} d {left} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
