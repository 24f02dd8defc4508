"""Programs that write through a mount while parts of lsfs are killed, and what must be true then.

Each writer (`storm_writer`) has a folder and a log of what it was told has been done.
`Acknowledged` reads the log: what must be on the real files, and which bytes must be a version. A
planner asks the daemon for plans meanwhile: each is done or never was.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from consistency import Checker
from waiting import wait_for
from whole import Whole

from lsfs.errors import LsfsError

WRITERS = 3
WRITER = Path(__file__).with_name("storm_writer.py")

Files = dict[str, str]
"""What a folder holds: name -> text."""


class Acknowledged:
    """What one writer was told, read from its log as far as that goes."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._offset = 0
        self.files: Files = {}
        self.texts: set[str] = set()
        """Every text that a file was left with by an act that returned, and is no longer."""
        self.acts = 0

    def read(self) -> list[Files]:
        """Take in the rest of the log; the states the folder may be in now, the first the one that
        is certain unless the last act failed."""
        with self._log.open("rb") as stream:
            stream.seek(self._offset)
            lines = [json.loads(line) for line in stream]
            self._offset = stream.tell()
        pending: Mapping[str, Any] | None = None
        for line in lines:
            if "act" in line:
                pending = line
            elif line.get("done"):
                assert pending is not None
                self._become(_after(self.files, pending))
                self.acts += 1
                pending = None
        return [self.files, *(_halfway(self.files, pending) if pending else [])]

    def found(self, files: Files) -> None:
        """The act that failed left this."""
        self._become(files)

    def _become(self, files: Files) -> None:
        self.texts |= {text for text in files.values() if text}
        self.files = files


def _after(files: Files, act: Mapping[str, Any]) -> Files:
    """What an act that returned leaves."""
    name, changed = act["name"], dict(files)
    match act["act"]:
        case "delete":
            del changed[name]
        case "rename":
            changed[act["to"]] = changed.pop(name)
        case "append":
            changed[name] = changed.get(name, "") + act["text"]
        case _:
            changed[name] = act["text"]
    return changed


def _halfway(files: Files, act: Mapping[str, Any]) -> list[Files]:
    """What an act that failed may leave beside what was there."""
    name = act["name"]
    whole = [_after(files, act)]
    if act["act"] == "save" or (act["act"] == "append" and name not in files):
        whole.append({**files, name: ""})
    return whole


class Writers:
    """The writer processes of one round; their folders and logs outlive it."""

    def __init__(self, home: Whole, logs: Path) -> None:
        self._home = home
        self._logs = logs
        self.told = [Acknowledged(logs / f"{number}.log") for number in range(WRITERS)]
        self._running: list[subprocess.Popen[bytes]] = []
        for number in range(WRITERS):
            (home.root / f"w{number}").mkdir(exist_ok=True)
            (logs / f"{number}.log").touch()

    @property
    def acts(self) -> int:
        """Acts that have returned, as far as read."""
        return sum(told.acts for told in self.told)

    def start(self, seed: int) -> None:
        """Start them; `seed` is the round's."""
        for number in range(WRITERS):
            folder, log = self._home.point / f"w{number}", self._logs / f"{number}.log"
            command = [sys.executable, str(WRITER), str(folder), str(log), str(seed * 10 + number)]
            self._running.append(subprocess.Popen(command, stdin=subprocess.PIPE))

    def wait_for_acts(self, count: int) -> None:
        """Wait until the logs have grown by about so many acts."""
        before = self._log_lines()
        wait_for(lambda: self._log_lines() - before > 2 * count, 60, "the writers to work")

    def _log_lines(self) -> int:
        logs = (self._logs / f"{number}.log" for number in range(WRITERS))
        return sum(log.read_bytes().count(b"\n") for log in logs)

    def stop(self) -> None:
        """Let them end between two acts; one whose act failed has ended by itself."""
        running, self._running = self._running, []
        for process in running:
            assert process.stdin is not None
            process.stdin.close()
        assert [process.wait(30) for process in running] == [0] * len(running)

    def check(self, *, may_fail: bool) -> None:
        """Every acknowledged byte is on the real files. `may_fail`: the mount was killed."""
        for number, told in enumerate(self.told):
            possible = told.read()
            assert may_fail or len(possible) == 1, f"writer {number} met an error"
            found = dict(_texts(self._home.root / f"w{number}"))
            assert found in possible, (number, _difference(found, possible[0]))
            told.found(found)

    def lost(self, checker: Checker) -> list[str]:
        """Acknowledged states that no version has the bytes of."""
        texts = [text for told in self.told for text in told.texts]
        return [text for text in texts if not checker.holds(text.encode())]


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for file in folder.iterdir():
        if file.suffix == ".txt":
            yield file.name, file.read_text()


def _difference(found: Files, wanted: Files) -> dict[str, tuple[str | None, str | None]]:
    names = found.keys() | wanted.keys()
    pairs = {name: (found.get(name), wanted.get(name)) for name in names}
    return {
        name: (one and one[:40], two and two[:40])
        for name, (one, two) in pairs.items()
        if one != two
    }


class Planner(threading.Thread):
    """Asks the daemon for plans of four steps, one after the other, until `end`."""

    def __init__(self, home: Whole, first: int) -> None:
        super().__init__(name="planner")
        self._home = home
        self._number = first
        self._ended = threading.Event()
        self.done: list[int] = []
        self.asked: list[int] = []

    def run(self) -> None:
        while not self._ended.is_set():
            self._number += 1
            self.asked.append(self._number)
            try:
                answer = self._home.call("run", operations=_plan(self._number), yes=True)
            except LsfsError:
                self._ended.wait(0.05)
                continue
            assert answer["outcome"]["status"] == "done", answer
            self.done.append(self._number)

    def end(self) -> None:
        """Returns after the plan in hand."""
        self._ended.set()
        self.join()

    def check(self) -> None:
        """Each plan is done or never was."""
        for number in self.asked:
            folder = self._home.root / f"plan-{number}"
            if number in self.done or folder.exists():
                assert [file.name for file in folder.iterdir()] == ["b.txt"], folder
                assert (folder / "b.txt").read_text() == f"plan {number}\nended\n"


def _plan(number: int) -> list[dict[str, object]]:
    folder = f"plan-{number}"
    return [
        {"op": "mkdir", "path": folder},
        {"op": "create", "path": f"{folder}/a.txt", "text": f"plan {number}\n"},
        {"op": "move", "target": {"paths": [f"{folder}/a.txt"]}, "to": f"{folder}/b.txt"},
        {"op": "append", "path": f"{folder}/b.txt", "text": "ended\n"},
    ]
