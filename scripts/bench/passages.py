"""A root whose index holds many passages of real words, written straight into its catalog.

Reading and embedding a million real passages takes hours; what a search costs does not depend on
how they came to be. The words are those of the texts given, in an order of their own; the vectors
are made up, in clusters of a hundred, under the name of the packaged model. The files are there,
but empty: no daemon should scan such a root.
"""

from __future__ import annotations

import os
import random
import sqlite3
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy

from lsfs.app import init_root
from lsfs.config import load_config
from lsfs.indexer import packaged, store, upgrade
from lsfs.indexer.chunk import chunked
from lsfs.indexer.extract.extracted import Span
from lsfs.records import Place

FOLDERS = (Path("/usr/share/doc"), Path(sysconfig.get_paths()["stdlib"]))
ENDINGS = (".txt", ".md", ".rst", ".py", ".html")
LARGEST = 1 << 20
IN_A_FILE, IN_A_FOLDER = 10, 1000
BATCH = 5000


def texts(folders: Sequence[Path] = FOLDERS) -> Iterator[Path]:
    """Files of text below the folders, in no particular order, but always the same."""
    found = [
        file
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.is_symlink() and 200 < file.stat().st_size < LARGEST
        and (file.suffix in ENDINGS or file.name in ("copyright", "README", "changelog"))
    ]  # fmt: skip
    random.Random(1).shuffle(found)
    yield from found


def some_passages(count: int) -> list[str]:
    """Real ones."""
    found: list[str] = []
    for file in texts():
        text = file.read_text(encoding="utf-8", errors="replace")
        found += [piece.text for piece in chunked([Span(text, Place())], None)]
        if len(found) >= count:
            break
    return found[:count]


def made_up(count: int, seed: int = 1) -> Iterator[numpy.ndarray]:
    """float16 [BATCH or less, 384], unit rows in clusters of about a hundred."""
    rng = numpy.random.default_rng(seed)
    centres = rng.standard_normal((max(10, count // 100), packaged.DIMENSION), numpy.float32)
    for start in range(0, count, BATCH):
        rows = centres[rng.integers(0, len(centres), min(BATCH, count - start))]
        rows += 0.7 * rng.standard_normal(rows.shape, numpy.float32)
        rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
        yield rows.astype(numpy.float16)


def fingerprint() -> str:
    """Of the packaged model."""
    return packaged.default_fingerprint()


def filled(root: Path, count: int) -> None:
    """Make `root` a root of `count` passages, ten to a file."""
    root.mkdir()
    init_root(root)
    config = load_config(root)
    (config.state / "config.toml").write_text("[indexer]\nenabled = true\n")
    connection = sqlite3.connect(config.catalog_file, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA foreign_keys = OFF")
    while upgrade.adopt_code(connection):
        pass
    upgrade.adopt_model(connection, fingerprint(), "default")
    chance, sources = random.Random(2), [one.split(" ") for one in some_passages(20_000)]
    number = 0
    for rows in made_up(count):
        connection.execute("BEGIN")
        for row in rows:
            if number % IN_A_FILE == 0:
                _add_file(connection, root, 1 + number // IN_A_FILE)
            _add_passage(connection, number, _mixed(chance, sources), row)
            number += 1
        connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def fill_vectors(catalog: Path) -> int:
    """Give every passage that has none a made-up vector; how many there are then."""
    connection = sqlite3.connect(catalog, isolation_level=None)
    ids = [id_ for (id_,) in connection.execute("SELECT id FROM chunks WHERE embedded = 0")]
    connection.execute("BEGIN IMMEDIATE")
    for number, rows in enumerate(made_up(len(ids))):
        some = ids[number * BATCH : (number + 1) * BATCH]
        values = [(i, fingerprint(), row.tobytes()) for i, row in zip(some, rows, strict=True)]
        connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?,?,?)", values)
    connection.execute("UPDATE chunks SET embedded = 1")
    (count,) = connection.execute("SELECT count(*) FROM vectors").fetchone()
    connection.execute("COMMIT")
    connection.close()
    return int(count)


def _mixed(chance: random.Random, sources: Sequence[Sequence[str]]) -> str:
    """The first half of one passage and the second of another."""
    one, other = chance.choice(sources), chance.choice(sources)
    return " ".join([*one[: len(one) // 2], *other[len(other) // 2 :]])


def _add_file(connection: sqlite3.Connection, root: Path, entry: int) -> None:
    folder = f"{entry // IN_A_FOLDER:04d}"
    if entry % IN_A_FOLDER == 0 or entry == 1:
        (root / folder).mkdir()
    path = f"{folder}/{entry:07d}.md"
    os.close(os.open(root / path, os.O_CREAT | os.O_WRONLY))
    connection.execute(
        "INSERT INTO entries(id, path, kind, device, inode, size, mtime_ns, ctime_ns, mode, parent)"
        " VALUES (?,?,'file',1,?,1,1,1,33188,?)", (entry, path.encode(), entry, folder.encode()),
    )  # fmt: skip
    connection.execute(
        "INSERT INTO documents(entry, status, type, path, size, mtime_ns, ctime_ns, fingerprint)"
        " VALUES (?,'ok','text',?,1,1,1,?)", (entry, path.encode(), store.FINGERPRINT),
    )  # fmt: skip
    store.add_name(connection, entry, path.encode(), None, None)


def _add_passage(
    connection: sqlite3.Connection, number: int, text: str, row: numpy.ndarray
) -> None:
    entry, sequence, id_ = 1 + number // IN_A_FILE, number % IN_A_FILE, number + 1
    connection.execute(
        "INSERT INTO chunks(id, entry, sequence, text, place, hash, embedded)"
        " VALUES (?,?,?,?,?,?,1)",
        (id_, entry, sequence, text, '{"line_from": 1, "line_to": 9}', id_.to_bytes(16, "big")),
    )
    store.add_words(connection, [(id_, text, "")])
    connection.execute(
        "INSERT INTO vectors VALUES (?,?,?)", (id_, fingerprint(), row.tobytes())
    )  # fmt: skip
