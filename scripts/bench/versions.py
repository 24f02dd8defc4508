#!/usr/bin/env python3
"""Versions: how soon they are there, what they take, how fast one comes back, beside restic.

    python scripts/bench/versions.py [--edits N] [--saves N]

Through a live mount: saves flat out and how far behind the daemon is; many small edits of one file,
and the room they take; a rollback among few and many versions; the listing of a folder as it was.
restic (Debian's package) backs up the same file after each of the same edits: a version there is a
run of a program. Prints Markdown.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import live
from blake3 import blake3

from lsfs.rpc import RpcClient

FILE_BYTES = 2 << 20
AMONG = (5, 40, 400, 4000)
WIDE = 10_000
MANY = 1000
SAVES_A_SECOND = 200


@contextmanager
def mounted() -> Iterator[live.Live]:
    """A live mount, without the index."""
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as name:
        folder = Path(name)
        (folder / "root").mkdir()
        (folder / "mnt").mkdir()
        with live.mounted(folder / "root", folder / "mnt", "noindex") as found:
            yield found


def call(home: live.Live, method: str, **params: object) -> dict[str, object]:
    """Ask the daemon."""
    answer: dict[str, object] = RpcClient(home.root / ".lsfs" / "daemon.sock").call(method, params)
    return answer


def prose(size: int, chance: random.Random) -> bytearray:
    """Text that compresses as prose does."""
    words = [chance.randbytes(chance.randint(2, 5)).hex() for _ in range(4000)]
    text = bytearray()
    while len(text) < size:
        text += (" ".join(chance.choices(words, k=12)) + "\n").encode()
    return text[:size]


def edited(text: bytearray, chance: random.Random) -> None:
    """A sentence put in somewhere."""
    at = chance.randrange(len(text))
    text[at:at] = f"\nEdit {chance.random()}.\n".encode()


def lag(home: live.Live, saves: int) -> None:
    """How long after a save its version is known, at a steady pace."""
    folder = home.point / "saved"
    folder.mkdir()
    saved: dict[str, float] = {}
    seen = Seen(home)
    began = time.perf_counter()
    for number in range(saves):
        time.sleep(max(0.0, began + number / SAVES_A_SECOND - time.perf_counter()))
        data = f"save {number}\n".encode() * 20
        (folder / f"{number % 50}.txt").write_bytes(data)
        saved[blake3(data).hexdigest()] = time.perf_counter()
        if number % 20 == 0:
            seen.look()
    while saved.keys() - seen.at.keys() and time.perf_counter() - began < 120:
        time.sleep(0.02)
        seen.look()
    behind = sorted(seen.at[digest] - at for digest, at in saved.items() if digest in seen.at)
    assert len(behind) == saves, f"{saves - len(behind)} saves have no version"
    p95 = behind[int(len(behind) * 0.95)]
    print(
        f"| {saves:,} saves at {SAVES_A_SECOND} a second: until the version is known, p50 / p95 |"
        f" {statistics.median(behind):.2f} / {p95:.2f} s | 2 s |"
    )


class Seen:
    """When the bytes of each version were first in the catalog."""

    def __init__(self, home: live.Live) -> None:
        self.at: dict[str, float] = {}
        file = home.root / ".lsfs" / "catalog.db"
        self._catalog = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
        self._newest = 0

    def look(self) -> None:
        """Take note of what has come."""
        sql = "SELECT id, content FROM versions WHERE id > ? ORDER BY id"
        for number, content in self._catalog.execute(sql, (self._newest,)):
            self._newest = number
            self.at.setdefault(content, time.perf_counter())


def space(home: live.Live, edits: int) -> None:
    """What many small edits of one file take, and restic beside it."""
    chance = random.Random(1)
    text = prose(FILE_BYTES, chance)
    file = home.point / "report.txt"
    before = _stored(home)
    began = time.perf_counter()
    for _ in range(edits):
        file.write_bytes(text)
        edited(text, chance)
    _rest(home)
    took, stored = time.perf_counter() - began, _stored(home) - before
    plain = edits * FILE_BYTES
    print(
        f"| {edits:,} small edits of a 2 MiB file: room, of what the versions are |"
        f" {stored / plain:.1%} ({stored / 2**20:.0f} MiB) | 5 % |"
    )
    print(f"| ... time a version, captured | {took / edits * 1000:.0f} ms | |")
    restic(min(edits, 100))


def restic(edits: int) -> None:
    """The same edits, each backed up."""
    program = shutil.which("restic")
    if program is None:
        print("| ... restic | not installed (apt install restic) | |")
        return
    chance = random.Random(1)
    text = prose(FILE_BYTES, chance)
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as name:
        store, file = Path(name) / "store", Path(name) / "report.txt"
        environment = {**os.environ, "RESTIC_PASSWORD": "bench", "RESTIC_REPOSITORY": str(store)}

        def run(*words: str) -> None:
            subprocess.run([program, *words], env=environment, capture_output=True, check=True)

        run("init")
        began = time.perf_counter()
        for _ in range(edits):
            file.write_bytes(text)
            edited(text, chance)
            run("backup", "--quiet", str(file))
        took = time.perf_counter() - began
        stored = sum(one.stat().st_blocks * 512 for one in store.rglob("*") if one.is_file())
        print(
            f"| ... restic, {edits} edits: room; time a version |"
            f" {stored / (edits * FILE_BYTES):.1%}; {took / edits * 1000:.0f} ms | |"
        )


def _rest(home: live.Live) -> None:
    """Until the daemon has taken in what was written (nothing is indexed here)."""
    while home.backlog()[0]:
        time.sleep(0.05)
    home.wait_until_daemon_rests()


def _stored(home: live.Live) -> int:
    versions = call(home, "status")["versions"]
    assert isinstance(versions, dict)
    return int(versions["stored_bytes"])


def rollback(home: live.Live) -> None:
    """Among few and many versions of a 1 MiB text: time in the daemon."""
    chance = random.Random(2)
    text = prose(1 << 20, chance)
    file = home.point / "long.txt"
    made = 0
    for among in AMONG:
        while made < among:
            edited(text, chance)
            file.write_bytes(text)
            made += 1
            if made % 200 == 0:
                _rest(home)
        _rest(home)
        took = []
        found = call(home, "history", path="long.txt")["versions"]
        assert isinstance(found, list)
        for version in found[1:4]:
            operation = {"op": "rollback", "path": "long.txt", "version": version["id"]}
            began = time.perf_counter()
            call(home, "run", operations=[operation], yes=True)
            took.append((time.perf_counter() - began) * 1000)
        middle = statistics.median(took)
        print(f"| rollback of 1 MiB among {among:,} versions | {middle:.0f} ms | 50 ms |")


def removal(home: live.Live) -> None:
    """Many small files removed by a program, and brought back by one undo."""
    folder = home.point / "project"
    for number in range(MANY):
        place = folder / f"{number // 10}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.py").write_text(f"print({number})\n" * 20)
    _rest(home)
    subprocess.run(["rm", "-r", folder], check=True)  # another program, another row of the log
    _rest(home)
    began = time.perf_counter()
    call(home, "run", operations=[{"op": "undo"}], yes=True)
    took = (time.perf_counter() - began) * 1000 / MANY
    assert len(list(folder.glob("*/*.py"))) == MANY
    print(f"| undo of `rm -r` of {MANY:,} files: a file | {took:.1f} ms | |")


def listing(home: live.Live) -> None:
    """A wide folder as it was."""
    folder = home.point / "wide"
    folder.mkdir()
    for number in range(WIDE):
        (folder / f"{number:05d}.txt").write_text("x")
    _rest(home)
    time.sleep(1.1)
    then = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    time.sleep(1.1)
    place = home.point / ".lsfs" / "at" / then / "wide"
    began = time.perf_counter()
    count = len(os.listdir(place))
    took = (time.perf_counter() - began) * 1000
    assert count == WIDE, count
    print(f"| at/TIME: listing {WIDE:,} entries | {took:.0f} ms | 300 ms |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--edits", type=int, default=1000)
    parser.add_argument("--saves", type=int, default=4000)
    given = parser.parse_args()
    print("| what | measured | aim |\n|---|---|---|")
    for work in (
        rollback, removal, listing,
        lambda home: lag(home, given.saves), lambda home: space(home, given.edits),
    ):  # fmt: skip
        with mounted() as home:
            work(home)
            sys.stdout.flush()


if __name__ == "__main__":
    main()
