"""The worker is killed at random moments, fifty times in one run: the index is as if it never was.

In the suite it is killed a few times; `pytest tests/test_faults_index_kill.py --kill-rounds 50`.
"""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import numpy
import pytest
from indexing import Indexed
from opened import opened_below
from sample_home import write_sample_home
from test_indexer_faults import reconnect
from waiting import wait_for

pytestmark = pytest.mark.timeout(600)
NOW = datetime(2026, 5, 4, 12).astimezone()
QUERIES = ("scheduling of tasks", "a recipe with flour", "invoice", "cello practice", "letter 7")
IN_HAND = 64
"""No more files than this are read and not yet stored."""
DRAIN_S = 400.0
LONGEST_S = 1.2
"""A worker needs about half of it to start, and all of it for its first vectors."""
TOLD = """
CREATE TABLE told(what TEXT, number INTEGER);
CREATE TRIGGER told_document AFTER INSERT ON documents WHEN new.status <> 'named'
    BEGIN INSERT INTO told VALUES ('document', new.entry); END;
CREATE TRIGGER told_vector AFTER INSERT ON vectors
    BEGIN INSERT INTO told VALUES ('vector', new.chunk); END;
"""


WORDS = (
    "kernel scheduling latency wakeup soup lentil onion bread flour tax rent lease garden plum "
    "cello practice lecture memory page cache review paper boiler letter school excursion"
).split()


def write_many(home: Indexed, count: int) -> None:
    """The same texts at each call."""
    chosen = random.Random(7)
    for number in range(count):
        paragraphs = [" ".join(chosen.choices(WORDS, k=60)) for _ in range(6)]
        home.write(f"d{number % 5}/{number}.txt", "\n\n".join(paragraphs))


def content(home: Indexed) -> Any:
    """Everything the index says in words, without the ids that depend on its history."""
    chunks = home.rows(
        "SELECT e.path, c.sequence, c.text, c.place, c.hash, c.embedded FROM chunks c"
        " JOIN entries e ON e.id = c.entry ORDER BY e.path, c.sequence"
    )
    documents = home.rows(
        "SELECT e.path, d.status, d.reason FROM documents d JOIN entries e ON e.id = d.entry"
        " ORDER BY e.path"
    )
    queries = ("soup onion", "kernel latency", "cello")
    return chunks, documents, [set(home.found(q, mode="lexical", limit=1000)) for q in queries]


def vectors(home: Indexed) -> numpy.ndarray:
    """float32 [n, 384] by path and place in it."""
    rows = home.rows(
        "SELECT v.vector FROM vectors v JOIN chunks c ON c.id = v.chunk"
        " JOIN entries e ON e.id = c.entry ORDER BY e.path, c.sequence"
    )
    packed = numpy.frombuffer(b"".join(blob for (blob,) in rows), dtype=numpy.float16)
    return packed.reshape(len(rows), -1).astype(numpy.float32)


def write_mixed(home: Indexed) -> None:
    """Documents, mail, code, tables, texts, and what is broken."""
    write_sample_home(home.root / "home", NOW)
    write_many(home, 30)
    for number in range(12):
        message = EmailMessage()
        message["Subject"] = f"letter {number}"
        message["From"] = f"writer{number}@example.org"
        message.set_content(f"Dear reader,\n\nthis is letter {number} about the lease.\n")
        home.write(f"mail/{number}.eml", bytes(message))
        body = "\n\n".join(f"def step_{n}(x):\n    return x + {n * number}" for n in range(20))
        home.write(f"code/part_{number}.py", f'"""Part {number}."""\n\n{body}\n')
        home.write(f"tables/{number}.csv", "name,rent\n" + f"house {number},{number}00\n" * 40)
    home.write("broken.pdf", b"%PDF-1.7 nothing more")


def counted(home: Indexed) -> dict[str, int]:
    """The most often that one document, and one vector, was stored."""
    rows = home.rows("SELECT what, number, count(*) FROM told GROUP BY 1, 2")
    most: Counter[str] = Counter()
    for what, _, count in rows:
        most[what] = max(most[what], count)
    return dict(most)


def test_a_worker_killed_at_random_leaves_the_index_of_an_undisturbed_one(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kills = int(request.config.getoption("--kill-rounds"))
    moments = random.Random(11)
    with Indexed(tmp_path / "calm") as calm, Indexed(tmp_path / "stormy") as stormy:
        for home in (calm, stormy):
            write_mixed(home)
        calm.core.observer.scan()
        calm.index.drain(timeout_s=DRAIN_S)
        stormy.core.observer.scan()
        for statement in TOLD.split(";\nC"):
            stormy.core.catalog.execute(statement if "CREATE" in statement[:9] else "C" + statement)
        with opened_below(stormy.root) as opened:
            for _ in range(kills):
                stormy.index.start()
                pid = stormy.index.worker_pid
                assert pid is not None
                # a moment that nothing else decides
                threading.Event().wait(moments.uniform(0.2, LONGEST_S))
                os.kill(pid, signal.SIGKILL)
                reconnect(stormy)
            stormy.index.drain(timeout_s=DRAIN_S)
        assert stormy.index.failed() == calm.index.failed()
        assert content(stormy) == content(calm)
        assert numpy.array_equal(vectors(stormy), vectors(calm))
        for query in QUERIES:
            for mode in ("lexical", "semantic", "hybrid"):
                assert stormy.found(query, mode=mode)[:1] == calm.found(query, mode=mode)[:1]
        assert stormy.index.coverage() == calm.index.coverage()
        assert counted(stormy) == {"document": 1, "vector": 1}
        files = stormy.rows("SELECT count(*) FROM entries WHERE kind = 'file'")[0][0]
        again = sum(opened.counts.values()) - files
        assert again <= kills * IN_HAND, opened.counts.most_common(5)
        assert stormy.rows("SELECT count(*) FROM queue") == [(0,)]
        assert stormy.rows("PRAGMA integrity_check") == [("ok",)]
        stormy.core.catalog.execute("INSERT INTO passages(passages) VALUES ('integrity-check')")


def test_a_file_whose_reading_is_cut_short_each_time_is_not_given_up(tmp_path: Path) -> None:
    """Another process reads it: the worker died over nothing."""
    with Indexed(tmp_path) as home:
        home.write("server.log", "a request took some milliseconds\n" * 600_000)
        home.core.observer.scan()
        for _ in range(4):
            with opened_below(home.root) as opened:
                home.index.start()
                pid = home.index.worker_pid
                assert pid is not None
                file = str(home.root / "server.log")
                wait_for(partial(opened.counts.get, file), 60, "the file to be read")
                os.kill(pid, signal.SIGKILL)
            reconnect(home)
            assert home.rows("SELECT attempts FROM queue") == [(0,)]
        home.index.start()
        wait_for(lambda: not home.index.coverage().pending, 60, "its text")
        assert [status for _, status, _ in home.index.failed()] == ["read in part"]
        assert home.found("milliseconds", mode="lexical") == ["server.log"]
