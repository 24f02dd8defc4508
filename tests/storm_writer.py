"""A program that works in a folder and writes down, elsewhere, what it was told has been done.

    python storm_writer.py FOLDER LOG SEED

Each act has a line in LOG before it and one when it has returned: {"act", "name", ...} then
{"done": true} or {"failed": errno}. It ends at the first failure, or between two acts when its
stdin is closed. No part of lsfs is imported: it is anybody's program.
"""

from __future__ import annotations

import json
import os
import random
import select
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BURST, PAUSE_S = 20, 0.2
"""So many acts flat out, then a pause: without, the daemon is a minute behind after each round."""

NAMES = [f"{letter}.txt" for letter in "abcdef"]


@dataclass
class Writer:
    """Acts by name. A `text` is what the file holds afterwards, except for `append`."""

    folder: Path

    def save(self, name: str, text: str) -> None:
        """In place: truncated, then written."""
        with open(self.folder / name, "wb", buffering=0) as file:
            file.write(text.encode())

    def replace(self, name: str, text: str) -> None:
        """Beside it, synced, then renamed onto it."""
        beside = self.folder / f"{name}.new"
        with open(beside, "wb", buffering=0) as file:
            file.write(text.encode())
            os.fsync(file.fileno())
        os.rename(beside, self.folder / name)

    def append(self, name: str, text: str) -> None:
        """At the end, by O_APPEND."""
        with open(self.folder / name, "ab", buffering=0) as file:
            file.write(text.encode())

    def rename(self, name: str, to: str) -> None:
        """Onto another name, free or not."""
        os.rename(self.folder / name, self.folder / to)

    def delete(self, name: str) -> None:
        """Remove the name."""
        os.unlink(self.folder / name)


def choose(chance: random.Random, names: set[str], number: int) -> dict[str, str]:
    """The next act, one that can succeed where `names` are there."""
    act = chance.choices(
        ["save", "replace", "append", "rename", "delete"], weights=[4, 4, 3, 2, 1]
    )[0]
    text = f"{number} {chance.randbytes(chance.choice([8, 400])).hex()}\n"
    if act in ("rename", "delete") and names:
        name = chance.choice(sorted(names))
        if act == "delete":
            return {"act": act, "name": name}
        return {"act": act, "name": name, "to": chance.choice([n for n in NAMES if n != name])}
    if act in ("rename", "delete"):
        act = "save"
    return {"act": act, "name": chance.choice(NAMES), "text": text}


def work(writer: Writer, tell: Callable[[dict[str, object]], None], seed: int) -> None:
    """Act until stdin is closed or an act fails."""
    chance = random.Random(seed)
    for beside in writer.folder.glob("*.new"):
        beside.unlink()  # left by the last of us
    number = seed * 1_000_000
    while not select.select([sys.stdin], [], [], 0 if number % BURST else PAUSE_S)[0]:
        number += 1
        names = {name for name in os.listdir(writer.folder) if name in NAMES}
        chosen = choose(chance, names, number)
        tell(dict(chosen))
        act = getattr(writer, chosen["act"])
        act(**{key: value for key, value in chosen.items() if key != "act"})
        tell({"done": True})


def main() -> None:
    """See the module."""
    folder, log, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def tell(line: dict[str, object]) -> None:
        os.write(fd, json.dumps(line).encode() + b"\n")

    try:
        work(Writer(folder), tell, seed)
    except OSError as error:
        tell({"failed": error.errno})


if __name__ == "__main__":
    main()
