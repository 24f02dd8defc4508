"""What the worker takes: it keeps within what it may have, and ends when it has nothing to do."""

from __future__ import annotations

import mmap
import os
import random
import subprocess
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy
import pytest
from indexing import Indexed
from waiting import wait_for

from lsfs.errors import UnavailableError
from lsfs.indexer import base, memory
from lsfs.indexer.building import build_apart
from lsfs.indexer.connection import Connections
from lsfs.indexer.dense import Meaning
from lsfs.indexer.link import Link
from lsfs.indexer.vectors import write_file
from lsfs.plan import Search

MIB = 1 << 20


COUNT, DIMENSION = 40_000, 384  # 58 MiB


@pytest.fixture
def mapped(tmp_path: Path) -> base.Base:
    """A file of vectors, opened."""
    file, rows = tmp_path / "model.faiss", numpy.zeros((COUNT, DIMENSION), dtype=numpy.float32)
    rows[:, :2] = numpy.random.default_rng(1).normal(size=(COUNT, 2))
    base.build(file, "model", DIMENSION, COUNT, lambda: iter([(numpy.arange(COUNT), rows)]))
    opened = base.load(file, "model")
    assert opened is not None
    return opened


def nearest(opened: base.Base) -> list[tuple[int, float]]:
    """All vectors are looked at for it."""
    return opened.search(numpy.eye(DIMENSION, dtype=numpy.float32)[0], 5, None, 1.0)


def test_pages_of_a_mapped_file_are_given_back_and_come_again(mapped: base.Base) -> None:
    found = nearest(mapped)
    before = memory.resident_bytes()
    memory.Allowance(before - 1, mapped.forget_pages).keep()
    assert memory.resident_bytes() < before - 50 * MIB
    assert nearest(mapped) == found
    before = memory.resident_bytes()
    memory.Allowance(before + 8 * MIB, mapped.forget_pages).keep()  # it may have so much
    assert memory.resident_bytes() > before - 8 * MIB


def test_after_a_peak_it_keeps_to_what_it_may_have_again() -> None:
    given_back: list[int] = []
    allowance = memory.Allowance(
        memory.resident_bytes() + 64 * MIB, lambda: given_back.append(memory.resident_bytes())
    )
    for _ in range(2):
        held = mmap.mmap(-1, 256 * MIB)
        held.write(bytes(256 * MIB))
        memory.trim()
        allowance.keep()
        allowance.keep()  # there was nothing to give back: not at once again
        held.close()
        allowance.keep()
    assert len(given_back) == 2


def test_a_worker_that_may_have_nothing_works_all_the_same(tmp_path: Path) -> None:
    with Indexed(tmp_path, memory_bytes=0) as home:
        home.write("bread.txt", "Feed the sourdough starter in the evening.")
        home.write("cello.txt", "The bow needs new hair before the concert.")
        home.settle()
        for _ in range(3):
            assert home.found("baking", mode="semantic")[0] == "bread.txt"


def test_without_work_it_ends_and_what_is_asked_or_changed_starts_another(tmp_path: Path) -> None:
    with Indexed(tmp_path, idle_s=0.5) as home:
        home.write("bread.txt", "Feed the sourdough starter in the evening.")
        home.settle()
        first = home.index.worker_pid
        wait_for(lambda: home.index.worker_pid is None, 30, "the worker to end")
        wait_for(lambda: not Path(f"/proc/{first}").exists(), 30, "nothing of it to be left")
        result = home.index.search(Search(query="sourdough", mode="semantic"))
        assert [hit.path for hit in result.hits] == ["bread.txt"] and result.mode == "semantic"
        assert home.index.worker_pid not in (None, first)
        wait_for(lambda: home.index.worker_pid is None, 30, "the next worker to end")
        home.write("cello.txt", "The bow needs new hair.")
        home.core.observer.scan()
        home.index.nudge()
        assert home.index.worker_pid is not None
        wait_for(lambda: home.index.worker_pid is None, 30, "the work to be done")
        assert home.rows("SELECT count(*) FROM chunks WHERE embedded = 1") == [(2,)]


def test_what_is_asked_of_a_worker_about_to_end_is_answered(tmp_path: Path) -> None:
    chance, pause = random.Random(3), threading.Event()
    with Indexed(tmp_path, idle_s=0.02) as home:
        home.write("bread.txt", "Feed the sourdough starter in the evening.")
        home.settle()
        for _ in range(12):
            result = home.index.search(Search(query="sourdough", mode="semantic"))
            assert result.mode == "semantic" and not result.notices
            pause.wait(chance.uniform(0.0, 0.06))


def test_what_was_answered_after_it_had_nothing_to_do_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its word that it had nothing to do arrives behind the answer to a nudge."""
    asked: SimpleQueue[dict[str, Any]] = SimpleQueue()
    told = Link._told
    with Indexed(tmp_path, idle_s=0.2) as home:
        home.write("bread.txt", "Feed the sourdough starter in the evening.")
        home.settle()
        link = home.index._link
        assert link is not None
        with monkeypatch.context() as moment:
            moment.setattr(Link, "_told", lambda link, message: asked.put(message))
            message = asked.get(timeout=30)
            assert link.call("nudge", {}, 30)
            told(link, message)
            assert link.is_alive() and not link.has_rested
        wait_for(lambda: link.has_rested, 30, "the worker to rest")


def test_a_chunk_that_goes_while_the_vectors_are_opened_is_not_found(tmp_path: Path) -> None:
    with Indexed(tmp_path) as home:
        home.write("bread.txt", "Feed the sourdough starter in the evening.")
        home.write("cello.txt", "The bow needs new hair before the concert.")
        home.settle()
        home.index.close()
        meaning = Meaning(home.config, Connections(home.config.catalog_file))
        meaning.load()
        ((gone,),) = home.rows("SELECT id FROM chunks WHERE text LIKE 'Feed%'")
        home.core.catalog.execute("DELETE FROM chunks WHERE id = ?", (gone,))
        meaning.remove([gone])
        left = home.config.state / "vectors" / "another model.faiss"
        left.parent.mkdir(exist_ok=True)
        left.touch()
        meaning.open_index()
        assert not left.exists()
        found = [chunk for chunk, _ in meaning.nearest("sourdough", None, 10)]
        assert gone not in found and len(found) == 1
        meaning.rest()


def test_threads_that_build_leave_no_connection(tmp_path: Path) -> None:
    with Indexed(tmp_path) as home:
        home.write("bread.txt", "Feed the sourdough starter in the evening.")
        home.settle()
        connections = Connections(home.config.catalog_file)
        meaning = Meaning(home.config, connections)
        meaning.load()
        meaning.open_index()
        assert meaning.index is not None

        def opened() -> int:
            files = Path("/proc/self/fd").iterdir()
            return sum(os.path.realpath(file) == str(home.config.catalog_file) for file in files)

        counts = []
        for _ in range(3):
            builder = threading.Thread(target=meaning.build, args=(meaning.index,))
            builder.start()
            builder.join()
            counts.append(opened())
        assert len(set(counts)) == 1, "SQLite keeps one to open it again"
        connections.close()


def test_a_file_that_cannot_be_built_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="builds the file of vectors"):
        build_apart(tmp_path / "no catalog", tmp_path / "vectors.faiss", "model", 8)


def test_a_file_built_apart_is_the_one_built_here(tmp_path: Path) -> None:
    with Indexed(tmp_path) as home:
        for number in range(20):
            home.write(f"{number}.txt", f"Some words about the number {number}.")
        home.settle()
        ((model,),) = home.rows("SELECT DISTINCT model FROM vectors")
        apart, here = tmp_path / "apart" / "v.faiss", tmp_path / "here" / "v.faiss"
        build_apart(home.config.catalog_file, apart, model, 384)
        connections = Connections(home.config.catalog_file)
        write_file(connections.get(), here, model, 384)
        connections.close()
        for ending in (".faiss", ".ids", ".json"):
            assert apart.with_suffix(ending).read_bytes() == here.with_suffix(ending).read_bytes()


def test_a_build_ends_with_whoever_wants_it(tmp_path: Path) -> None:
    with Indexed(tmp_path) as home:
        catalog, file = home.config.catalog_file, tmp_path / "vectors" / "model.faiss"
        command = [sys.executable, "-m", "lsfs.indexer.building", str(catalog), str(file)]
        done = subprocess.run([*command, "model", "8"], stdin=subprocess.DEVNULL, check=False)
        assert done.returncode == 1 and not file.exists()
