"""The sample home: every format opens with its own library, ages are right, runs are repeatable."""

from __future__ import annotations

import csv
import email
import json
import os
import sys
from datetime import datetime, timedelta, timezone
from email import policy
from pathlib import Path
from subprocess import run
from zipfile import ZipFile

import docx
import openpyxl
import pptx
import pypdfium2
import pytest
import sample_home
from bs4 import BeautifulSoup
from PIL import Image
from sample_home import TargetError, write_sample_home
from sample_home_formats import Block, parse_blocks
from sample_home_manifest import TEXTS, Document, load_manifest, moment_of, source_text

NOW = datetime(2026, 11, 23, 15, 30)  # a Monday

# Where calendar hints go wrong first: new year, a leap day, just after midnight, a Sunday night.
AWKWARD_MOMENTS = [
    datetime(2026, 1, 1, 8),
    datetime(2028, 2, 29, 12),
    datetime(2026, 11, 1, 0, 5),
    datetime(2026, 11, 22, 23, 59),
    datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=8))),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample home that no test may change."""
    directory = tmp_path_factory.mktemp("home")
    write_sample_home(directory, NOW)
    return directory


def named(path: str) -> Document:
    """Return the manifest's document of that path."""
    return next(document for document in load_manifest() if document.path == path)


def of_format(name: str) -> list[Document]:
    """Return the manifest's documents of one format, of which there must be some."""
    documents = [document for document in load_manifest() if document.format == name]
    assert documents
    return documents


def snapshot(directory: Path) -> dict[str, tuple[int, bytes]]:
    """Return the time and, for files, the bytes of everything below a directory."""
    return {
        str(path.relative_to(directory)): (
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in directory.rglob("*")
    }


def mtime(path: Path) -> datetime:
    """Return a file's modification time as naive local time."""
    return datetime.fromtimestamp(path.stat().st_mtime)


# --- what is there --------------------------------------------------------------------------------


def test_it_holds_about_eighty_files_in_nested_folders(home: Path) -> None:
    files = [path.relative_to(home) for path in home.rglob("*") if path.is_file()]
    assert 80 <= len(files) <= 85
    assert len({path.suffix for path in files}) >= 14
    assert max(len(path.parts) for path in files) >= 4


def test_it_returns_its_files_in_the_order_of_the_manifest(tmp_path: Path) -> None:
    paths = write_sample_home(tmp_path, NOW)
    assert paths == [tmp_path / document.path for document in load_manifest()]


def test_no_source_text_is_left_unused() -> None:
    documents = load_manifest()
    attachments = [document.attachment for document in documents if document.attachment]
    used = {document.source for document in [*documents, *attachments] if document.source}
    assert used == {path.name for path in TEXTS.glob("*.txt")}


def test_no_placeholder_is_left(home: Path) -> None:
    assert [
        path for path in home.rglob("*") if path.is_file() and b"{{date" in path.read_bytes()
    ] == []


def test_one_name_is_not_utf8(home: Path) -> None:
    names = os.listdir(os.fsencode(home / "Recipes"))
    assert b"caf\xe9-menu.txt" in names


@pytest.mark.parametrize(
    ("path", "encoding", "words"),
    [
        ("Notes/会议记录.md", "utf-8", "内存页压缩算法"),
        ("Documents/Übersicht Küche.md", "utf-8", "Großmutter"),
        ("Documents/Brief an die Hausverwaltung.txt", "latin-1", "Außenwand"),
        ("Notes/reading list.txt", "utf-16", "★★★★★"),
        ("Notes/中文夜校.txt", "gb18030", "汉语水平考试"),
    ],
)
def test_text_is_in_its_encoding(home: Path, path: str, encoding: str, words: str) -> None:
    assert words in (home / path).read_bytes().decode(encoding)
    if encoding != "utf-8":
        with pytest.raises(UnicodeDecodeError):
            (home / path).read_text(encoding="utf-8")


# --- formats --------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", of_format("pdf"), ids=lambda document: document.path)
def test_pdf_has_pages_and_metadata(home: Path, document: Document) -> None:
    pdf = pypdfium2.PdfDocument(home / document.path)
    try:
        texts = [page.get_textpage().get_text_bounded() for page in pdf]
        metadata = pdf.get_metadata_dict()
    finally:
        pdf.close()
    assert len(texts) >= 2
    assert all(len(text) > 100 for text in texts)
    assert (metadata["Title"], metadata["Author"]) == (document.title, document.author)


@pytest.mark.parametrize("document", of_format("docx"), ids=lambda document: document.path)
def test_docx_has_headings_and_properties(home: Path, document: Document) -> None:
    word = docx.Document(str(home / document.path))
    styles = [paragraph.style.name for paragraph in word.paragraphs if paragraph.style]
    assert "Heading 1" in styles
    assert "Heading 2" in styles
    properties = word.core_properties
    assert (properties.title, properties.author) == (document.title, document.author)
    assert properties.modified == moment_of(document, NOW).astimezone(timezone.utc)


def test_pptx_has_titles_bullets_and_notes(home: Path) -> None:
    [document] = of_format("pptx")
    deck = pptx.Presentation(str(home / document.path))
    titles = [slide.shapes.title.text for slide in deck.slides if slide.shapes.title]
    notes = [slide.notes_slide.notes_text_frame for slide in deck.slides]
    assert len(titles) == len(notes) == 6
    assert titles[3] == "The translation cache"
    assert all(frame is not None and frame.text for frame in notes)
    assert deck.core_properties.title == document.title


@pytest.mark.parametrize("document", of_format("xlsx"), ids=lambda document: document.path)
def test_xlsx_has_two_sheets_of_numbers(home: Path, document: Document) -> None:
    book = openpyxl.load_workbook(home / document.path)
    assert len(book.sheetnames) == 2
    for sheet in book:
        values = [value for row in sheet.iter_rows(values_only=True) for value in row]
        assert any(isinstance(value, (int, float)) for value in values)
    assert (book.properties.title, book.properties.creator) == (document.title, document.author)


def test_eml_has_headers_body_and_attachment(home: Path) -> None:
    data = (home / "Mail/Grandmother turns ninety.eml").read_bytes()
    message = email.message_from_bytes(data, policy=policy.default)
    body = message.get_body()
    [attachment] = message.iter_attachments()
    assert message["Subject"] == "Grandmother turns ninety"
    assert message["From"].addresses[0].addr_spec == "solveig@halvorsen.example"
    assert message["Date"].datetime.date() == NOW.date()
    assert body is not None and "rowing club in Drøbak" in body.get_content()
    assert attachment.get_filename() == "guests.csv"
    assert "Pastor Lie,Drøbak,vegetarian" in attachment.get_content()


@pytest.mark.parametrize("document", of_format("html"), ids=lambda document: document.path)
def test_html_has_title_headings_and_furniture(home: Path, document: Document) -> None:
    page = BeautifulSoup((home / document.path).read_bytes(), "html.parser")
    assert page.title is not None and page.title.text == document.title
    assert page.find("h2") and page.find("script") and page.find("nav")


def test_csv_json_and_python_parse(home: Path) -> None:
    table = (home / "Finance/transactions.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(table.splitlines()))
    assert {len(row) for row in rows} == {4}
    assert json.loads((home / "Health/vaccinations.json").read_bytes())["people"]
    source = (home / "Projects/runqueue-sim/runqueue_sim.py").read_text(encoding="utf-8")
    compile(source, "runqueue_sim.py", "exec")


def test_the_simulator_of_the_sample_home_runs(home: Path, tmp_path: Path) -> None:
    arrivals = tmp_path / "arrivals.csv"
    arrivals.write_text("0,6,1\n0,3,1\n1,3,2\n")
    script = home / "Projects/runqueue-sim/runqueue_sim.py"
    done = run(
        [sys.executable, script, "--cores", "1", arrivals],
        capture_output=True,
        check=True,
        text=True,
    )
    assert len(done.stdout.splitlines()) == 3


def test_the_picture_is_a_picture(home: Path) -> None:
    with Image.open(home / "Pictures/whiteboard.png") as image:
        image.load()
        assert image.size == (900, 560)
        assert image.info["Author"] == "Tomasz Zielinski"
        colours = image.getcolors(maxcolors=1 << 16)
        assert colours is not None and len(colours) > 10  # something is drawn on it


def test_one_pdf_is_broken(home: Path) -> None:
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(home / "Documents/scan_0007.pdf")


# --- ages -----------------------------------------------------------------------------------------


def test_one_scheduling_note_is_of_last_week_and_one_two_months_older(home: Path) -> None:
    monday = datetime(2026, 11, 16)
    assert monday <= mtime(home / "Notes/wakeup latency.md") < monday + timedelta(days=7)
    assert mtime(home / "Notes/mixed cores.md") < monday - timedelta(days=55)
    for path in ("Notes/wakeup latency.md", "Notes/mixed cores.md"):
        assert (home / path).read_text(encoding="utf-8").startswith("# Scheduling")


def test_nothing_else_of_last_week_is_about_scheduling() -> None:
    week = [datetime(2026, 11, 16) + timedelta(days=day) for day in (0, 7)]
    dated = [(document, moment_of(document, NOW)) for document in load_manifest()]
    recent = [(d, moment) for d, moment in dated if d.source and week[0] <= moment < week[1]]
    matching = [d.path for d, moment in recent if "chedul" in source_text(d, moment).lower()]
    assert len(recent) > 3
    assert matching == ["Notes/wakeup latency.md"]


def test_there_are_files_of_today_yesterday_this_month_and_last_year(home: Path) -> None:
    days = {mtime(path).date() for path in home.rglob("*") if path.is_file()}
    assert {NOW.date(), NOW.date() - timedelta(days=1)} <= days
    assert len([day for day in days if (day.year, day.month) == (NOW.year, NOW.month)]) >= 5
    assert len([day for day in days if day.year == NOW.year - 1]) >= 5


@pytest.mark.parametrize("now", AWKWARD_MOMENTS, ids=str)
def test_hints_hold_at_awkward_moments(now: datetime) -> None:
    moments = {document.path: moment_of(document, now) for document in load_manifest()}
    monday = now.date() - timedelta(days=now.weekday())
    assert max(moments.values()) <= now
    assert moments["Notes/meeting log.md"].date() == now.date()
    assert monday - timedelta(days=7) <= moments["Notes/wakeup latency.md"].date() < monday
    assert moments["Finance/transactions.csv"].month == now.month
    assert moments["Thesis/chapter 3.docx"].year == now.year - 1


def test_an_unknown_hint_is_named() -> None:
    with pytest.raises(ValueError, match="some day soon"):
        moment_of(Document(path="a.txt", format="text", when="some day soon"), NOW)


def test_a_folder_is_as_old_as_its_newest_file(home: Path) -> None:
    newest = max(path.stat().st_mtime for path in (home / "Papers").iterdir())
    assert (home / "Papers").stat().st_mtime == newest


# --- repeatable, and careful with what is there ---------------------------------------------------


def test_two_processes_with_the_same_now_write_the_same(home: Path, tmp_path: Path) -> None:
    command = [sys.executable, sample_home.__file__, str(tmp_path), "--now", NOW.isoformat()]
    run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    assert snapshot(tmp_path) == snapshot(home)


@pytest.mark.parametrize("name", ["docx", "pptx", "xlsx"])
def test_office_files_carry_their_own_time_and_not_the_clock(home: Path, name: str) -> None:
    for document in of_format(name):
        moment = moment_of(document, NOW).astimezone(timezone.utc)
        with ZipFile(home / document.path) as archive:
            assert {info.date_time for info in archive.infolist()} == {moment.timetuple()[:6]}
            core = archive.read("docProps/core.xml").decode()
        assert core.count(f">{moment:%Y-%m-%dT%H:%M:%SZ}<") == 2  # created and modified


def test_pdf_files_carry_their_own_time_and_not_the_clock(home: Path) -> None:
    for document in of_format("pdf"):
        moment = moment_of(document, NOW).astimezone(timezone.utc)
        assert (home / document.path).read_bytes().count(f"(D:{moment:%Y%m%d%H%M%S}".encode()) == 2


def test_an_empty_or_absent_directory_is_taken(tmp_path: Path) -> None:
    assert write_sample_home(tmp_path / "new" / "home", NOW)


@pytest.mark.parametrize("occupied", ["folder", "file"])
def test_an_occupied_target_is_refused(tmp_path: Path, occupied: str) -> None:
    target = tmp_path / occupied
    kept = target if occupied == "file" else target / "kept.txt"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("mine")
    with pytest.raises(TargetError, match="empty"):
        write_sample_home(target, NOW)
    assert list(tmp_path.rglob("*.*")) == ([kept] if occupied == "folder" else [])
    assert kept.read_text() == "mine"


def test_the_command_writes_a_home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sample_home.main([str(tmp_path), "--now", "2026-11-23"]) == 0
    assert capsys.readouterr().out == f"84 files in {tmp_path}\n"
    assert mtime(tmp_path / "Notes/meeting log.md").date() == NOW.date()


def test_the_command_refuses_an_occupied_target(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    done = run(
        [sys.executable, sample_home.__file__, tmp_path],
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{tmp_path} is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_the_command_names_a_bad_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        sample_home.main([str(tmp_path), "--now", "tomorrow"])
    assert stopped.value.code == 2
    assert "not an ISO date: 'tomorrow'" in capsys.readouterr().err


# --- source text ----------------------------------------------------------------------------------


def test_blocks_of_source_text() -> None:
    prose = "# Head\n\nfirst line\nsecond line\n- one\n- two\n"
    text = prose + "\n| a | b |\n|---|---|\n| 1 | 2 |\n---\nNotes: n"
    assert parse_blocks(text) == [
        Block("heading", "Head", level=1),
        Block("paragraph", "first line second line"),
        Block("bullet", "one"),
        Block("bullet", "two"),
        Block("table", rows=(("a", "b"), ("1", "2"))),
        Block("break"),
        Block("notes", "n"),
    ]
