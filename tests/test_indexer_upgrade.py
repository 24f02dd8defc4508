"""An index that other code, or another model, has made is brought up to this one, by pages."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from indexing import Indexed
from waiting import wait_for

from lsfs.indexer import drain, upgrade, words
from lsfs.indexer.connection import Connections, meta, set_meta, writing
from lsfs.indexer.dense import Meaning
from lsfs.indexer.drain import Drain
from lsfs.indexer.search import Searcher
from lsfs.indexer.upgrade import adopt_code
from lsfs.plan import Search

COUNT = 7


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Indexed]:
    """Notes of `walrus`, which words of an older version know as `seacow`; pages of three rows."""
    with Indexed(tmp_path) as indexed:
        for number in range(COUNT):
            indexed.write(f"note{number}.txt", f"the walrus number {number}")
        indexed.settle()
        indexed.index.close()
        connections = Connections(indexed.config.catalog_file)
        connection = connections.get()
        with writing(connection):
            connection.execute("INSERT INTO passages(passages) VALUES ('delete-all')")
            connection.execute("INSERT INTO passages(rowid, text) SELECT id, 'seacow' FROM chunks")
            set_meta(connection, "indexer.words", "1")
        connections.close()
        monkeypatch.setattr(upgrade, "_WORDS_ROWS", 3)
        yield indexed


def found(searcher: Searcher, query: str) -> int:
    return len(searcher.search(Search(query=query, mode="lexical", limit=100)).hits)


def rows(connection: sqlite3.Connection, table: str) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(count)


def test_while_words_are_made_anew_the_old_ones_answer_and_others_write(home: Indexed) -> None:
    making, asking = (Connections(home.config.catalog_file) for _ in range(2))
    searcher = Searcher(asking, home.root)
    while meta(asking.get(), "indexer.words") != words.VERSION:
        assert (found(searcher, "seacow"), found(searcher, "walrus")) == (COUNT, 0)
        home.core.catalog.set_setting("somebody", "writes")
        assert adopt_code(making.get())
    assert (found(searcher, "seacow"), found(searcher, "walrus")) == (0, COUNT)
    assert found(searcher, "note3") == 1
    assert not adopt_code(making.get())
    assert rows(making.get(), "queue") == 0  # nothing need be read again for it
    for table in ("names", "passages"):
        making.get().execute(f"INSERT INTO {table}({table}) VALUES ('integrity-check')")
        assert rows(making.get(), table) == COUNT
    making.close()
    asking.close()


def test_who_is_stopped_goes_on_from_there_unless_another_version_came_between(
    home: Indexed,
) -> None:
    for page in (3, 6):
        connections = Connections(home.config.catalog_file)
        assert adopt_code(connections.get())
        assert rows(connections.get(), "passages_next") == page
        connections.close()
    home.core.catalog.set_setting("indexer.words", "2")
    connections = Connections(home.config.catalog_file)
    assert adopt_code(connections.get())
    assert rows(connections.get(), "passages_next") == 3
    while adopt_code(connections.get()):
        pass
    assert found(Searcher(connections, home.root), "walrus") == COUNT
    connections.close()


def test_what_fails_at_the_start_is_tried_again(
    home: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words of this version must never stand beside those of another."""
    failures = iter([sqlite3.OperationalError("database is locked")] * 2)

    def sometimes(connection: sqlite3.Connection) -> bool:
        for failure in failures:
            raise failure
        return adopt_code(connection)

    monkeypatch.setattr(upgrade, "adopt_code", sometimes)
    monkeypatch.setattr(drain, "BACK_OFF_S", 0.05)
    connections = Connections(home.config.catalog_file)
    draining = Drain(home.config, connections, Meaning(home.config, connections))
    draining.start()
    version = partial(home.rows, "SELECT value FROM meta WHERE key = 'indexer.words'")
    wait_for(lambda: version() == [(words.VERSION,)], 30, "the words of this version")
    assert draining.wait_idle(60)
    draining.stop()
    assert found(Searcher(connections, home.root), "walrus") == COUNT
    connections.close()


def test_marks_are_of_the_model_that_was_asked_for_last(
    home: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another model is tried, and given up before all marks were changed."""

    class PowerCut(Exception):
        pass

    def cut(seconds: float) -> None:
        raise PowerCut

    connections = Connections(home.config.catalog_file)
    connection = connections.get()
    model, name = meta(connection, "indexer.model"), meta(connection, "indexer.model_name")
    assert model and name
    marked = partial(home.rows, "SELECT count(*) FROM chunks WHERE embedded")
    monkeypatch.setattr(upgrade, "_ROWS", 3)
    with monkeypatch.context() as moment, pytest.raises(PowerCut):
        moment.setattr(time, "sleep", cut)
        upgrade._mark_embedded(connection, "another")
    assert marked() == [(COUNT - 3,)]
    assert upgrade.adopt_model(connection, model, name) is None
    assert marked() == [(COUNT,)]
    assert upgrade.adopt_model(connection, "another", "another's name") == (model, name)
    assert marked() == [(0,)]
    connections.close()
