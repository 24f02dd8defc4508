"""Answers of the engine, as plain JSON, turned into text for people and pipes.

On a terminal: tables, colour, matched words in bold. Piped: plain lines of a stable form
(`path:line: text` for hits, tab-separated fields for rows). Nothing here decides what is done, asks
or prints. rich is imported only for a table on a terminal.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from click import style

from lsfs.paths import for_terminal, path_from_fields

Json = Mapping[str, Any]

PASSAGES = 2
PASSAGE_CHARACTERS = 160
PREVIEW_NAMES = 8
PREVIEW_CHARACTERS = 72


@dataclass(frozen=True, slots=True)
class Look:
    """Where the text goes. `shown` turns a tree path into what the user would type."""

    terminal: bool
    color: bool
    width: int
    shown: Callable[[str], str]

    def name(self, fields: Json, key: str = "path") -> str:
        """The path in `fields`, safe to print."""
        return for_terminal(self.shown(path_from_fields(dict(fields), key)))

    def paint(self, text: str, **how: Any) -> str:
        """`text` in a click style, when colour is wanted."""
        return style(text, **how) if self.color else text


# -- search ----------------------------------------------------------------------------------------


def search(answer: Json, look: Look) -> str:
    """Hits, best first."""
    words = _words(answer.get("query") or "")
    if look.terminal:
        return "\n\n".join(_hit_block(hit, words, look) for hit in answer["hits"])
    return "\n".join(line for hit in answer["hits"] for line in _hit_lines(hit, look))


def exact_paths(hits: Iterable[Json], shown: Callable[[str], str]) -> list[str]:
    """The hits' paths as the shell can use them, byte for byte (surrogate-escaped)."""
    return [shown(path_from_fields(dict(hit))) for hit in hits]


def _hit_lines(hit: Json, look: Look) -> list[str]:
    matches = hit.get("matches") or []
    name = look.name(hit)
    extra = _explained(hit)
    if not matches:
        return [f"{name}:{extra}"]
    return [f"{name}:{_short_place(match)} {_one_line(match['text'])}{extra}" for match in matches]


def _hit_block(hit: Json, words: re.Pattern[str] | None, look: Look) -> str:
    facts = f"  {hit['score']:.2f}  {moment(hit['mtime'])}  {size(hit['size'])}"
    lines = [look.paint(look.name(hit), fg="cyan", bold=True) + look.paint(facts, dim=True)]
    for match in (hit.get("matches") or [])[:PASSAGES]:
        text = _one_line(match["text"])[: max(look.width - 16, 40)]
        if words is not None and look.color:
            text = words.sub(lambda found: style(found.group(), bold=True), text)
        lines.append(f"  {look.paint(_place(match), fg='green')}{text}")
    if explained := _explained(hit):
        lines.append(look.paint(" " + explained, dim=True))
    return "\n".join(lines)


def _explained(hit: Json) -> str:
    reasons = hit.get("explain")
    if not reasons:
        return ""
    parts = (f"{key}={_number(value)}" for key, value in sorted(reasons.items()))
    return " [" + " ".join(parts) + "]"


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _short_place(match: Json) -> str:
    """`12:` for lines, `p3:` for a page, `Sheet1:` for a sheet, nothing when unknown."""
    if match.get("page"):
        return f"p{match['page']}:"
    if match.get("sheet"):
        return f"{for_terminal(match['sheet'])}:"
    return f"{match['lines'][0]}:" if match.get("lines") else ""


def _place(match: Json) -> str:
    parts = []
    if match.get("page"):
        parts.append(f"page {match['page']}")
    elif match.get("sheet"):
        parts.append(f"sheet {for_terminal(match['sheet'])}")
    elif match.get("lines"):
        parts.append(f"line {match['lines'][0]}")
    if match.get("heading"):
        parts.append(for_terminal(match["heading"])[:40])
    return ", ".join(parts) + ": " if parts else ""


def _one_line(text: str) -> str:
    joined = for_terminal(" ".join(text.split()))
    if len(joined) <= PASSAGE_CHARACTERS:
        return joined
    return joined[: PASSAGE_CHARACTERS - 1].rstrip() + "…"


def _words(query: str) -> re.Pattern[str] | None:
    """The query's words as they may stand in a text: any word that begins with one of them."""
    stems = {word[: max(4, len(word) - 2)] for word in re.findall(r"\w{3,}", query.lower())}
    if not stems:
        return None
    longest_first = sorted(map(re.escape, stems), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\w*", re.IGNORECASE)


def coverage(answer: Json) -> str | None:
    """A remark on what the index has yet to look at; None when it is up to date."""
    counts = answer.get("coverage") or {}
    if not counts.get("pending"):
        return None
    return f"{counts['pending']} of {counts['entries']} files are not indexed yet"


# -- outcomes --------------------------------------------------------------------------------------


def outcome(answer: Json, look: Look) -> str:
    """What a plan brought about, or would."""
    result = answer["outcome"]
    if result["status"] == "planned":
        return plan(answer, look)
    parts = []
    if result.get("hits"):
        queries = [op["query"] for op in answer["plan"]["operations"] if op.get("query")]
        parts.append(search({"query": " ".join(queries), "hits": result["hits"]}, look))
    if result.get("text"):
        parts.append(document(result["text"], look))
    if result.get("rows"):
        parts.append(table(result["rows"], look))
    if result.get("changes"):
        parts.append("\n".join(change(one, look) for one in result["changes"]))
    return "\n".join(parts)


def document(text: str, look: Look) -> str:
    """A file's text: untouched for a pipe; on a terminal, control characters made visible."""
    if not look.terminal:
        return text
    lines = text.rstrip("\n").split("\n")
    return "\n".join("\t".join(map(for_terminal, line.split("\t"))) for line in lines)


def change(fields: Json, look: Look) -> str:
    """One line of what happened to an entry."""
    line = f"{fields['action']} {look.name(fields)}"
    if fields.get("to") is not None:
        line += f" -> {look.name(fields, 'to')}"
    if fields.get("version") is not None:
        line += look.paint(f" (version {fields['version']})", dim=True)
    return line


# -- plans -----------------------------------------------------------------------------------------


def plan(answer: Json, look: Look) -> str:
    """A resolved plan in words: every operation, how much it touches, the first names, and why
    it is asked about."""
    lines: list[str] = []
    for operation in answer["plan"]["operations"]:
        lines += _operation(operation, look)
    reasons = answer["outcome"].get("reasons")
    if reasons:
        lines.append(look.paint(f"({'; '.join(map(for_terminal, reasons))})", dim=True))
    return "\n".join(lines)


def _operation(operation: Json, look: Look) -> list[str]:
    paths = list((operation.get("target") or {}).get("paths") or ())
    verb = operation["op"].replace("_", " ")
    details = "".join(
        _detail(key, operation[key], look) for key in _TOLD if operation.get(key) not in _UNTOLD
    )
    if not paths:
        return [verb + details]
    if len(paths) == 1:
        return [f"{verb} {_path(paths[0], look)}{details}"]
    named = [f"    {_path(path, look)}" for path in paths[:PREVIEW_NAMES]]
    if len(paths) > PREVIEW_NAMES:
        named.append(f"    ... and {len(paths) - PREVIEW_NAMES} more")
    return [f"{verb} {len(paths)} entries{details}:", *named]


# What a preview tells of an operation, in this order.
_TOLD = (
    "path", "name", "query", "containing", "filters", "id", "versions", "version", "to", "form",
    "into", "overwrite", "old", "new", "text", "language", "mtime", "expires", "since",
)  # fmt: skip
_UNTOLD: tuple[object, ...] = (None, "", False, "virtual", {}, [])


def _detail(key: str, value: Any, look: Look) -> str:
    if key == "path":
        return f" {_path(value, look)}"
    if _is_moment(value):
        return f" {key} {moment(value)}"
    if key in {"to", "into"} and isinstance(value, str):
        return f" {key} {_path(value, look)}"
    if value is True:
        return "" if key == "into" else f", {key}"
    if isinstance(value, Mapping):
        told = (_detail(name, part, look) for name, part in value.items() if part not in _EMPTY)
        return "".join(told)
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, default=str)
    short = for_terminal(" ".join(value.split()))
    if len(short) > PREVIEW_CHARACTERS:
        short = short[: PREVIEW_CHARACTERS - 1] + "…"
    return f", {key.replace('_', ' ')}: {short}"


_EMPTY: tuple[object, ...] = (None, "", [], ())


def _path(path: str, look: Look) -> str:
    return for_terminal(look.shown(path))


# -- rows ------------------------------------------------------------------------------------------

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def _is_moment(value: object) -> bool:
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
    if key in {"path", "to"} and isinstance(value, str) and not _is_moment(value):
        return look.name(row, key)
    if _is_moment(value):
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
