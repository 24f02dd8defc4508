"""Text with its places, of files made here in every format; and files made to hurt a parser."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from extracting import assert_lines_are_exact, place_of, read
from waiting import wait_for

from lsfs.indexer.extract import granted
from lsfs.indexer.extract.child import open_beneath
from lsfs.indexer.extract.extracted import Extracted
from lsfs.indexer.extract.process import ExtractionProcess
from lsfs.records import Place

MEMORY_BYTES = 1 << 30


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
)
def test_text_in_any_encoding(encoding: str) -> None:
    text = "Größe und Maß\n\nDie Straße führt über die Brücke nach Köln.\nZweite Zeile."
    extracted = read(text.encode(encoding), "brief.txt")
    assert (extracted.type, extracted.title) == ("text", "Größe und Maß")
    assert place_of(extracted, "Straße") == Place(3, 4)
    assert_lines_are_exact(extracted, text)


def test_chinese_text_in_gb2312() -> None:
    text = "会议记录。预算已经批准。\n\n下次会议在星期五。"
    assert "".join(
        span.text for span in read(text.encode("gb2312"), "a.txt").spans
    ) == text.replace("\n", "")


def test_markdown_by_section() -> None:
    text = (
        "---\ntitle: Plans\nauthor: Ines\n---\n# Trip\n\nTo Kyoto.\n\n"
        "```\n# not a heading\n```\n\nBudget\n------\n\nNot much.\n"
    )
    extracted = read(text.encode(), "trip.md")
    assert (extracted.title, extracted.author) == ("Plans", "Ines")
    assert place_of(extracted, "Kyoto") == Place(7, 7, heading="Trip")
    assert place_of(extracted, "not a heading").heading == "Trip"
    assert place_of(extracted, "Not much") == Place(16, 16, heading="Budget")
    assert_lines_are_exact(extracted, text)


def test_source_code_by_definition() -> None:
    text = (
        "import os\n\n\ndef first():\n    return 1\n\n\n"
        "class Second:\n    x = 2\n\n    def third(self):\n        pass\n"
    )
    extracted = read(text.encode(), "tool.py")
    assert extracted.type == "code"
    assert place_of(extracted, "return 1") == Place(4, 5, symbol="first")
    assert place_of(extracted, "x = 2").symbol == "Second"
    assert place_of(extracted, "pass").symbol == "Second.third"
    assert_lines_are_exact(extracted, text)


def test_tables_and_data_by_lines() -> None:
    text = "\n".join(f"{number},row {number}" for number in range(1, 35))
    extracted = read(text.encode(), "numbers.csv")
    assert extracted.type == "spreadsheet"
    assert place_of(extracted, "row 25") == Place(21, 30)
    assert_lines_are_exact(extracted, text)
    assert read(b'{"a": 1}', "x.json").type == "data"


def test_html_by_heading_without_scripts() -> None:
    page = (
        '<!DOCTYPE html><html lang="de"><head><title>Reise &amp; mehr</title>'
        '<meta name="author" content="Ines"></head><body><h1>Kyoto</h1>'
        "<p>Drei <b>Tempel</b> besucht.</p><script>evil()</script><h2>Essen</h2>"
        "<table><tr><td>Nudeln</td><td>900 Yen</td></tr></table></body></html>"
    )
    extracted = read(page.encode(), "diary.html")
    assert (extracted.title, extracted.author, extracted.language) == ("Reise & mehr", "Ines", "de")
    assert place_of(extracted, "Drei Tempel besucht.").heading == "Kyoto"
    assert place_of(extracted, "Nudeln 900 Yen").heading == "Essen"
    assert not any("evil" in span.text for span in extracted.spans)


def test_html_in_a_declared_encoding() -> None:
    page = '<html><head><meta charset="koi8-r"></head><body><p>Привет, мир</p></body></html>'
    assert read(page.encode("koi8-r"), "x.html").spans[0].text == "Привет, мир"


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.md", "# Whole\n\nx\n\n## A\n\ny\n\n## B\n\nz", "Whole"),
        ("a.md", "# First\n\nx\n\n# Second\n\nz", None),
        ("a.md", "Whole\n=====\n\nx\n\nOne\n---\n\nc\n\nTwo\n---\n\nz", "Whole"),
        ("a.rst", "=====\nWhole\n=====\n\nx\n\nOne\n===\n\nc\n\nTwo\n===\n\nz", "Whole"),
        ("a.org", "* One\nx\n* Two\ny\n", None),
        ("a.tex", "\\title{Whole}\n\\section{One}\nx\n\\section{Two}\ny\n", "Whole"),
        ("a.tex", "\\section{One}\nx\n\\section{Two}\ny\n", None),
    ],
)
def test_the_first_of_several_chapters_is_no_title(name: str, text: str, title: str | None) -> None:
    assert read(text.encode(), name).title == title


def pdf(pages: list[str], title: str) -> bytes:
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    drawing = canvas.Canvas(out)
    drawing.setTitle(title)
    drawing.setAuthor("Ines Halvorsen")
    for text in pages:
        drawing.drawString(72, 720, text)
        drawing.showPage()
    drawing.save()
    return out.getvalue()


def test_pdf_by_page_whatever_its_name() -> None:
    extracted = read(pdf(["The roof is repaired.", "Payable in thirty days."], "Invoice"), "a.txt")
    assert (extracted.type, extracted.title) == ("pdf", "Invoice")
    assert extracted.author == "Ines Halvorsen" and extracted.created
    assert place_of(extracted, "roof") == Place(page=1)
    assert place_of(extracted, "thirty days") == Place(page=2)


def test_a_pdf_without_text_says_so() -> None:
    extracted = read(pdf([""], "blank"), "blank.pdf")
    assert (extracted.status, extracted.reason) == ("ok", "its pages are empty")


def test_word_paragraphs_and_tables_in_order() -> None:
    import docx

    document = docx.Document()
    document.core_properties.title = "School letter"
    document.add_heading("Excursion", level=1)
    document.add_paragraph("Bring rubber boots.")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "bus", "8:15"
    document.add_paragraph("Back at four.")
    out = io.BytesIO()
    document.save(out)
    extracted = read(out.getvalue(), "letter")
    assert (extracted.type, extracted.title) == ("document", "School letter")
    assert [span.text for span in extracted.spans] == [
        "Excursion", "Bring rubber boots.", "bus\t8:15", "Back at four.",
    ]  # fmt: skip
    assert place_of(extracted, "boots").heading == "Excursion"


def test_slides_and_their_notes() -> None:
    import pptx

    deck = pptx.Presentation()
    for title, body, notes in (("Paging", "Pages", "slowly"), ("TLB", "A cache", "ask them")):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        assert slide.shapes.title is not None and slide.notes_slide.notes_text_frame is not None
        slide.shapes.title.text = title
        slide.placeholders[1].text_frame.text = body
        slide.notes_slide.notes_text_frame.text = notes
    out = io.BytesIO()
    deck.save(out)
    extracted = read(out.getvalue(), "lecture.pptx")
    assert extracted.type == "presentation"
    assert place_of(extracted, "A cache") == Place(page=2, heading="TLB")
    assert place_of(extracted, "slowly") == Place(page=1, heading="Paging")


def test_sheets_by_row() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "Spring"
    first.append(["what", "cost"])
    first.append(["seeds", 12.0])
    first["A25"] = "far below"
    book.create_sheet("Autumn").append(["leaves"])
    out = io.BytesIO()
    book.save(out)
    extracted = read(out.getvalue(), "garden.xlsx")
    assert extracted.spans[0].text == "what\tcost\nseeds\t12"
    spring = Place(sheet="Spring", columns="A:B", heading="what, cost")
    assert extracted.spans[0].place == replace(spring, line_from=1, line_to=2)
    assert place_of(extracted, "far below") == replace(spring, line_from=25, line_to=25)
    assert place_of(extracted, "leaves").sheet == "Autumn"


def test_mail_headers_body_and_attachment() -> None:
    message = EmailMessage()
    message["From"], message["To"] = "Jürgen <j@example.org>", "ines@example.org"
    message["Subject"], message["Date"] = (
        "Replacement of the boiler",
        "Mon, 02 Nov 2026 09:00:00 +0100",
    )
    message.set_content("No hot water on Friday.\n\nBest, J.")
    message.add_attachment(
        pdf(["Bring the meter reading."], "x"),
        maintype="application",
        subtype="pdf",
        filename="a.pdf",
    )
    message.add_attachment(
        b"PK\x03\x04broken", maintype="application", subtype="zip", filename="b.docx"
    )
    extracted = read(message.as_bytes(), "boiler.eml")
    assert (extracted.type, extracted.title) == ("email", "Replacement of the boiler")
    assert extracted.author and "Jürgen" in extracted.author
    assert extracted.created == "2026-11-02T09:00:00+01:00"
    assert place_of(extracted, "hot water") == Place()
    assert place_of(extracted, "meter reading") == Place(page=1, heading="attachment a.pdf")
    assert any("b.docx" in span.text for span in extracted.spans)


def test_rich_text() -> None:
    rtf = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title Notes}}"
        rb"Gr\'fc\'dfe \u8364? 5\par Second {\b bold} line.}"
    )
    extracted = read(rtf, "x.rtf")
    assert [span.text for span in extracted.spans] == ["Grüße € 5", "Second bold line."]
    assert extracted.title == "Notes"


OFFICE_NS = "urn:oasis:names:tc:opendocument:xmlns"


def open_document(mimetype: str, body: str) -> bytes:
    content = (
        f'<office:document-content xmlns:office="{OFFICE_NS}:office:1.0" '
        f'xmlns:text="{OFFICE_NS}:text:1.0" xmlns:table="{OFFICE_NS}:table:1.0"><office:body>'
        f"{body}</office:body></office:document-content>"
    )
    manifest = '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped({"mimetype": mimetype, "META-INF/manifest.xml": manifest, "content.xml": content})


def zipped(members: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


def test_open_document_text_and_sheet() -> None:
    text = open_document(
        "application/vnd.oasis.opendocument.text",
        "<text:h>Lease</text:h><text:p>No<text:s/>pets <text:span>allowed</text:span>.</text:p>",
    )
    assert [s.text for s in read(text, "x.odt").spans] == ["Lease", "No pets allowed."]
    sheet = open_document(
        "application/vnd.oasis.opendocument.spreadsheet",
        '<table:table table:name="May"><table:table-row table:number-rows-repeated="4"/>'
        "<table:table-row><table:table-cell office:value-type='string'><text:p>rent</text:p>"
        "</table:table-cell></table:table-row>"
        "</table:table>",
    )
    assert place_of(read(sheet, "x.ods"), "rent") == Place(5, 5, sheet="May", columns="A:A")


def test_notebook_cells() -> None:
    cells = [{"cell_type": "code", "source": ["import os\n", "os.getcwd()"]}]
    extracted = read(json.dumps({"cells": cells}).encode(), "n.ipynb")
    assert place_of(extracted, "getcwd") == Place(page=1)


def test_image_says_size_and_when() -> None:
    from PIL import Image

    out = io.BytesIO()
    picture = Image.new("RGB", (32, 20))
    exif = Image.Exif()
    exif[0x0132] = "2026:05:01 10:11:12"
    exif[0x0110] = "Pinhole 3"
    picture.save(out, "JPEG", exif=exif)
    extracted = read(out.getvalue(), "cat.jpg")
    assert extracted.type == "image" and extracted.created == "2026-05-01T10:11:12"
    assert "32 x 20" in extracted.spans[0].text and "Pinhole 3" in extracted.spans[0].text


@pytest.mark.parametrize(
    ("data", "name", "type_"),
    [
        (b"\0\1\2\3" * 50, "blob.bin", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old.doc", "document"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "cat.heic", "image"),
        (b"7z\xbc\xaf'\x1c" + b"\0" * 40, "things.7z", "archive"),
    ],
)
def test_what_nobody_reads_is_skipped_with_a_reason(
    data: bytes, name: str, type_: str | None
) -> None:
    extracted = read(data, name)
    assert (extracted.status, extracted.type, extracted.spans) == ("skipped", type_, ())
    assert extracted.reason


def test_noise_under_the_name_of_a_document_is_told_as_such() -> None:
    extracted = read(b"\0\1\2\3" * 50, "letter.docx")
    assert (extracted.status, extracted.type) == ("failed", "document")
    assert extracted.reason == "not a .docx file: its content is no zip archive"


def test_an_empty_file_is_fine() -> None:
    assert read(b"", "empty.pdf") == Extracted("pdf")


# -- the extraction process, and what tries to break it --------------------------------------------


@pytest.fixture
def process(tmp_path: Path) -> Iterator[ExtractionProcess]:
    process = ExtractionProcess(tmp_path, MEMORY_BYTES, timeout_s=20)
    yield process
    process.close()


def bomb(inner: bytes) -> bytes:
    """A Word file whose document is `inner`."""
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": inner.decode()})


HOSTILE = {
    "truncated.pdf": pdf(["x" * 50] * 20, "t")[:600],
    "bomb.docx": bomb(b" " * (600 << 20)),
    "not-a-document.docx": bomb(b"<w/>"),
    "deep.html": b"<div>" * 200_000 + b"far down" + b"</div>" * 200_000,
    "deep.ipynb": b'{"cells":' + b"[" * 200_000,
    "laughs.odt": zipped({
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": '<!DOCTYPE l [<!ENTITY a "' + "ha" * 1000 + '">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in zip("abcde", "bcdef", strict=True))
        + "]><l>&f;</l>",
    }),
    "half.zip.xlsx": zipped({"xl/workbook.xml": "<w/>" * 1000})[:-40],
}  # fmt: skip


def test_no_file_harms_the_process_for_long(tmp_path: Path, process: ExtractionProcess) -> None:
    for name, data in HOSTILE.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_text("still here")
    for name in HOSTILE:
        reading = process.read(name)
        assert reading.extracted is not None
        if name != "deep.html":  # what libxml2 keeps of it is text enough
            assert reading.extracted.status == "failed" and reading.extracted.reason, name
        good = process.read("good.txt").extracted
        assert good is not None and good.spans[0].text == "still here", f"after {name}"


HALF_PAIRS = {
    "a.json": '{"\\ud800key": {"x": ["some text here", 1]}}',
    "b.ipynb": '{"cells": [{"cell_type": "markdown",'
    ' "source": ["# h\\ud800\\n", "some text"]}], "nbformat": 4, "metadata": {}}',
    "c.yaml": '"\\ud800key": {a: "some text"}\n',
    "d.html": "<html><body><h1>Hi &#xD800; there</h1><p>some text</p></body></html>",
}
"""Half of a surrogate pair where places come from."""


@pytest.mark.parametrize("name", HALF_PAIRS)
def test_places_are_clean_text(tmp_path: Path, process: ExtractionProcess, name: str) -> None:
    (tmp_path / name).write_text(HALF_PAIRS[name])
    first = process.read(name, is_cut=True)
    assert first.extracted is not None
    assert (first.extracted.status, first.extracted.reason) == ("ok", None)
    passages = first.cut.passages
    assert any("some text" in one.text for one in passages)
    for one in passages:
        (one.heading + str(json.loads(one.place))).encode()


def test_too_much_memory_is_one_failure(tmp_path: Path) -> None:
    with (tmp_path / "wide.txt").open("wb") as file:
        file.truncate(400 << 20)
        file.seek(0)
        file.write(b"words " * 10_000)
        file.seek(0)
    (tmp_path / "bytes.txt").write_bytes(b"all is well")
    (tmp_path / "wide.csv").write_bytes(b"\xff\xfe" + b"a\0" * (100 << 20))
    process = ExtractionProcess(tmp_path, 300 << 20, timeout_s=60)
    try:
        failed = process.read("wide.csv").extracted
        assert failed is not None and failed.status == "failed" and failed.reason
        assert "memory" in failed.reason
        good = process.read("bytes.txt").extracted
        assert good is not None and good.status == "ok"
    finally:
        process.close()


def test_too_slow_a_parse_is_one_failure(tmp_path: Path) -> None:
    """Slow for real: 200 MB of lines take longer than 50 ms to split."""
    (tmp_path / "long.log").write_bytes(b"a line of a long log\n\n" * 3_000_000)
    (tmp_path / "a.txt").write_text("quick")
    process = ExtractionProcess(tmp_path, MEMORY_BYTES * 2, timeout_s=0.5)
    try:
        warm = ExtractionProcess(tmp_path, MEMORY_BYTES, timeout_s=30)
        warm.read("a.txt")  # the interpreter's own start must not be what is slow
        warm.close()
        reading = process.read("long.log").extracted
        assert reading is not None and reading.status == "failed" and reading.reason
        assert "longer than 0.5 s" in reading.reason
    finally:
        process.close()


def test_links_and_folders_are_not_read(tmp_path: Path, process: ExtractionProcess) -> None:
    (tmp_path / "in").mkdir()
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (tmp_path / "link.txt").symlink_to(outside / "secret.txt")
    (tmp_path / "linked").symlink_to(outside)
    os.mkfifo(tmp_path / "pipe.txt")
    for path in ("link.txt", "linked/secret.txt", "pipe.txt", "in"):
        extracted = process.read(path).extracted
        assert extracted is not None and extracted.status == "failed", path
    assert process.read("nothing.txt").extracted is None


def test_opening_beneath_leaks_no_descriptor(tmp_path: Path) -> None:
    root_fd = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    before = len(os.listdir("/proc/self/fd"))
    for path in ("a/b", "missing", "."):
        with pytest.raises(OSError):
            open_beneath(root_fd, path)
    assert len(os.listdir("/proc/self/fd")) == before
    os.close(root_fd)


def test_time_without_a_processor_is_not_counted() -> None:
    """Both are to run on one processor, and one of them gives way to everything."""
    one = min(os.sched_getaffinity(0))
    code = f"import os; os.sched_setaffinity(0, [{one}])\nwhile True: pass"
    hog, giving_way = (subprocess.Popen([sys.executable, "-c", code]) for _ in range(2))
    try:
        os.sched_setscheduler(giving_way.pid, os.SCHED_IDLE, os.sched_param(0))
        both = hog.pid, giving_way.pid
        wait_for(lambda: all(os.sched_getaffinity(pid) == {one} for pid in both))
        began, granted_before = time.monotonic(), granted.seconds(giving_way.pid)

        def share() -> float:
            return (granted.seconds(giving_way.pid) - granted_before) / (time.monotonic() - began)

        time.sleep(1.0)
        wait_for(lambda: share() < 0.5)  # the kernel counts a wait when it has ended
    finally:
        hog.kill()
        giving_way.kill()
        hog.wait()
        giving_way.wait()
