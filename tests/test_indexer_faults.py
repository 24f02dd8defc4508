"""What breaks: the worker at any moment, the vectors' file, the model, the way to the worker."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from indexing import Indexed
from waiting import wait_for

from lsfs.config import load_config
from lsfs.errors import UnavailableError
from lsfs.indexer import packaged, store, upgrade
from lsfs.indexer.client import WorkerIndex
from lsfs.indexer.connection import Connections
from lsfs.indexer.cut import NOTHING, Cut
from lsfs.indexer.dense import Meaning
from lsfs.indexer.drain import Drain
from lsfs.indexer.embed import TorchModel
from lsfs.indexer.extract.extracted import Extracted
from lsfs.indexer.queue import Job
from lsfs.indexer.search import Searcher
from lsfs.indexer.texts import Texts
from lsfs.indexer.unembedded import Unembedded
from lsfs.plan import Search


def reconnect(home: Indexed) -> None:
    """As a daemon that was started again."""
    home.index.close()
    home.index = WorkerIndex(home.config)


def test_a_row_queued_again_meanwhile_is_not_lost(tmp_path: Path) -> None:
    """The daemon renews a row while the worker is busy with the entry: `finish` must leave it."""
    from lsfs.indexer import queue
    from lsfs.indexer.connection import Connections, writing

    with Indexed(tmp_path) as home:
        home.write("a.txt", "one")
        home.core.observer.scan()
        connections = Connections(home.config.catalog_file)
        connection = connections.get()
        (job,) = queue.take(connection, 10)
        home.core.catalog.enqueue(job.entry)
        with writing(connection):
            queue.finish(connection, job)
        assert queue.length(connection) == 1
        (again,) = queue.take(connection, 10)
        with writing(connection):
            queue.finish(connection, again)
        assert queue.length(connection) == 0
        connections.close()


def test_an_entry_the_worker_keeps_dying_over_is_given_up(tmp_path: Path) -> None:
    with Indexed(tmp_path) as home:
        home.write("poison.txt", "fatal words")
        home.write("good.txt", "harmless words")
        home.core.observer.scan()
        home.core.catalog.execute(
            "UPDATE queue SET attempts = 3 WHERE entry = (SELECT id FROM entries WHERE path = ?)",
            (b"poison.txt",),
        )
        home.index.drain(timeout_s=60)
        ((path, _, reason),) = home.index.failed()
        assert path == "poison.txt" and "given up" in reason
        assert home.found("harmless", mode="lexical") == ["good.txt"]


@pytest.mark.parametrize("is_text_alone", [True, False])
def test_an_entry_that_cannot_be_stored_keeps_nothing_from_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_text_alone: bool
) -> None:
    real = store.save

    def save(
        connection: sqlite3.Connection, job: Job, extracted: Extracted, done: Cut = NOTHING
    ) -> list[int]:
        if job.path == "a.txt" and (done.passages or not is_text_alone):
            raise sqlite3.DatabaseError("database disk image is malformed")
        return real(connection, job, extracted, done)

    monkeypatch.setattr(store, "save", save)
    with Indexed(tmp_path) as home:
        for path in ("a.txt", "b.txt"):
            home.write(path, f"the words of {path}")
        home.core.observer.scan()
        connections = Connections(home.config.catalog_file)
        texts = Texts(home.config, lambda ids: None, threading.Lock())
        failures = 0
        while home.rows("SELECT 1 FROM queue"):
            try:
                while texts.step(connections.get()):
                    pass
            except sqlite3.DatabaseError:
                failures += 1
                assert failures < 10
        texts.interrupt()
        listed = [("a.txt", "failed", "given up: it could not be indexed 3 times")]
        assert home.index.failed() == (listed if is_text_alone else [])
        assert home.rows("SELECT status FROM documents ORDER BY entry")[-1] == ("ok",)
        connections.close()


# -- another model ---------------------------------------------------------------------------------


def test_another_model_makes_all_vectors_anew(tmp_path: Path) -> None:
    """The packaged weights by directory, through torch: another identity, so other vectors. The
    old ones answer until all new ones are there, and the two never meet."""
    with Indexed(tmp_path) as home:
        home.write("bread.txt", "Feed the sourdough starter in the evening.")
        home.write("tax.txt", "The tax office wants an answer by Friday.")
        home.settle()
        (first,) = home.rows("SELECT DISTINCT model FROM vectors")[0]
        home.index.close()
        file = home.config.state / "config.toml"
        file.write_text(f'[indexer]\nmodel = "{packaged.model_directory()}"\ndevice = "cpu"\n')
        connections = Connections(home.config.catalog_file)
        meaning = Meaning(load_config(home.root), connections)
        meaning.load()
        meaning.open_index()
        assert meaning.model is not None and meaning.index is not None
        second = meaning.model.fingerprint
        assert second != first and len(meaning.index) == 0
        assert home.rows("SELECT count(*) FROM chunks WHERE embedded") == [(0,)]
        before = meaning.nearest("baking a loaf", None, 1)
        batch = Unembedded.next(connections.get(), second, 64)
        assert batch is not None
        vectors = batch.vectors(meaning.model)
        stored = batch.store(connections.get(), second, vectors)
        meaning.index.add([batch.ids[i] for i in stored], vectors[stored])
        both = home.rows("SELECT model, count(*) FROM vectors GROUP BY model")
        assert sorted(both) == sorted([(first, 2), (second, 2)])
        assert meaning.nearest("baking a loaf", None, 1) == before
        meaning.completed()
        assert home.rows("SELECT DISTINCT model FROM vectors") == [(second,)]
        after = meaning.nearest("baking a loaf", None, 1)
        assert after[0][0] == before[0][0] and after != before
        connections.close()
        home.index = WorkerIndex(load_config(home.root))
        home.settle()
        assert home.found("baking a loaf", mode="semantic")[0] == "bread.txt"
        assert home.rows("SELECT DISTINCT model FROM vectors") == [(second,)]


def test_a_model_that_is_moved_is_the_same(tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    shutil.copytree(packaged.model_directory(), moved)
    here, there = (
        TorchModel(str(folder), "cpu", 8) for folder in (packaged.model_directory(), moved)
    )
    assert here.fingerprint == there.fingerprint != packaged.default_fingerprint()


def test_what_is_made_of_the_weights_before_goes_when_it_is_made_anew(tmp_path: Path) -> None:
    kept = packaged.prepared_file().name
    for name in (kept, "all-MiniLM-L6-v2-int8-1-a.onnx", "all-MiniLM-L6-v2-int8-1-a.lock", "other"):
        (tmp_path / name).touch()
    packaged._remove_other_forms(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [kept, "other"]


def test_vectors_that_cannot_be_opened_now_are_opened_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    can_be_opened, adopt = threading.Event(), upgrade.adopt_model

    def locked(connection: sqlite3.Connection, fingerprint: str, name: str) -> Any:
        if not can_be_opened.is_set():
            raise sqlite3.OperationalError("database is locked")
        return adopt(connection, fingerprint, name)

    monkeypatch.setattr(upgrade, "adopt_model", locked)
    with Indexed(tmp_path) as home:
        home.write("bread.txt", "Feed the sourdough starter in the evening.")
        home.core.observer.scan()
        connections = Connections(home.config.catalog_file)
        meaning = Meaning(home.config, connections)
        drain = Drain(home.config, connections, meaning)
        drain.start()
        assert not drain.wait_idle(3), "there is a passage without a vector"
        request, started = Search(query="sourdough"), time.monotonic()
        result = Searcher(connections, home.root, meaning).search(request)
        assert time.monotonic() - started < 2 and result.mode == "lexical"
        assert "the vectors cannot be opened: database is locked" in result.notices[0]
        can_be_opened.set()
        assert drain.wait_idle(30)
        assert home.rows("SELECT embedded FROM chunks") == [(1,)]
        result = Searcher(connections, home.root, meaning).search(request)
        assert result.mode == "hybrid" and not result.notices
        drain.stop()
        connections.close()


def test_a_model_that_does_not_exist_leaves_the_words(tmp_path: Path) -> None:
    with Indexed(tmp_path, model=str(tmp_path / "no such model"), device="cpu") as home:
        home.write("bread.txt", "Feed the sourdough starter in the evening.")
        home.settle()
        result = home.index.search(Search(query="sourdough"))
        assert [hit.path for hit in result.hits] == ["bread.txt"] and result.mode == "lexical"
        assert "words alone" in result.notices[0]
        with pytest.raises(UnavailableError):
            home.index.embed(["x"])


# -- no worker -------------------------------------------------------------------------------------


def test_without_a_worker_words_still_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Indexed(tmp_path) as home:
        home.write("notes/bread.txt", "Feed the sourdough starter in the evening.")
        home.write("other.txt", "Nothing of the kind.")
        home.settle()
        reconnect(home)
        monkeypatch.setattr(sys, "executable", str(tmp_path / "no python here"))
        for mode in ("hybrid", "semantic", "lexical"):
            result = home.index.search(Search.model_validate({"query": "sourdough", "mode": mode}))
            assert [hit.path for hit in result.hits] == ["notes/bread.txt"]
            assert result.mode == "lexical" and (mode == "lexical" or result.notices)
        assert home.index.text("notes/bread.txt")[0].text.startswith("Feed")
        assert home.index.coverage().indexed == 2
        with pytest.raises(UnavailableError):
            home.index.embed(["x"])
        with pytest.raises(UnavailableError):
            home.index.drain(timeout_s=5)


def test_a_dead_worker_is_replaced(tmp_path: Path) -> None:
    with Indexed(tmp_path) as home:
        home.write("a.txt", "about beekeeping")
        home.settle()
        first = home.index.worker_pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: home.index.worker_pid not in (None, first), 30, "another worker")
        assert home.found("beekeeping") == ["a.txt"]


def test_the_worker_ends_with_its_parent(tmp_path: Path) -> None:
    with Indexed(tmp_path) as home:
        home.write("a.txt", "x")
        home.settle()
        pid = home.index.worker_pid
        home.index.close()
        assert pid is not None and not Path(f"/proc/{pid}").exists()
        home.index = WorkerIndex(home.config)


def test_a_lost_root_keeps_the_index(tmp_path: Path) -> None:
    """A file that vanished between the queue and the reading leaves no row and no error."""
    with Indexed(tmp_path) as home:
        home.write("d/a.txt", "x")
        home.core.observer.scan()
        shutil.rmtree(home.root / "d")
        home.index.drain(timeout_s=60)
        assert home.rows("SELECT count(*) FROM documents") == [(0,)]
        assert home.index.failed() == []
