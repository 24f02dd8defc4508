"""Documents that are broken, locked, or made to do harm: a row of `lsfs status --failed` each."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from faces import answer, lsfs, serving
from test_extract_containers import BOMBS
from test_indexer_extract import HOSTILE, pdf, zipped

pytestmark = pytest.mark.timeout(300)


def locked_pdf() -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    page = canvas.Canvas(out, encrypt=StandardEncryption("a word", "another"))
    page.drawString(72, 700, "nobody reads this")
    page.save()
    return out.getvalue()


def write_all(root: Path) -> set[str]:
    """Paths that cannot be read, among some that can."""
    bad = {
        "locked.pdf": locked_pdf(),
        "cut.pdf": pdf(["x" * 50] * 20, "t")[:600],
        "noise.docx": os.urandom(100_000),
        "no-zip.pptx": b"PK\3\4" + os.urandom(5000),
        "bomb.docx": HOSTILE["bomb.docx"],
        "bomb.gz": BOMBS["bomb.gz"](),
        "bomb.tar.xz": BOMBS["bomb.tar.xz"](),
        "half.xlsx": HOSTILE["half.zip.xlsx"],
        "empty.epub": zipped({"mimetype": "application/epub+zip"}),
    }
    for name, data in bad.items():
        (root / name).write_bytes(data)
    for number in range(20):
        (root / f"note{number:02d}.txt").write_text(f"note {number} about beekeeping\n")
    return set(bad)


def test_each_costs_one_row_and_nothing_else_waits(tmp_path: Path) -> None:
    bad = write_all(tmp_path)
    assert lsfs("init", tmp_path, cwd=tmp_path).returncode == 0
    with serving(tmp_path):
        assert lsfs("index", cwd=tmp_path).returncode == 0
        told = answer("status", "--failed", cwd=tmp_path)["failed"]
        assert {one["path"] for one in told} == bad and len(told) == len(bad)
        assert all(one["reason"] for one in told)
        covered = answer("status", cwd=tmp_path)["coverage"]
        assert (covered["entries"], covered["pending"]) == (len(bad) + 20, 0)
        assert len(answer("search", "beekeeping", "-n", "50", cwd=tmp_path)["hits"]) == 20
        shown = lsfs("status", "--failed", cwd=tmp_path)
        lines = [line for line in shown.stdout.splitlines() if any(name in line for name in bad)]
        assert len(lines) == len(bad), shown.stdout
