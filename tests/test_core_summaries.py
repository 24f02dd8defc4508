"""Summaries of files, folders and what is found, over a real index: which files, how much, and what
is said of what is left out."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from core import Core

from lsfs.errors import MissingPathError, NothingFoundError
from lsfs.records import Finding

ODD = os.fsdecode(b"caf\xe9.txt")
TEXTS = {
    "notes/rent.md": "The landlord raises the rent to 950 euros. He wrote a letter about it.\n",
    "notes/old/boiler.md": "The plumber mended the boiler on Monday.\n",
    "copy.txt": "The plumber mended the boiler on Monday.\n",
    ODD: "The cellar is full of old wine from Burgundy.\n",
    "blank.md": "\n \n",
}


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    root = tmp_path_factory.mktemp("summaries").resolve()
    for path, text in TEXTS.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "bytes.bin").write_bytes(bytes(range(256)))
    with Core(root) as opened:
        opened.app.call("index", {})
        yield opened


def told(core: Core, *paths: str, **asked: Any) -> Finding:
    target = {"paths": list(paths)} if paths else asked.pop("target")
    (finding,) = core.run([{"op": "summarize", "target": target, **asked}]).findings
    return finding


def test_a_folder_is_all_that_is_below_it(core: Core) -> None:
    found = told(core, "notes")
    assert [(row["path"], row["text"]) for row in found.rows] == [
        ("notes/old/boiler.md", "The plumber mended the boiler on Monday."),
        ("notes/rent.md", "The landlord raises the rent to 950 euros."),
        ("notes/rent.md", "He wrote a letter about it."),
    ]
    assert (found.text or "").splitlines()[0] == (
        "The plumber mended the boiler on Monday. (notes/old/boiler.md, line 1)"
    )


def test_what_several_files_say_is_said_once(core: Core) -> None:
    found = told(core, "copy.txt", "notes")
    (row,) = (row for row in found.rows if "boiler" in row["text"])
    assert row["path"] == "copy.txt"
    assert [(one["path"], one["lines"]) for one in row["also"]] == [("notes/old/boiler.md", [1, 1])]


def test_a_name_that_is_not_utf_8(core: Core) -> None:
    (row,) = told(core, ODD).rows
    assert row["path"] == "caf%E9.txt" and row["path_b64"]


def test_what_has_no_text_is_told(core: Core) -> None:
    assert told(core, "bytes.bin", "blank.md", "copy.txt").notices == (
        "no text of bytes.bin and 1 more is known",
    )
    with pytest.raises(NothingFoundError, match=r"no text of bytes\.bin is known"):
        told(core, "bytes.bin")
    with pytest.raises(NothingFoundError, match="no text of blank"):
        told(core, "blank.md")
    with pytest.raises(MissingPathError):
        told(core, "nowhere.md")


def test_what_a_query_finds_is_asked_about_it(core: Core) -> None:
    found = told(core, target={"query": "landlord and rent", "limit": 1}, sentences=1)
    assert [row["text"] for row in found.rows] == ["The landlord raises the rent to 950 euros."]


def test_the_budget(core: Core) -> None:
    assert len(told(core, "", sentences=2).rows) == 2
    assert sum(len(row["text"].split()) for row in told(core, "", words=16).rows) <= 16


def test_a_large_folder_is_counted_not_loaded(core: Core) -> None:
    count = 20_000
    sql = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " INSERT INTO entries(path, parent, since_ns, kind, device, inode, size, mtime_ns,"
        " ctime_ns, mode) SELECT CAST(printf('zoo/%05d.txt', i) AS BLOB), CAST('zoo' AS BLOB), 0,"
        " 'file', 0, -i, 0, 0, 0, 33188 FROM n"
    )
    (core.root / "zoo").mkdir()
    (core.root / "zoo/00000.txt").touch()
    core.observer.scan()
    core.catalog.execute(sql, (count,))
    paths = ("copy.txt", "zoo", "zoo/00000.txt")
    try:
        tracemalloc.start()
        found = told(core, *paths)
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        core.catalog.execute("DELETE FROM entries WHERE inode < 0")
    assert most_bytes < 4_000_000
    assert [row["path"] for row in found.rows] == ["copy.txt"]
    assert found.notices[0] == f"only the first 1000 of {count + 2} files were looked at"


def test_a_folder_without_files(core: Core) -> None:
    (core.root / "empty/inner").mkdir(parents=True)
    core.observer.scan()
    with pytest.raises(NothingFoundError, match="there is no file in empty"):
        told(core, "empty/inner", "empty")


def test_it_is_new_what_was_just_written(core: Core, tmp_path: Path) -> None:
    (core.root / "new.txt").write_text("The garden has a new gate of oak.\n")
    core.observer.scan()
    asked = {"op": "summarize", "target": {"paths": ["new.txt"]}}
    told = core.app.call("run", {"operations": [asked]})
    assert [row["text"] for row in told["outcome"]["rows"]] == ["The garden has a new gate of oak."]
