"""What of a file's text is said in sentences, and by the file itself, by the kind of file.

Left out are headers and footers of pages, lists of references, quoted replies and signatures of
mail, the code around comments, code within prose. What is left out leaves its line ends, so that
lines keep their numbers. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence

from lsfs.filetypes import extension, type_of
from lsfs.records import Chunk, Place

IsOwn = Callable[[str, Place], bool]
"""Whether a line is the file's own; asked of each in order."""

SEEN_ON = 3
"""A line at the edge of so many pages, numbers aside, is a header or footer."""
EDGE = 2
"""Lines from the top and from the bottom of a page that may be one."""
LONGEST = 100
"""Characters of a header or footer."""


def own_text(path: str, chunks: Sequence[Chunk]) -> list[str]:
    """The texts of the chunks, with as many lines as before."""
    kind = type_of(path)
    if kind == "data" and extension(path) == "xml":
        return [_TAG.sub(lambda tag: " " * len(tag[0]), chunk.text) for chunk in chunks]
    if kind in ("spreadsheet", "data"):
        return ["\n" * chunk.text.count("\n") for chunk in chunks]
    if kind == "code" and extension(path) != "ipynb":
        return [_comments(chunk.text) for chunk in chunks]
    is_own: IsOwn = _Prose()
    if kind == "email":
        is_own = _Mail()
    elif kind == "pdf":
        is_own = _Pages(chunks)
    return [
        "\n".join(
            line if not _is_listing(chunk.place) and is_own(line, chunk.place) else ""
            for line in chunk.text.split("\n")
        )
        for chunk in chunks
    ]


def without_marks(path: str, text: str) -> str:
    """A sentence without the marks of links, roles, tags and footnotes, and whole where a line's
    end cut a word."""
    for pattern, kept in _MARKS:
        text = pattern.sub(kept, text)
    if extension(path) in ("tex", "ltx"):
        text = _TEX.sub("", text).replace("{", "").replace("}", "")
    return text


_TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>\n]*>")
_MARKS = (
    (re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*(?:\s[^)\n]*)?\)"), r"\1"),  # Markdown
    (re.compile(r"\[\[[^\]\n]*\]\[([^\]\n]*)\]\]"), r"\1"),  # Org
    (re.compile(r":[a-z:-]+:`([^`<]*)(?:<[^`]*>)?`"), r"\1"),  # reStructuredText
    (re.compile(r"(?<=\S)(?:\[\d{1,3}\])+"), ""),
    (_TAG, ""),
    (re.compile(r"(?<=[a-zà-ÿ])-\n(?=[a-zà-ÿ])"), ""),
)
_TEX = re.compile(r"\\(?:cite|ref|label|cref|autoref)[a-z]*\{[^}]*\}|\\[a-zA-Z]+\*?(?:\[[^\]]*\])?")
_REFERENCES = re.compile(
    r"\s*(?:\d+\.?\s*)?(?:references|bibliography|works cited|literature cited|further reading|"
    r"external links|see also|literatur(?:verzeichnis)?|einzelnachweise|weblinks|参考文献|参考资料)"
    r"(?:\s*\[edit\])?\s*$",
    re.IGNORECASE,
)


def _is_listing(place: Place) -> bool:
    """Whether it stands under a heading of references."""
    return place.heading is not None and _REFERENCES.match(place.heading) is not None


class _Prose:
    """Without fenced code and what stands before and after (front matter, directives)."""

    _FENCE = re.compile(r"\s*(?:```|~~~)")
    _ASIDE = re.compile(
        r"\s*(?:\.\. |:[\w -]+:(?:\s|$)|#\+|%|>>> |\[\^?[\w-]+\]:\s|(?:import|export) .*['\"]|"
        r"\\(?:usepackage|documentclass|begin|end|label|newcommand|bibliography)|"
        r"[A-Z]?[\w-]+:\s*\S*$|.*\\\\\s*$|[^&\n]*&[^&\n]*&)"
    )

    def __init__(self) -> None:
        self._is_fenced = False

    def __call__(self, line: str, place: Place) -> bool:
        if self._FENCE.match(line):
            self._is_fenced = not self._is_fenced
            return False
        return not self._is_fenced and not self._ASIDE.match(line)


class _Mail:
    """Without headers but the subject, what is quoted, and what stands below a signature's mark."""

    _HEADER = re.compile(r"(?:From|To|Cc|Bcc|Date|Sent|Importance|Reply-To): ")
    _QUOTE = re.compile(r"\s*>|attachment \S")
    _END = re.compile(
        r"-- ?$|-{3,} ?(?:Original Message|Forwarded message|Ursprüngliche Nachricht)|_{5,}\s*$"
        r"|On .{6,120} wrote:\s*$|Am .{6,120} schrieb .*:\s*$|Le .{6,120} a écrit\s*:\s*$"
        r"|(?:From|Von|De): .*(?:\[mailto:|<\S+@\S+>)|Sent from my |Get Outlook for "
    )

    def __init__(self) -> None:
        self._message: tuple[int | None, str | None] | None = None
        self._is_over = self._has_begun = False

    def __call__(self, line: str, place: Place) -> bool:
        attached = place.heading if (place.heading or "").startswith("attachment ") else None
        if self._message != (place.page, attached):
            self._message = place.page, attached
            self._is_over = self._has_begun = False
        self._has_begun = self._has_begun or not line.strip()
        if self._has_begun and self._END.match(line):
            self._is_over = True
        return not (self._is_over or self._HEADER.match(line) or self._QUOTE.match(line))


class _Pages:
    """Without headers, footers and the list of references."""

    _APPENDIX = re.compile(r"\s*(?:appendi(?:x|ces)\b|supplementary|附录|[A-Z]\.? [A-Z])", re.I)

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        pages: dict[int, list[str]] = defaultdict(list)
        for chunk in chunks:
            pages[chunk.place.page or 0] += filter(str.strip, chunk.text.split("\n"))
        on: dict[str, int] = defaultdict(int)
        for lines in pages.values():
            for masked in {_masked(line) for line in [*lines[:EDGE], *lines[-EDGE:]]}:
                on[masked] += 1
        self._repeated = {
            masked for masked, count in on.items() if count >= SEEN_ON and len(masked) <= LONGEST
        }
        self._half = max(pages, default=0) / 2
        self._is_listing = False

    def __call__(self, line: str, place: Place) -> bool:
        if _REFERENCES.match(line) and (place.page or 0) >= self._half:
            self._is_listing = True
        elif self._is_listing and self._APPENDIX.match(line) and len(line) < 60:
            self._is_listing = False
        return not self._is_listing and _masked(line) not in self._repeated


def _masked(line: str) -> str:
    return re.sub(r"\d+", "0", " ".join(line.split()))


# -- code ------------------------------------------------------------------------------------------

_COMMENT = re.compile(
    r'"""(?P<double>.*?)"""|\'\'\'(?P<single>.*?)\'\'\'|/\*+(?P<block>.*?)\*/'
    r"|^[ \t]*(?:#|///?!?|--|;+|%+)(?P<line>[ \t][^\n]*)$",
    re.DOTALL | re.MULTILINE,
)
_STAR = re.compile(r"^[ \t]*\*(?=\s)", re.MULTILINE)


def _comments(text: str) -> str:
    """The comments and docstrings alone, on their lines; what stands between ends a paragraph."""
    parts, at = [], 0
    for match in _COMMENT.finditer(text):
        between = text[at : match.start()]
        parts.append("\n" * between.count("\n"))
        said = match[match.lastgroup or 0]
        parts.append(_STAR.sub("", said))
        at = match.end()
    return "".join([*parts, "\n" * text.count("\n", at)])
