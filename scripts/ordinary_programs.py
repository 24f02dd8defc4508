#!/usr/bin/env python3
"""The work of ordinary programs, done twice, and the two trees compared byte for byte.

    python scripts/ordinary_programs.py DIR_A DIR_B [--minutes N] [--seed S]

DIR_A is most often a folder in a mount, DIR_B a plain one; both must be empty. In rounds, until
the time is over, the same programs run with the same input in one and then the other: tar, git,
editors' saves, sqlite3, sed, rsync, cp, mv, rm, ln, find, grep, dd, truncate, Python. After each
round contents, types, modes, symlink targets and the times that programs set are compared.

Exit code 0: equal throughout; 1: the differences are listed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

MOMENT = 1_700_000_000  # for everything that would write the time of day into a file
ENVIRONMENT = {
    "PATH": os.defpath + ":/usr/local/bin:/usr/sbin", "LC_ALL": "C.UTF-8", "TZ": "UTC",
    "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@b", "GIT_AUTHOR_DATE": f"{MOMENT} +0000",
    "GIT_COMMITTER_DATE": f"{MOMENT} +0000", "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/nonexistent",
    "SOURCE_DATE_EPOCH": str(MOMENT),
}  # fmt: skip
WORDS = "kernel mirror folder version search letter garden river music paper stone wind".split()


@dataclass
class Round:
    """One round in one folder: the same seed gives the same work."""

    folder: Path
    random: random.Random

    def shell(self, script: str) -> str:
        """Run `script` there; its output. Raises CalledProcessError when it fails."""
        done = subprocess.run(
            ["sh", "-euc", script], cwd=self.folder, env=ENVIRONMENT,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    def text(self, lines: int) -> str:
        """Lines of a few words each."""
        return "".join(
            " ".join(self.random.choices(WORDS, k=self.random.randint(3, 9))) + "\n"
            for _ in range(lines)
        )

    def write(self, name: str, text: str) -> Path:
        """A file with `text`, its folder made."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file


def documents(work: Round) -> None:
    """A folder of texts with fixed times, for the programs after it."""
    for number in range(40):
        kind = ("md", "txt", "py", "csv")[number % 4]
        text = work.text(5 + number * 3) if kind != "py" else f"VALUE = {number}\n"
        file = work.write(f"docs/{WORDS[number % 12]} {number}.{kind}", text)
        os.utime(file, (MOMENT + number, MOMENT + number))
        os.chmod(file, (0o644, 0o600, 0o755)[number % 3])
    work.write("docs/größe 日本.txt", "unicode\n")
    with open(os.fsencode(work.folder / "docs") + b"/caf\xe9", "wb") as odd:
        odd.write(b"latin\n")


def tar(work: Round) -> None:
    """Pack, unpack, unpack over what is there."""
    work.shell(f"tar -cf docs.tar --sort=name --mtime=@{MOMENT} -C docs .")
    work.shell("mkdir -p out && tar -xpf docs.tar -C out && tar -xpf docs.tar -C out")
    work.shell("diff -r docs out && tar -df docs.tar -C out && gzip -nf docs.tar")


def git(work: Round) -> None:
    """A repository: two commits, a branch, a merge, a clean status, a packed store."""
    work.shell("rm -rf repo && cp -r docs repo && cd repo && git init -q -b main . && git add -A")
    work.shell("cd repo && git commit -qm one && git checkout -qb side")
    work.write("repo/new.txt", work.text(20))
    work.shell("cd repo && git add -A && git commit -qm two && git checkout -q main")
    work.write("repo/main.txt", work.text(20))
    work.shell("cd repo && git add -A && git commit -qm three && git merge -q --no-edit side")
    work.shell("cd repo && git fsck --no-progress")
    if status := work.shell("cd repo && git status --porcelain"):
        raise AssertionError(f"git is not clean: {status}")
    work.shell("cd repo && git rm -q new.txt && git stash -q && git stash pop -q && git gc -q")


def editors(work: Round) -> None:
    """Saves as editors make them: in place, by a backup, by a temporary file, and by vim itself."""
    for number in range(5):
        file = work.write(f"notes/{number}.md", work.text(10))
        os.rename(file, f"{file}~")
        work.write(f"notes/{number}.md", work.text(12))
        os.unlink(f"{file}~")
        temporary = work.write(f"notes/.{number}.tmp", work.text(14))
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(temporary, file)
        with file.open("r+", encoding="utf-8") as opened:
            opened.write("# title\n")
            opened.truncate()
    if shutil.which("vim"):
        for mode in ("backupcopy=no", "backupcopy=yes"):
            work.shell(
                f"vim -es -u NONE -i NONE -c 'set backup backupskip= {mode}'"
                " -c '%s/^/> /' -c wq notes/1.md"
            )


def databases(work: Round) -> None:
    """SQLite by Python in both journal modes, and by its own program."""
    for mode in ("delete", "wal"):
        file = work.folder / f"{mode}.db"
        database = sqlite3.connect(file, isolation_level=None)
        database.execute(f"PRAGMA journal_mode={mode}")
        database.execute("CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b TEXT)")
        for _ in range(20):
            database.execute("BEGIN")
            rows = [(work.text(1),) for _ in range(20)]
            database.executemany("INSERT INTO t(b) VALUES (?)", rows)
            database.execute("COMMIT")
        database.execute("DELETE FROM t WHERE a % 3 = 0")
        database.execute("VACUUM")
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()
    if shutil.which("sqlite3"):
        work.shell(
            "sqlite3 cli.db 'CREATE TABLE IF NOT EXISTS t(a); INSERT INTO t VALUES (1), (2);'"
        )
        work.shell("sqlite3 cli.db .dump > cli.sql")


def copies(work: Round) -> None:
    """cp, rsync, mv, ln, rm, find, grep, sed, dd, truncate, touch."""
    work.shell("rm -rf copy mirror && cp -a docs copy && cp -r docs copy/plain")
    if shutil.which("rsync"):
        work.shell("rsync -a docs/ mirror/ && sed -i 's/wind/storm/g' docs/*.txt")
        work.shell("rsync -a --delete docs/ mirror/ && rsync -a --inplace docs/ mirror/")
    work.shell("ln -f 'copy/kernel 0.md' hard && ln -sfn copy/plain soft && ln -sf nowhere broken")
    work.shell("mv copy/plain copy/moved && mv -f hard copy/hard && chmod -R go-w copy")
    work.shell("find copy -name '*.csv' -delete && find . -type f -name '*.md' | sort > list")
    work.shell("grep -rlI kernel docs mirror 2>/dev/null | sort > found || true; rm -rf copy/moved")
    work.shell(
        "dd if=/dev/zero of=zero bs=64k count=20 conv=fsync status=none; truncate -s 1000 zero"
    )
    work.shell("dd if=docs.tar.gz of=zero bs=777 seek=3 count=9 conv=notrunc status=none")
    work.shell("truncate -s 3G sparse; dd if=zero of=sparse bs=1k seek=2M conv=notrunc status=none")
    work.shell(
        f"touch -d @{MOMENT} zero; cat docs/*.md >> log; head -c 100000 log > cut; mv cut log"
    )
    work.shell("rm sparse")


def python(work: Round) -> None:
    """Compile a package, run it from the folder, write through a mapping."""
    import mmap

    work.write("package/__init__.py", "")
    work.write("package/run.py", "print(sum(range(10)))\n")
    compiled = f"{sys.executable} -m compileall -q --invalidation-mode unchecked-hash package"
    assert work.shell(f"{compiled} && {sys.executable} -m package.run") == "45\n"
    file = work.write("mapped", work.text(3000))
    with file.open("r+b") as opened, mmap.mmap(opened.fileno(), 0) as mapped:
        for _ in range(50):
            at = work.random.randrange(len(mapped) - 8)
            mapped[at : at + 8] = work.random.randbytes(8)
        mapped.flush()


WORK: tuple[Callable[[Round], None], ...] = (
    documents, tar, git, editors, databases, copies, python
)  # fmt: skip


def entries(folder: Path) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Each path below `folder` with all of it that must be equal."""
    for parent, folders, files in os.walk(os.fsencode(folder)):
        for name in sorted(folders + files):
            path = os.path.join(parent, name)
            yield os.fsdecode(os.path.relpath(path, os.fsencode(folder))), _facts(path)


def _facts(path: bytes) -> tuple[object, ...]:
    found = os.lstat(path)
    facts: tuple[object, ...] = (stat.filemode(found.st_mode), found.st_uid, found.st_gid)
    if stat.S_ISLNK(found.st_mode):
        return (*facts, os.readlink(path))
    if not stat.S_ISREG(found.st_mode):
        return facts
    # git's index holds inode numbers and times of the two trees
    digest = "" if path.endswith(b".git/index") else hashlib.sha256(_bytes(path)).hexdigest()
    set_time = found.st_mtime_ns if found.st_mtime < MOMENT + 10**6 else None
    return (*facts, found.st_nlink, found.st_size, digest, set_time)


def _bytes(path: bytes) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def differences(one: Path, other: Path) -> list[str]:
    """What is not equal, a line each."""
    left, right = dict(entries(one)), dict(entries(other))
    return [
        f"{path!r}: {left.get(path, 'missing')} / {right.get(path, 'missing')}"
        for path in sorted(left.keys() | right.keys())
        if left.get(path) != right.get(path)
    ]


def work_through(folders: tuple[Path, Path], seed: int) -> list[str]:
    """One round in both folders; what differs afterwards."""
    for folder in folders:
        work = Round(folder, random.Random(seed))
        for part in WORK:
            part(work)
    return differences(*folders)


def main() -> int:
    """Rounds until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs=2, type=Path, metavar="DIR")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    deadline = time.monotonic() + given.minutes * 60
    rounds, found = 0, list[str]()
    while not found and (rounds == 0 or time.monotonic() < deadline):
        found = work_through(tuple(given.folders), given.seed + rounds)
        rounds += 1
    size = sum(1 for _ in entries(given.folders[0]))
    print(f"{rounds} rounds, {size} entries, {len(found)} differences")
    print(*found[:50], sep="\n", end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
