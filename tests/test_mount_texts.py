"""MNT/.lsfs/text: what documents say, through a real mount, daemon and worker."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from faces import lsfs
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas
from sample_home import write_sample_home
from waiting import wait_for
from whole import Whole, whole

from lsfs.indexer.chunk import chunked
from lsfs.indexer.extract.decoding import decode
from lsfs.indexer.extract.extracted import Span
from lsfs.indexer.rendition import rendition
from lsfs.records import Place

pytestmark = pytest.mark.timeout(180)
LONG = "x" * 249 + ".txt"  # ".md" does not fit behind it
LATIN = os.fsdecode(b"caf\xe9")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    folder = tmp_path_factory.mktemp("texts")
    with whole(folder) as made:
        write_sample_home(made.root / "home", datetime(2026, 11, 23, 15, 30))
        canvas = Canvas(str(made.root / "two.pdf"))
        for text in ("The heron stands still.", "The kingfisher dives."):
            canvas.drawString(72, 700, text)
            canvas.showPage()
        canvas.save()
        (made.root / LATIN).mkdir()
        (made.root / LATIN / "a.txt").write_bytes(
            "première\n\n\nligne quatre: œuf\n".encode("cp1252")
        )
        (made.root / LONG).write_text("a long name\n")
        (made.root / "empty.txt").touch()
        (made.root / "noise.bin").write_bytes(bytes(range(256)) * 9)
        assert lsfs("index", cwd=made.root).returncode == 0
        yield made


def texts(home: Whole) -> Path:
    return home.point / ".lsfs" / "text"


def test_grep_reads_pages_and_encodings(home: Whole) -> None:
    assert (texts(home) / "two.pdf.md").read_text() == (
        "[page 1]\n\nThe heron stands still.\n\n[page 2]\n\nThe kingfisher dives.\n"
    )
    found = subprocess.run(
        ["grep", "-rn", "-e", "kingfisher", "-e", "œuf", "."],
        cwd=texts(home), capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert sorted(found.splitlines()) == [
        "./caf\udce9/a.txt.md:4:ligne quatre: œuf".encode("utf-8", "surrogateescape"),
        b"./two.pdf.md:7:The kingfisher dives.",
    ]


def test_what_is_there(home: Whole) -> None:
    assert sorted(os.listdir(texts(home))) == [LATIN, "home", "two.pdf.md", LONG]
    assert (texts(home) / LONG).read_text() == "a long name\n"
    for missing in ("empty.txt.md", "noise.bin.md", "two.pdf", "nothing/x.md", "home/nothing"):
        with pytest.raises(FileNotFoundError):
            (texts(home) / missing).stat()
    with pytest.raises(OSError, match="Read-only"):
        (texts(home) / "two.pdf.md").write_text("no")


def test_sizes_are_right_and_lines_are_the_files(home: Whole) -> None:
    """Over the sample home: every format lsfs makes documents of."""
    count = 0
    for folder, _, names in os.walk(texts(home) / "home"):
        for name in names:
            shown = Path(folder, name)
            data = shown.read_bytes()
            assert shown.stat().st_size == len(data) > 0, name
            count += 1
            source = home.root / shown.relative_to(texts(home)).with_suffix("")
            if source.suffix in (".md", ".txt", ".csv", ".py") and source.is_file():
                lines = decode(source.read_bytes()).split("\n")
                pairs = zip(lines, data.decode().split("\n"), strict=False)
                assert all(there.strip() in (line.strip(), "") for line, there in pairs), name
    assert count > 30


def test_it_follows_the_file(home: Whole) -> None:
    (home.point / "new.md").write_text("first\n")
    wait_for(lambda: (texts(home) / "new.md.md").exists(), 20)
    (home.point / "new.md").write_text("second, longer\n")
    wait_for(lambda: (texts(home) / "new.md.md").read_text() == "second, longer\n", 20)
    (home.point / "new.md").rename(home.point / "moved.md")
    wait_for(lambda: (texts(home) / "moved.md.md").exists(), 20)
    (home.point / "moved.md").unlink()
    wait_for(lambda: not (texts(home) / "moved.md.md").exists(), 20)


@given(st.lists(st.text("ab .!\n界x", max_size=900), max_size=8))
def test_lines_stand_where_they_stood(paragraphs: list[str]) -> None:
    """Whatever is merged or cut in the making of chunks."""
    spans, line = [], 1
    for text in paragraphs:
        lines = text.count("\n") + 1
        if text.strip():
            spans.append(Span(text, Place(line, line + lines - 1)))
        line += lines + 1
    shown = rendition(((p.text, p.place) for p in chunked(spans, None)), "text").split("\n")
    for number, text in enumerate("\n\n".join(paragraphs).split("\n")):
        if text.strip():
            assert "".join(shown[number].split()) == "".join(text.split())
