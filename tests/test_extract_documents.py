"""Office files old and new, books, PDF outlines and scans, with what they say of themselves."""

from __future__ import annotations

import io
import struct
from datetime import date

import pytest
from compound import Tree, compound
from extracting import place_of, read, texts
from test_indexer_extract import pdf, zipped

from lsfs.indexer.extract import ocr
from lsfs.records import Place


def docx_with(body: str) -> bytes:
    """A Word file of that body, in the namespaces w, m and mc."""
    import docx
    from docx.oxml import parse_xml

    document = docx.Document()
    spaces = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    document.element.body.insert(0, parse_xml(f"<w:p {spaces}>{body}</w:p>"))
    document.sections[0].header.paragraphs[0].text = "Bee club"
    document.add_comment(document.add_paragraph("end").runs, text="check this", author="Ines")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_word_text_boxes_formulas_headers_and_comments() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent>"
    body = (
        "<w:r><w:t>before</w:t><w:tab/><w:t>after</w:t></w:r>"
        f"<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r><m:oMath><m:r><m:t>x+1</m:t></m:r></m:oMath>"
    )
    found = texts(read(docx_with(body), "x.docx"))
    assert found.count("in a box") == 1
    assert "before\tafterx+1" in found
    assert "check this" in found and "Bee club" in found


def workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Hives"
    for row, values in enumerate(
        [("hive", "weight", "seen"), ("north", 12.5, date(2026, 5, 1))], 3
    ):
        for column, value in enumerate(values, 2):
            sheet.cell(row, column, value)
    book.properties.creator, book.properties.title = "Ines", "Bee yard"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_sheets_with_their_cells() -> None:
    extracted = read(workbook(), "no extension")
    assert (extracted.type, extracted.title, extracted.author) == (
        "spreadsheet", "Bee yard", "Ines",
    )  # fmt: skip
    assert place_of(extracted, "north\t12.5\t2026-05-01") == Place(
        3, 4, sheet="Hives", columns="B:D", heading="hive, weight, seen"
    )


def test_a_sheet_that_claims_to_be_endless() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A1048576"] = "top", "bottom"
    out = io.BytesIO()
    book.save(out)
    assert {"top", "bottom"} <= set(texts(read(out.getvalue(), "x.xlsx")))


def biff(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def test_excel_from_before_2007() -> None:
    opening = struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)
    name = b"\5\0Hives"
    bound = struct.pack("<IH", 0, 0) + name
    head = biff(0x809, opening) + biff(0x85, bound) + biff(0x0A)
    head = head.replace(bound, struct.pack("<IH", len(head), 0) + name)
    label = struct.pack("<HHHHB", 2, 1, 0, 5, 0) + b"north"
    cells = biff(0x204, label) + biff(0x203, struct.pack("<HHHd", 2, 2, 0, 12.5))
    sheet = biff(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + cells + biff(0x0A)
    extracted = read(compound({"Workbook": head + sheet}), "hives.doc")
    assert extracted.type == "spreadsheet"
    assert place_of(extracted, "north\t12.5") == Place(3, 3, sheet="Hives", columns="B:C")


def outlook_message() -> bytes:
    def storage(head: int, strings: dict[int, str | bytes], *fixed: bytes) -> Tree:
        """The properties of a message or an attachment, and the streams of the long ones."""
        listed = b"".join(fixed)
        streams: Tree = {}
        for number, value in strings.items():
            kind = 0x1F if isinstance(value, str) else 0x102
            data = value.encode("utf-16-le") if isinstance(value, str) else value
            listed += struct.pack("<HHIII", kind, number, 6, len(data) + 2, 0)
            streams[f"__substg1.0_{number:04X}{kind:04X}"] = data
        return {"__properties_version1.0": b"\0" * head + listed, **streams}

    headers = "From: Ines <ines@example.org>\r\nTo: Jo <jo@example.org>\r\n\r\n"
    sent = struct.pack("<HHIQ", 0x40, 0x39, 6, 134_249_148_000_000_000)
    by_value = struct.pack("<HHIQ", 3, 0x3705, 6, 1)
    message = storage(
        32,
        {0x37: "Swarm in the pear tree", 0x1000: "Come at once.\r\n\r\nInes", 0x7D: headers},
        sent,
    )
    attachment = storage(8, {0x3707: "list.txt", 0x3701: b"smoker, veil, gloves"}, by_value)
    return compound({**message, "__attach_version1.0_#00000000": attachment})


def test_outlook_messages() -> None:
    extracted = read(outlook_message(), "x.bin")
    assert (extracted.type, extracted.title) == ("email", "Swarm in the pear tree")
    assert extracted.created and extracted.created.startswith("2026-")
    assert "Come at once." in texts(extracted)
    assert place_of(extracted, "smoker").heading == "attachment list.txt"


def test_powerpoint_from_before_2007() -> None:
    def record(kind: int, data: bytes, version: int = 0) -> bytes:
        return struct.pack("<HHI", version, kind, len(data)) + data

    body = record(0x0FA0, "Bees in winter".encode("utf-16-le"))
    slides = record(0x0FF0, body, 0xF) + record(0x03EE, body, 0xF)
    extracted = read(compound({"PowerPoint Document": record(0x03E8, slides, 0xF),
                               "Current User": b"\0" * 40}), "talk")  # fmt: skip
    assert extracted.type == "presentation"
    assert any("Bees in winter" in text for text in texts(extracted))


@pytest.mark.parametrize("stream", ["WordDocument", "PowerPoint Document", "Workbook"])
def test_damaged_old_files_are_failures_with_a_reason(stream: str) -> None:
    extracted = read(compound({stream: b"\1\2\3" * 3000}), "x")
    assert extracted.spans == () and extracted.reason


def test_an_office_file_behind_a_password() -> None:
    extracted = read(compound({"EncryptedPackage": b"\7" * 5000, "EncryptionInfo": b"x"}), "x.xlsx")
    assert (extracted.status, extracted.type) == ("failed", "spreadsheet")
    assert extracted.reason == "locked with a password"


def test_books_by_chapter() -> None:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<metadata><dc:title>Bees</dc:title><dc:creator>I. Halvorsen</dc:creator>"
        "<dc:language>deu</dc:language><dc:date>2024</dc:date></metadata><manifest>"
        '<item id="a" href="a.xhtml"/><item id="b" href="b%20c.xhtml"/></manifest>'
        '<spine><itemref idref="b"/><itemref idref="a"/></spine></package>'
    )
    extracted = read(zipped({
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container '
        'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OPS/p.opf"/></rootfiles></container>',
        "OPS/p.opf": package,
        "OPS/a.xhtml": "<html><head><title>Winter</title></head>"
        "<body><p>They cluster.</p></body></html>",
        "OPS/b c.xhtml": "<html><body><h1>Summer</h1><p>They fly.</p></body></html>",
    }), "bees.zip")  # fmt: skip
    assert (extracted.title, extracted.author) == ("Bees", "I. Halvorsen")
    assert (extracted.language, extracted.created) == ("de", "2024")
    assert place_of(extracted, "They fly") == Place(page=1, heading="Summer")
    assert place_of(extracted, "They cluster") == Place(page=2, heading="Winter")


def test_slides_of_open_document() -> None:
    from test_indexer_extract import OFFICE_NS, open_document

    draw = f'xmlns:draw="{OFFICE_NS}:drawing:1.0" xmlns:p="{OFFICE_NS}:presentation:1.0"'
    body = "".join(
        f'<draw:page {draw}><draw:frame p:class="title"><text:p>Part {n}</text:p></draw:frame>'
        f"<text:p>words {n}</text:p></draw:page>"
        for n in (1, 2)
    )
    extracted = read(open_document("application/vnd.oasis.opendocument.presentation", body), "x")
    assert extracted.type == "presentation"
    assert place_of(extracted, "words 2") == Place(page=2, heading="Part 2")


def test_pdf_outlines_are_headings() -> None:
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    drawing = canvas.Canvas(out)
    for number, title in enumerate(("Spring", "", "Autumn")):
        if title:
            drawing.bookmarkPage(title)
            drawing.addOutlineEntry(title, title)
        drawing.drawString(72, 700, f"page of {number}")
        drawing.showPage()
    drawing.save()
    extracted = read(out.getvalue(), "x")
    headings = [place_of(extracted, f"page of {n}").heading for n in range(3)]
    assert headings == ["Spring", "Spring", "Autumn"]


def test_an_encrypted_pdf() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    canvas.Canvas(out, encrypt=StandardEncryption("secret", canPrint=0)).save()
    extracted = read(out.getvalue(), "x.pdf")
    assert (extracted.status, extracted.reason) == ("failed", "locked with a password")


def scanned_pdf() -> bytes:
    """A page of text, and a page that is a picture of some."""
    import pypdfium2

    page = pypdfium2.PdfDocument(pdf(["The boiler was replaced on Friday."], "x"))[0]
    picture = page.render(scale=2).to_pil()
    out = io.BytesIO()
    picture.save(out, "PDF")
    return out.getvalue()


def test_a_scan_is_recognised_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without the extra."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    ocr.is_installed.cache_clear()
    try:
        extracted = read(scanned_pdf(), "scan.pdf")
    finally:
        ocr.is_installed.cache_clear()
    assert extracted.status == "failed" and extracted.reason
    assert extracted.reason.startswith("a scan: 1 page without text; install lsfs[ocr]")


@pytest.mark.skipif(not ocr.is_installed(), reason="the extra `ocr` is not installed")
def test_a_scan_is_read() -> None:
    extracted = read(scanned_pdf(), "scan.pdf")
    assert extracted.status == "ok" and extracted.reason is None
    assert place_of(extracted, "boiler was replaced") == Place(page=1)
