"""The catalog's schema: numbered migrations, the only CREATE TABLE of the project.

Paths are BLOBs (the bytes of the name), so that any name the kernel allows has a row. Times are
nanoseconds since the epoch. `user_version` of the database is the number of migrations applied.
"""

from __future__ import annotations

import os
import sqlite3

from lsfs.errors import ConfigurationError

CORE = """
CREATE TABLE entries(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL,
    kind TEXT NOT NULL,
    device INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    content TEXT,                       -- hex BLAKE3 of the last captured bytes
    captured INTEGER NOT NULL DEFAULT 0, -- whether `content` is of exactly this size, mtime, ctime
    gone_ns INTEGER
);
CREATE UNIQUE INDEX entries_path ON entries(path) WHERE gone_ns IS NULL;
CREATE INDEX entries_gone ON entries(path, gone_ns) WHERE gone_ns IS NOT NULL;
CREATE INDEX entries_inode ON entries(device, inode);

CREATE TABLE versions(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    entry INTEGER NOT NULL REFERENCES entries(id),
    path BLOB NOT NULL,
    at_ns INTEGER NOT NULL,
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    gid INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    xattrs TEXT NOT NULL DEFAULT '{}',  -- JSON: name -> base64 of the value
    content TEXT,
    target BLOB,
    actor TEXT NOT NULL,
    gap TEXT
);
CREATE INDEX versions_entry ON versions(entry, id);
CREATE INDEX versions_content ON versions(content);

CREATE TABLE journal(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ns INTEGER NOT NULL,
    actor TEXT NOT NULL,
    request TEXT,
    parser TEXT NOT NULL,
    operations TEXT NOT NULL,           -- the resolved operations, JSON
    state TEXT NOT NULL,                -- intent, done, reversed, failed
    changes TEXT NOT NULL DEFAULT '[]', -- null: each is the act of its step
    undoes INTEGER REFERENCES journal(id),
    undone_by INTEGER REFERENCES journal(id),
    is_save INTEGER NOT NULL DEFAULT 0  -- a program saved a file: to save it again is another row
);
CREATE TABLE journal_steps(
    journal INTEGER NOT NULL REFERENCES journal(id),
    step INTEGER NOT NULL,
    act TEXT NOT NULL,                  -- the literal act on the tree, or a program's change, JSON
    inverse TEXT NOT NULL,              -- the operations that turn it back, JSON
    leaves TEXT NOT NULL DEFAULT '{}',  -- path -> state the act leaves, JSON
    done INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY(journal, step)
) WITHOUT ROWID;

CREATE TABLE groups(
    name TEXT PRIMARY KEY,
    created_ns INTEGER NOT NULL,
    query TEXT
);
CREATE TABLE group_members(
    name TEXT NOT NULL REFERENCES groups(name) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    entry INTEGER NOT NULL REFERENCES entries(id),
    PRIMARY KEY(name, position)
) WITHOUT ROWID;

-- entries whose text or name the worker has yet to look at; one row an entry, the newest reason
-- (`at_ns`: when that was, or since when the entry is as it is)
CREATE TABLE queue(
    entry INTEGER PRIMARY KEY REFERENCES entries(id),
    at_ns INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""

# Owned by the indexer room, written by the worker alone.
INDEX = """
-- what became of each file the worker looked at; `path` is the name the names table knows
CREATE TABLE documents(
    entry INTEGER PRIMARY KEY REFERENCES entries(id),
    status TEXT NOT NULL,               -- ok, failed, skipped (no reader), excluded
    reason TEXT,
    type TEXT,                          -- a plan.FileType
    title TEXT,
    author TEXT,
    created TEXT,
    language TEXT,
    path BLOB NOT NULL,
    size INTEGER NOT NULL,              -- size and times of the file it was made from
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    fingerprint TEXT NOT NULL           -- extractor, chunker and words that made it
);
CREATE INDEX documents_failed ON documents(status) WHERE status <> 'ok';

-- AUTOINCREMENT: an id is never given twice, so that a vector can never be taken for another's
CREATE TABLE chunks(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    entry INTEGER NOT NULL REFERENCES entries(id),
    sequence INTEGER NOT NULL,
    text TEXT NOT NULL,
    place TEXT NOT NULL,                -- JSON, the fields of records.Place that are known
    hash BLOB NOT NULL,                 -- of what is embedded
    embedded INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX chunks_entry ON chunks(entry, sequence);
CREATE INDEX chunks_hash ON chunks(hash);
CREATE INDEX chunks_pending ON chunks(id) WHERE embedded = 0;

-- rows of the model named by meta 'indexer.model'; float16, unit length
CREATE TABLE vectors(
    chunk INTEGER PRIMARY KEY REFERENCES chunks(id) ON DELETE CASCADE,
    model TEXT NOT NULL,
    vector BLOB NOT NULL
);

-- Both hold no text of their own: rows are removed by giving the same words again.
CREATE VIRTUAL TABLE passages USING fts5(
    text, heading, content='', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE names USING fts5(
    name, folders, title, author, content='', tokenize='porter unicode61 remove_diacritics 2'
);
"""

# What was where, and when: a live entry is at its path since `since_ns`; where it was before, and
# what is gone, stands in `places`. `parent` is the folder's path.
PLACES = """
ALTER TABLE entries ADD COLUMN parent BLOB NOT NULL DEFAULT x'';
ALTER TABLE entries ADD COLUMN since_ns INTEGER NOT NULL DEFAULT 0;
UPDATE entries SET parent = folder_of(path), since_ns = min(ctime_ns, coalesce(gone_ns, ctime_ns));
CREATE INDEX entries_parent ON entries(parent, since_ns) WHERE gone_ns IS NULL;
CREATE TABLE places(
    entry INTEGER NOT NULL REFERENCES entries(id),
    path BLOB NOT NULL,
    parent BLOB NOT NULL,
    since_ns INTEGER NOT NULL,
    until_ns INTEGER NOT NULL           -- it was there no more from then on
);
INSERT INTO places SELECT id, path, parent, since_ns, gone_ns FROM entries
    WHERE gone_ns > since_ns;
CREATE INDEX places_parent ON places(parent, until_ns);
CREATE INDEX places_path ON places(path, until_ns);
CREATE INDEX places_entry ON places(entry);
DROP INDEX versions_entry;
CREATE INDEX versions_entry ON versions(entry, id, at_ns);
"""

# Large files to be read for a version (lsfs.unread).
UNREAD = """
CREATE TABLE unread(
    path BLOB PRIMARY KEY,
    device INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    actor TEXT NOT NULL,
    line TEXT,                          -- of the spool, JSON; null: it was seen from outside
    journal INTEGER REFERENCES journal(id) -- the row that waits for what is found
);
"""

# What an undo must know to put the modification times of folders back.
FOLDER_TIMES = """
ALTER TABLE journal ADD COLUMN folder_times TEXT NOT NULL DEFAULT '{}'; -- as it left them
ALTER TABLE journal_steps ADD COLUMN times TEXT NOT NULL DEFAULT '{}'; -- before, JSON: path -> ns
-- `at_ns`, but that a clock which is set back puts nothing first
ALTER TABLE journal ADD COLUMN order_ns INTEGER NOT NULL DEFAULT 0;
UPDATE journal SET order_ns = at_ns;
CREATE INDEX journal_order ON journal(order_ns);
"""

# Of the text as MNT/.lsfs/text shows it.
TEXT_BYTES = """
ALTER TABLE documents ADD COLUMN text_bytes INTEGER NOT NULL DEFAULT 0;
"""

# Since when a file has the bytes it has, as far as was seen: a rename changes ctime, not these.
BYTES_SINCE = """
ALTER TABLE entries ADD COLUMN bytes_since_ns INTEGER NOT NULL DEFAULT 0;
UPDATE entries SET bytes_since_ns = ctime_ns;
"""

# Vectors of the model that answers, and of the one that is to answer next.
TWO_MODELS = """
ALTER TABLE vectors RENAME TO vectors_of_one;
CREATE TABLE vectors(
    chunk INTEGER NOT NULL REFERENCES chunks(id) ON DELETE CASCADE,
    model TEXT NOT NULL,
    vector BLOB NOT NULL,               -- float16, unit length
    PRIMARY KEY(chunk, model)
);
INSERT INTO vectors SELECT chunk, model, vector FROM vectors_of_one;
DROP TABLE vectors_of_one;
"""

# Files that a plan locked are told from the many that are read-only without anybody's wish.
LOCKED = """
ALTER TABLE entries ADD COLUMN locked INTEGER NOT NULL DEFAULT 0;
"""

# What changed last is read first, however much waits.
QUEUE_ORDER = """
CREATE INDEX queue_order ON queue(attempts, at_ns DESC);
"""

# For exact strings and parts of words (lsfs.indexer.trigrams), of the folded text of chunks.
TRIGRAMS = """
CREATE VIRTUAL TABLE trigrams USING fts5(
    text, content='', detail=none, columnsize=0, tokenize='trigram case_sensitive 1'
);
"""

# The model that a picture or recording was given to (lsfs.indexer.undescribed); '': none.
DESCRIBED = """
ALTER TABLE documents ADD COLUMN described TEXT NOT NULL DEFAULT '';
CREATE INDEX documents_described ON documents(type, described)
    WHERE type IN ('image', 'audio', 'video');
"""

# Links to files (lsfs.sharing). A link is found by its digest: so nobody learns a part of its token
# from how long a wrong one takes.
SHARES = """
CREATE TABLE shares(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    entry INTEGER NOT NULL REFERENCES entries(id),
    token TEXT NOT NULL,                -- what the link ends with
    digest BLOB NOT NULL UNIQUE,        -- SHA-256 of the token
    opened_ns INTEGER NOT NULL,
    expires_ns INTEGER NOT NULL,
    closed_ns INTEGER,
    fetches INTEGER NOT NULL DEFAULT 0,
    fetched_ns INTEGER                  -- the last time
);
"""

# How much is in a folder, without a look at each row.
SIZES = """
CREATE INDEX entries_sizes ON entries(path, kind, size) WHERE gone_ns IS NULL;
"""

MIGRATIONS: tuple[str, ...] = (
    CORE, INDEX, PLACES, UNREAD, FOLDER_TIMES, TEXT_BYTES, BYTES_SINCE, TWO_MODELS, LOCKED,
    QUEUE_ORDER, TRIGRAMS, DESCRIBED, SHARES, SIZES,
)  # fmt: skip


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to the newest schema, each migration in a transaction of its own.

    Raises:
        ConfigurationError: a newer lsfs has had it; it is left as it is.
    """
    connection.create_function("folder_of", 1, os.path.dirname, deterministic=True)
    (applied,) = connection.execute("PRAGMA user_version").fetchone()
    if applied > len(MIGRATIONS):
        raise ConfigurationError(
            f"the catalog is of a newer lsfs (its schema is {applied}, this one's"
            f" {len(MIGRATIONS)})",
            hint="use that version again; or put the state back from before it; or move it away and"
            " run `lsfs init` again (its history is then lost); your files are not affected",
        )
    for number, script in enumerate(MIGRATIONS[applied:], start=applied + 1):
        connection.executescript(f"BEGIN;{script};PRAGMA user_version = {number};COMMIT;")
