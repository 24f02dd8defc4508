"""Pictures and recordings that a model has yet to see or hear: chosen, and what it said stored.

Which models the settings name, and why one cannot be used, is kept in the catalog, where every
process that answers finds it. A document keeps the name of the model it was given to: another name
in the settings makes it wait again, and none leaves what is there.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace

from lsfs.config import IndexerConfig

from . import store
from .connection import meta, set_meta, writing
from .cut import Cut
from .extract.extracted import Extracted
from .filters import PRESENT
from .queue import Job

_KEY = "indexer.describers"
_WAITING = (
    " FROM documents d JOIN entries e ON e.id = d.entry"
    " WHERE d.type IN ('image', 'audio', 'video')"  # as the index of the table says it
    " AND d.type IN (SELECT value FROM json_each(?)) AND d.described <> ?"
    f" AND d.status IN ('ok', 'failed', 'skipped') AND {PRESENT}"
)


@dataclass(frozen=True, slots=True)
class Describer:
    """What says what files of these types show or say: the setting that names the model, the model;
    `failure` is why it cannot be used."""

    setting: str
    model: str
    types: tuple[str, ...]
    failure: str = ""


def describers(config: IndexerConfig) -> list[Describer]:
    """Those that the settings name."""
    found = (
        Describer("indexer.captioner", config.captioner, ("image",)),
        Describer("indexer.transcriber", config.transcriber, ("audio", "video")),
    )
    return [one for one in found if one.model]


def keep(connection: sqlite3.Connection, known: list[Describer]) -> None:
    """Have the catalog know them."""
    told = json.dumps([asdict(one) for one in known])
    if (meta(connection, _KEY) or "[]") != told:
        with writing(connection):
            set_meta(connection, _KEY, told)


def kept(connection: sqlite3.Connection) -> list[Describer]:
    """Those that the catalog knows."""
    return [
        Describer(**{**one, "types": tuple(one["types"])})
        for one in json.loads(meta(connection, _KEY) or "[]")
    ]


def failures(connection: sqlite3.Connection) -> list[str]:
    """Why models cannot be used, a line each."""
    return [one.failure for one in kept(connection) if one.failure]


def count(connection: sqlite3.Connection, *, usable: bool = False) -> int:
    """How many files wait for one; `usable`: for one that can be used."""
    found = [one for one in kept(connection) if not (usable and one.failure)]
    return sum(_counted(connection, f"SELECT count(*){_WAITING}", one) for one in found)


def done(connection: sqlite3.Connection) -> int:
    """How many files had theirs."""
    waiting = _WAITING.replace("<>", "=")
    return sum(_counted(connection, f"SELECT count(*){waiting}", one) for one in kept(connection))


def _counted(connection: sqlite3.Connection, sql: str, by: Describer) -> int:
    (number,) = connection.execute(sql, (json.dumps(by.types), by.model)).fetchone()
    return int(number)


def standing(connection: sqlite3.Connection, entry: int) -> dict[str, str | bool | None]:
    """{"described": the model that was asked about a file, "undescribed": whether it waits}."""
    sql = f"SELECT count(*){_WAITING} AND d.entry = ?"
    waits = any(
        connection.execute(sql, (json.dumps(one.types), one.model, entry)).fetchone()[0]
        for one in kept(connection)
    )
    row = connection.execute("SELECT described FROM documents WHERE entry = ?", (entry,)).fetchone()
    return {"described": (row[0] or None) if row else None, "undescribed": waits}


def following(
    connection: sqlite3.Connection, by: Describer, but: Collection[tuple[int, str]] = ()
) -> Job | None:
    """The file that waits for it and changed last, as it was read; what waits to be read does not
    count, nor do these entries at these paths."""
    rows = connection.execute(
        "SELECT d.entry, d.path, d.size, d.mtime_ns, d.ctime_ns"
        f"{_WAITING} AND d.entry NOT IN (SELECT entry FROM queue)"
        " ORDER BY d.mtime_ns DESC, d.entry LIMIT ?",
        (json.dumps(by.types), by.model, len(but) + 1),
    )
    for entry, raw, size, mtime_ns, ctime_ns in rows:
        path = os.fsdecode(raw)
        if (entry, path) not in but:
            return Job(entry, 0, 0, path, "file", size, mtime_ns, ctime_ns, is_gone=False)
    return None


def save(
    connection: sqlite3.Connection, job: Job, told: tuple[Extracted, Cut], model: str
) -> list[int]:
    """Store what was read with the model, unless the file was read anew, renamed or ruled out since
    `following`: it may have other bytes. Where it could not be read, what is there stays, and says
    why. Within a transaction; returns ids of removed chunks."""
    known = store.document(connection, job.entry)
    if known is None or known.status not in ("ok", "failed", "skipped"):
        return []
    if (known.path, known.size, known.mtime_ns, known.fingerprint) != (
        job.path, job.size, job.mtime_ns, store.FINGERPRINT,
    ):  # fmt: skip
        return []
    extracted, done = told
    if extracted.status == "ok":
        return store.save(connection, replace(job, ctime_ns=known.ctime_ns), extracted, done, model)
    connection.execute(
        "UPDATE documents SET reason = ?, described = ?,"
        " status = iif(status = 'ok' AND text_bytes = 0, 'failed', status) WHERE entry = ?",
        (extracted.reason, model, job.entry),
    )
    return []
