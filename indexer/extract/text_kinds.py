"""Which kind of text: markup, data, mail, source code, or writing."""

from __future__ import annotations

import csv
import re

from lsfs.filetypes import extension, type_of
from lsfs.selector import FileType

from .decoding import decode, looks_like_text

_EXTENSIONS: dict[str, tuple[str, FileType]] = {}
"""extension -> (reader, type unless the name promises another)"""


def _register(reader: str, type_: FileType, extensions: str) -> None:
    for known in extensions.split():
        _EXTENSIONS[known] = (reader, type_)


_register("markdown", "text", "md markdown mdown mkd qmd rmd")
_register("rst", "text", "rst")
_register("org", "text", "org")
_register("asciidoc", "text", "adoc asciidoc")
_register("latex", "document", "tex ltx")
_register("text", "text", "txt text log nfo srt vtt")
_register("text", "document", "bib")
_register("html", "web", "html htm xhtml")
_register("table", "spreadsheet", "csv tsv tab")
_register("json", "data", "json geojson webmanifest har")
_register("yaml", "data", "yaml yml")
_register("ini", "data", "toml ini cfg conf properties desktop service editorconfig")
_register("xml", "data", "xml plist xsd xsl rss atom opml gpx kml fodt fods")
_register("xml", "image", "svg")
_register("lines", "data", "jsonl ndjson ics vcf")
_register("notebook", "code", "ipynb")
_register("mail", "email", "eml")
_register("mbox", "email", "mbox mbx")
_register("mail", "web", "mhtml mht")
_register("code", "code", (
    "py pyi js mjs cjs ts tsx jsx c h cc cpp cxx hpp hh cs java kt kts go rs rb php pl pm sh bash "
    "zsh fish ps1 sql swift scala lua r jl hs ml clj ex exs erl dart vim el lisp scm asm s f90 f "
    "m mm proto cmake mk gradle groovy tf nix css scss less vue svelte bat awk zig nim v d "
    "diff patch"
))  # fmt: skip

CODE_NAMES = frozenset({"makefile", "dockerfile", "cmakelists.txt", "gnumakefile"})


def promised(name: str) -> tuple[str, FileType] | None:
    """(reader, type) that the name promises for a text file."""
    if name.lower() in CODE_NAMES:
        return "code", "code"
    found = _EXTENSIONS.get(extension(name))
    return (found[0], type_of(name) or found[1]) if found else None


def text_kind(head: bytes, name: str) -> tuple[str, FileType | None] | None:
    """(reader, type) of a file that starts with `head`; None when it is not text."""
    if not looks_like_text(head):
        return None
    start = decode(head).lstrip("\ufeff \t\n")
    hope = promised(name)
    certain = _certain(start, hope)
    return certain or hope or _likely(start) or ("text", "text")


_MARKUP = re.compile(r"<(!doctype html|html[\s>])", re.IGNORECASE)
_MAILBOX = re.compile(r"From \S.*\d{4}\s*\n[A-Za-z-]+: ")
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]*):(\s|$)|[ \t]+\S")


def _certain(start: str, hope: tuple[str, FileType] | None) -> tuple[str, FileType | None] | None:
    """What the content says whatever the name does."""
    if _MARKUP.match(start) or (start.startswith("<?xml") and _MARKUP.search(start[:1000])):
        return "html", "web"
    if start.startswith("<?xml"):
        return "xml", hope[1] if hope else "data"
    if _MAILBOX.match(start):
        return "mbox", "email"
    if hope is None or hope[0] in ("text", "mail"):
        if _is_mail(start):
            return "mail", "email"
        if start.startswith("{\\rtf"):
            return "rtf", "document"
    return None


def _is_mail(start: str) -> bool:
    """Whether it opens with header fields, some of which only messages have."""
    fields = set()
    for line in start.split("\n\n")[0].split("\n"):
        match = _HEADER.match(line)
        if not match:
            return False
        fields.add((match[1] or "").lower())
    return bool(fields & {"from", "message-id", "received", "return-path"}) and bool(
        fields & {"date", "message-id", "subject", "mime-version"}
    )


_OPENINGS: tuple[tuple[re.Pattern[str], str, FileType], ...] = (
    (re.compile(r"#!"), "code", "code"),
    (re.compile(r"<svg[\s>]"), "xml", "image"),
    (re.compile(r"(?:<!--(?:(?!-->).)*-->\s*)*<(?:head|body|div|p|h[1-6]|table|ul|ol|section|article|span|main)[\s>]",
                re.IGNORECASE | re.DOTALL), "html", "web"),
    (re.compile(r"<[a-zA-Z][\w:.-]*(\s[^>]*)?>\s*<"), "xml", "data"),
    (re.compile(r"\{.{0,8000}\"nbformat\"|\{\s*\"cells\"\s*:", re.DOTALL), "notebook", "code"),
    (re.compile(r"\{\s*(\"|\})|\[\s*[\[\{\"\d\]-]"), "json", "data"),
    (re.compile(r"(?:%.*\n|\s)*\\document(?:class|style)"), "latex", "document"),
    (re.compile(r"(?:#\+\w+:.*\n|\s)*#\+(?:title|author|date|begin_src)", re.IGNORECASE), "org",
     "text"),
    (re.compile(r"(?:---\s*$|\w+:\s+\S.*\n(?:\w[\w-]*:.*\n|[ -].*\n){3})"), "yaml", "data"),
)  # fmt: skip
_MARKDOWN = re.compile(r"^#{2,6} \w|^```|\[[^\]\n]+\]\((?:https?:|[\w./#-]+\))", re.MULTILINE)
_PYTHON = re.compile(r"^(?:import \w|from [\w.]+ import |def \w+\(|class \w+[(:])", re.MULTILINE)
_C = re.compile(r"^#\s*include\s*[<\"]", re.MULTILINE)


def _likely(start: str) -> tuple[str, FileType | None] | None:
    """What a file looks like whose name promises nothing."""
    for pattern, reader, type_ in _OPENINGS:
        if pattern.match(start):
            return reader, type_
    if len(_MARKDOWN.findall(start)) >= 2:
        return "markdown", "text"
    if _PYTHON.search(start) or _C.search(start):
        return "code", "code"
    return ("table", "spreadsheet") if _is_table(start) else None


def _is_table(start: str) -> bool:
    """Whether the first lines have one same count of cells, more than one."""
    lines = start.split("\n")[:-1][:20]
    if len(lines) < 3:
        return False
    for delimiter in ("\t", ",", ";", "|"):
        widths = {len(row) for row in csv.reader(lines, delimiter=delimiter) if row}
        if len(widths) == 1 and widths.pop() > 1:
            return True
    return False
