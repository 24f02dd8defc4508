"""The bytes of versions as a mount can open them."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from core import Core

from lsfs.errors import MissingPathError
from lsfs.shown import GIVEN_BYTES, Shown


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    root = tmp_path / "root"
    root.mkdir()
    (root / "small.txt").write_text("small\n")
    (root / "large.txt").write_text("a line that compresses well\n" * 40_000)
    (root / "random.txt").write_bytes(os.urandom(GIVEN_BYTES + 1))
    with Core(root) as opened:
        yield opened


def number(core: Core, path: str) -> int:
    return core.history.versions(path)[0].id


def test_small_ones_are_given(core: Core, tmp_path: Path) -> None:
    given = Shown(core.history, tmp_path / "shown").of(number(core, "small.txt"))
    assert base64.b64decode(given["data"]) == b"small\n"
    assert not (tmp_path / "shown").exists()


def test_large_ones_are_files_and_the_stores_own_where_they_can(core: Core, tmp_path: Path) -> None:
    shown = Shown(core.history, tmp_path / "shown")
    made = Path(shown.of(number(core, "large.txt"))["file"])
    assert made.parent == tmp_path / "shown"
    assert made.read_bytes() == (core.root / "large.txt").read_bytes()
    assert shown.of(number(core, "large.txt")) == {"file": str(made)}
    own = Path(shown.of(number(core, "random.txt"))["file"])
    assert own.parent.parent == core.config.blobs_directory
    assert own.read_bytes() == (core.root / "random.txt").read_bytes()


def test_the_oldest_go_when_there_is_too_much(
    core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lsfs.shown.MOST_BYTES", 3 << 20)
    shown = Shown(core.history, tmp_path / "shown")
    made = []
    for count in range(4):
        (core.root / "large.txt").write_text(f"line {count}, and on it goes\n" * 50_000)
        core.observer.scan()
        made.append(Path(shown.of(number(core, "large.txt"))["file"]))
        os.utime(made[-1], (count, count))
    assert [file.exists() for file in made] == [False, False, True, True]
    Shown(core.history, tmp_path / "shown")
    assert list((tmp_path / "shown").iterdir()) == []


def test_what_has_no_bytes_cannot_be_shown(core: Core, tmp_path: Path) -> None:
    with pytest.raises(MissingPathError):
        Shown(core.history, tmp_path / "shown").of(10**6)
