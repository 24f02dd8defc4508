"""Real PDF and DOCX files of known texts, and what programs other than lsfs read out of such files.

Files are written by reportlab and python-docx; Debian's pdftotext (poppler) and docx2txt read them.
"""

from __future__ import annotations

import functools
import html
import re
import subprocess
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from shutil import which
from typing import Any

import docx
import live
import matplotlib
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

FONT = "DejaVuSans"
"""Comes with matplotlib, and has more letters than PDF's own fonts."""
IN_A_FOLDER = 5
READERS = {
    ".pdf": ("pdftotext", "poppler-utils", ("pdftotext", "-q", "{}", "-")),
    ".docx": ("docx2txt", "docx2txt", ("docx2txt", "{}", "-")),
}
"""Ending -> program, its Debian package, the command that prints a file's text."""
READ_S = 60


def folded(text: str) -> str:
    """Text for telling whether it holds a keyword: case, width and runs of white space do not
    count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def write(folder: Path, texts: Sequence[str]) -> Mapping[str, str]:
    """Each text as a file, by turns PDF and DOCX, five to a folder; path in `folder` -> what the
    file says. `# ` begins a heading; an empty line ends a paragraph.

    A text with a letter that the font does not have becomes DOCX.
    """
    said = {}
    for at, text in enumerate(texts):
        blocks = list(_blocks(text))
        words = " ".join(block for block, _ in blocks)
        suffix = ".pdf" if at % 2 == 0 and _printable(words) else ".docx"
        path = f"{at // IN_A_FOLDER:03}/{at:04}{suffix}"
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        (_write_pdf if suffix == ".pdf" else _write_docx)(file, blocks)
        said[path] = words
    return said


def missing_readers() -> list[str]:
    """What to say of the readers that are not installed."""
    return [
        live.missing(program, package)
        for program, package, _ in READERS.values()
        if which(program) is None
    ]


def read(file: Path) -> str:
    """What another program reads out of a PDF or DOCX file; nothing where it cannot."""
    command = [part.format(file) for part in READERS[file.suffix.lower()][2]]
    try:
        done = subprocess.run(command, capture_output=True, timeout=READ_S)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """Paragraphs, and whether each is a heading. What XML cannot hold is left out."""
    plain = "".join(c for c in text if c.isspace() or unicodedata.category(c) != "Cc")
    for part in re.split(r"\n\s*\n", plain):
        words = " ".join(part.split())
        if words:
            yield words.removeprefix("# "), words.startswith("# ")


def _write_docx(file: Path, blocks: Sequence[tuple[str, bool]]) -> None:
    document = docx.Document()
    for words, is_heading in blocks:
        if is_heading:
            document.add_heading(words, level=1)
        else:
            document.add_paragraph(words)
    document.save(str(file))


def _write_pdf(file: Path, blocks: Sequence[tuple[str, bool]]) -> None:
    font = _font().fontName
    style = {
        is_heading: ParagraphStyle(
            "", fontName=font, fontSize=size, leading=1.3 * size, spaceAfter=6
        )
        for is_heading, size in ((False, 10), (True, 14))
    }
    story = [Paragraph(html.escape(words), style[is_heading]) for words, is_heading in blocks]
    SimpleDocTemplate(str(file), invariant=True).build(story)


def _printable(words: str) -> bool:
    has = _font().face.charToGlyph
    return all(ord(character) in has for character in words)


@functools.cache
def _font() -> Any:
    font = TTFont(FONT, str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{FONT}.ttf"))
    pdfmetrics.registerFont(font)
    return font
