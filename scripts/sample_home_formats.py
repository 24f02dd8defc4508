"""Turn the plain source text of a sample document into the bytes of its format.

Source text is a little Markdown: `#` headings on a line of their own, `-` bullets, `|` tables,
paragraphs between blank lines, `---` for a new page or slide, `Notes:` for a slide's notes. Nothing
here reads the clock or draws an unseeded number, so that equal words and dates give equal bytes.
"""

from __future__ import annotations

import csv
import html
import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timezone
from email import message_from_string, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table
from sample_home_manifest import Document, source_text


@dataclass(frozen=True)
class Block:
    """A piece of source text: "heading", "paragraph", "bullet", "table", "notes" or "break"."""

    kind: str
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def parse_blocks(text: str) -> list[Block]:
    """Split source text at blank lines, and before every heading, bullet, break and note."""
    parts = re.split(r"\n\s*\n|\n(?=#|- |---$|Notes: )", text.strip(), flags=re.MULTILINE)
    return [parse_block(part.strip()) for part in parts if part.strip()]


def parse_block(part: str) -> Block:
    """Return the block of one part of the source text."""
    if part == "---":
        return Block("break")
    if part.startswith("|"):
        return Block("table", rows=tuple(table_rows(part)))
    words = " ".join(part.split())
    marker, _, rest = words.partition(" ")
    if set(marker) == {"#"}:
        return Block("heading", rest, level=len(marker))
    kind = {"-": "bullet", "Notes:": "notes"}.get(marker)
    return Block(kind, rest) if kind else Block("paragraph", words)


def table_rows(part: str) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each row of a Markdown table, without the rule under its head."""
    for line in part.splitlines():
        cells = tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
        if not all(set(cell) <= {"-"} for cell in cells):
            yield cells


def render_text(document: Document, moment: datetime) -> bytes:
    """Return the source text as it stands, in the document's encoding."""
    return source_text(document, moment).encode(document.encoding)


def render_html(document: Document, moment: datetime) -> bytes:
    """Return a page with the furniture that a reader has to skip: style, script, navigation."""
    blocks = parse_blocks(source_text(document, moment))
    title, author = html.escape(document.title), html.escape(document.author, quote=True)
    lines = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<title>{title}</title>\n<meta name="author" content="{author}">',
        "<style>body { max-width: 40em; margin: auto }</style>",
        '<script>document.documentElement.className = "js";</script>\n</head>\n<body>',
        '<nav><a href="index.html">Home</a></nav>\n<main>',
        *(html_of(block) for block in blocks),
        "</main>\n</body>\n</html>\n",
    ]
    return "\n".join(lines).encode()


def html_of(block: Block) -> str:
    """Return the markup of one block."""
    if block.kind == "break":
        return "<hr>"
    if block.kind == "table":
        rows = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in block.rows)
        return "<table>\n" + "\n".join(f"<tr>{row}</tr>" for row in rows) + "\n</table>"
    if block.kind == "bullet":
        return f"<ul><li>{html.escape(block.text)}</li></ul>"
    tag = f"h{block.level}" if block.kind == "heading" else "p"
    return f"<{tag}>{html.escape(block.text)}</{tag}>"


def render_pdf(document: Document, moment: datetime) -> bytes:
    """Return a PDF with title, author and a footer; `---` starts a new page."""

    def furnish(canvas: Any, _template: Any) -> None:
        canvas.setDateFormatter(lambda *_clock: f"D:{utc(moment):%Y%m%d%H%M%S}Z")
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, 40, f"{document.title} - page {canvas.getPageNumber()}")

    stream = io.BytesIO()
    # invariant: no clock and no randomness in the file's identifier.
    template = SimpleDocTemplate(
        stream, title=document.title, author=document.author, invariant=True
    )
    blocks = parse_blocks(source_text(document, moment))
    story = [flowable for block in blocks for flowable in pdf_of(block)]
    template.build(story, onFirstPage=furnish, onLaterPages=furnish)
    return stream.getvalue()


def pdf_of(block: Block) -> list[Any]:
    """Return the reportlab flowables of one block."""
    if block.kind == "break":
        return [PageBreak()]
    if block.kind == "table":
        return [Table(block.rows, hAlign="LEFT"), Spacer(1, 8)]
    style = f"Heading{block.level}" if block.kind == "heading" else "BodyText"
    bullet = "\N{BULLET}" if block.kind == "bullet" else None
    return [Paragraph(html.escape(block.text), getSampleStyleSheet()[style], bulletText=bullet)]


def render_docx(document: Document, moment: datetime) -> bytes:
    """Return a Word file with real headings, lists and tables."""
    word = docx.Document()
    for block in parse_blocks(source_text(document, moment)):
        add_to_word(word, block)
    return saved(word, word.core_properties, document, moment)


def add_to_word(word: Any, block: Block) -> None:
    """Append one block to a python-docx document."""
    match block.kind:
        case "heading":
            word.add_heading(block.text, level=block.level)
        case "break":
            word.add_page_break()
        case "table":
            table = word.add_table(rows=0, cols=len(block.rows[0]))
            for row in block.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        case kind:
            word.add_paragraph(block.text, style="List Bullet" if kind == "bullet" else None)


def render_pptx(document: Document, moment: datetime) -> bytes:
    """Return slides, one between two `---`, with their speaker's notes."""
    deck = pptx.Presentation()
    for page in re.split(r"^---$", source_text(document, moment), flags=re.MULTILINE):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        fill_slide(slide, parse_blocks(page))
    return saved(deck, deck.core_properties, document, moment)


def fill_slide(slide: Any, blocks: list[Block]) -> None:
    """Write the heading, the bullets and the notes of one slide."""
    texts = {kind: [b.text for b in blocks if b.kind == kind] for kind in ("bullet", "notes")}
    slide.shapes.title.text = next(b.text for b in blocks if b.kind == "heading")
    slide.placeholders[1].text = "\n".join(texts["bullet"])
    slide.notes_slide.notes_text_frame.text = "\n".join(texts["notes"])


def render_xlsx(document: Document, moment: datetime) -> bytes:
    """Return a workbook: `# Name` starts a sheet, the lines below it are its rows as CSV."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for part in re.split(r"^# ", source_text(document, moment), flags=re.MULTILINE)[1:]:
        name, _, table = part.partition("\n")
        sheet = book.create_sheet(name)
        for row in csv.reader(io.StringIO(table)):
            sheet.append([cell_value(cell) for cell in row])
    return saved(book, book.properties, document, moment)


def cell_value(cell: str) -> str | float | date | None:
    """Return what a person would have typed: a number, a day, words or nothing."""
    if re.fullmatch(r"-?\d+(\.\d+)?", cell):
        return float(cell)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
        return date.fromisoformat(cell)
    return cell or None


def saved(book: Any, properties: Any, document: Document, moment: datetime) -> bytes:
    """Set the core properties of an office file, save it and take the clock out of it.

    openpyxl names the author `creator`, the other two libraries `author`.
    """
    properties.title = document.title
    setattr(properties, "author" if hasattr(properties, "author") else "creator", document.author)
    properties.created = properties.modified = utc(moment).replace(tzinfo=None)
    stream = io.BytesIO()
    book.save(stream)
    return without_clock(stream, moment)


def without_clock(stream: io.BytesIO, moment: datetime) -> bytes:
    """Rewrite an office file's zip with every member dated `moment`.

    openpyxl sets the modification time while it saves, so that one is put right here as well.
    """
    stamp = f"{utc(moment):%Y-%m-%dT%H:%M:%SZ}".encode()
    output = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(output, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            info = zipfile.ZipInfo(name, utc(moment).timetuple()[:6])
            new.writestr(info, data, compress_type=zipfile.ZIP_DEFLATED)
    return output.getvalue()


def render_eml(document: Document, moment: datetime) -> bytes:
    """Return a mail: the source begins with its headers, the manifest names its attachment."""
    draft = message_from_string(source_text(document, moment), policy=policy.default)
    message = EmailMessage()
    for name, value in draft.items():
        message[name] = str(value)
    message["Date"] = format_datetime(utc(moment))
    message["Message-ID"] = f"<{Path(document.source).stem}@sample-home.example>"
    message.set_content(draft.get_payload())
    if document.attachment:
        attach(message, document.attachment, moment)
    return message.as_bytes()


def attach(message: EmailMessage, attachment: Document, moment: datetime) -> None:
    """Add a text or CSV attachment, between boundaries that are not drawn at random."""
    message.add_attachment(
        render(attachment, moment),
        maintype="text",
        subtype="csv" if attachment.path.endswith(".csv") else "plain",
        filename=attachment.path,
        params={"charset": attachment.encoding},
    )
    message.set_boundary("=-sample-home-boundary")


def render_png(document: Document, moment: datetime) -> bytes:
    """Return a picture of handwriting on a whiteboard, as far as Pillow's own font allows."""
    image = Image.new("RGB", (900, 560), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((12, 12, 887, 547), outline="gray", width=4)
    for line, block in enumerate(parse_blocks(source_text(document, moment))):
        font = ImageFont.load_default(size=36 if block.kind == "heading" else 28)
        draw.text((48, 48 + 80 * line), block.text, fill="navy", font=font)
    tags = PngImagePlugin.PngInfo()
    tags.add_text("Title", document.title)
    tags.add_text("Author", document.author)
    stream = io.BytesIO()
    image.save(stream, "PNG", pnginfo=tags)
    return stream.getvalue()


def render_broken_pdf(_document: Document, _moment: datetime) -> bytes:
    """Return what a scanner leaves when its card is pulled: a PDF's beginning and no end."""
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0"


def render_random(document: Document, _moment: datetime) -> bytes:
    """Return 4 KiB of noise, the same in every run."""
    return random.Random(document.path).randbytes(4096)


RENDERERS: dict[str, Callable[[Document, datetime], bytes]] = {
    "text": render_text,
    "html": render_html,
    "pdf": render_pdf,
    "docx": render_docx,
    "pptx": render_pptx,
    "xlsx": render_xlsx,
    "eml": render_eml,
    "png": render_png,
    "broken-pdf": render_broken_pdf,
    "random": render_random,
}


def render(document: Document, moment: datetime) -> bytes:
    """Return the bytes of a document that was last changed at `moment`."""
    return RENDERERS[document.format](document, moment)


def utc(moment: datetime) -> datetime:
    """Return the moment in UTC; a naive one is local time."""
    return moment.astimezone(timezone.utc)
