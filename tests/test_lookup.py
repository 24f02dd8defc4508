"""Names looked up in a sorted list answer as a look at each of them would."""

from __future__ import annotations

import difflib
import random
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lsfs.catalog import Catalog
from lsfs.lookup import CatalogNames

WORDS = "report budget plan Notes größe 会议 a b.c .hidden x-ray résumé re\u0301sume\u0301".split()


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    made = Catalog(tmp_path / "catalog.db")
    yield made
    made.close()


def add(catalog: Catalog, path: str, folder: Path, kind: str = "file") -> int:
    return catalog.add_entry(path, "directory" if kind == "directory" else "file", folder.stat(), 0)


def scanned(wanted: str, paths: Sequence[str]) -> list[str]:
    """The definition: exact path, exact name, name without extension, end of a path; else all the
    words, then close spellings."""

    def folded(text: str) -> str:
        return unicodedata.normalize("NFC", text).casefold()

    def name(path: str) -> str:
        return folded(path.rpartition("/")[2])

    def stem(path: str) -> str:
        return name(path).rpartition(".")[0] or name(path)

    sought = folded(wanted.strip().strip("/").removeprefix("./"))
    paths = sorted(paths)
    if not sought:
        return []
    for key in (folded, name, stem):
        if found := [path for path in paths if key(path) == sought]:
            return sorted(found, key=len)
    if tails := [path for path in paths if folded(path).endswith(f"/{sought}")]:
        return sorted(tails, key=len)
    words = set(re.findall(r"[^\W_]+", sought))
    holding = [path for path in paths if words and words <= set(re.findall(r"[^\W_]+", name(path)))]
    spellings = {spelling for path in paths for spelling in (name(path), stem(path))}
    close = [
        path
        for spelling in difflib.get_close_matches(sought, sorted(spellings), n=5, cutoff=0.75)
        for path in paths
        if spelling in (name(path), stem(path))
    ]
    return [*sorted(holding, key=len)[:20], *dict.fromkeys(close)]


@pytest.mark.parametrize("seed", range(4))
def test_as_a_look_at_each(catalog: Catalog, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)

    def name() -> str:
        return dice.choice(" -_").join(dice.choices(WORDS, k=dice.randint(1, 3)))

    folders = [name() for _ in range(6)]
    folders += [f"{folder}/{name()}" for folder in folders]
    files = {
        f"{dice.choice(['', *folders])}/{name()}{dice.choice(['', '.txt', '.tar.gz'])}".lstrip("/")
        for _ in range(150)
    } - set(folders)  # fmt: skip
    for path in dict.fromkeys(folders):
        add(catalog, path, tmp_path, "directory")
    for path in files:
        add(catalog, path, tmp_path)
    names = CatalogNames(catalog)
    asked = [*dice.sample(sorted(files), 40), *folders, *WORDS, "", "/", "./plan", "PLAN"]
    asked += [one.rpartition("/")[2] for one in asked] + [name() for _ in range(40)]
    asked += [one[:2] + one[3:] for one in asked] + [one.upper() for one in asked]
    for one in asked:
        assert list(names.candidates(one)) == scanned(one, sorted(files)), one
        assert list(names.directories(one)) == scanned(one, sorted(set(folders))), one


def test_a_change_is_known_at_once(catalog: Catalog, tmp_path: Path) -> None:
    names, again = CatalogNames(catalog), CatalogNames(catalog)
    assert names.candidates("plan.md") == ()
    number = add(catalog, "plan.md", tmp_path)
    add(catalog, "old", tmp_path, "directory")
    assert names.candidates("plan.md") == again.candidates("plan.md") == ("plan.md",)
    catalog.place_entry(number, "old/plan.md", 1)
    assert names.candidates("plan.md") == ("old/plan.md",)
    catalog.mark_gone(number, 2)
    assert names.candidates("plan.md") == ()
    assert list(names.gone("plan.md")) == ["old/plan.md"]
    catalog.see_entry(number, "file", tmp_path.stat(), 3)
    assert names.candidates("plan.md") == again.candidates("plan.md") == ("old/plan.md",)
    assert list(names.gone("plan.md")) == []


def test_what_a_transaction_turns_back_is_not_remembered(catalog: Catalog, tmp_path: Path) -> None:
    names = CatalogNames(catalog)
    add(catalog, "old.txt", tmp_path)
    assert names.candidates("old") == ("old.txt",)
    for lost, kept in (("xylophone", "umbrella"), ("kettle", "marble")):
        with pytest.raises(InterruptedError), catalog.atomic():
            add(catalog, lost, tmp_path)
            assert names.candidates(lost) == (lost,)
            raise InterruptedError
        assert names.candidates(lost) == ()
        add(catalog, kept, tmp_path)  # counts as many changes as were turned back
        assert names.candidates(kept) == (kept,) and names.candidates(lost) == ()


def test_asked_within_a_transaction_and_by_another_thread(catalog: Catalog, tmp_path: Path) -> None:
    names = CatalogNames(catalog)
    for number in range(300):
        add(catalog, f"{number}.txt", tmp_path)
    found: list[Sequence[str]] = []
    ends = threading.Event()

    def ask() -> None:
        while not ends.is_set():
            add(catalog, f"more {len(found)}.txt", tmp_path)
            found.append(names.candidates("7.txt"))

    asking = threading.Thread(target=ask)
    asking.start()
    for number in range(50):
        with catalog.atomic():
            add(catalog, f"new {number}.txt", tmp_path)
            assert names.candidates(f"new {number}") == (f"new {number}.txt",)
    ends.set()
    asking.join(20)
    assert not asking.is_alive() and set(found) == {("7.txt",)}
