"""Somebody who does this and that in a folder, by any program; a seed says what."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path


class Person:
    """Acts on what is in a folder. lsfs's own state there is left alone."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._chance = random.Random(seed)

    def act(self) -> None:
        """Do something; nothing where there is nothing to do it to."""
        acts: list[Callable[[], None]] = [
            self._write, self._write, self._append, self._replace, self._rename, self._remove,
            self._folder_made, self._tree_removed, self._chmod, self._touch, self._link,
            self._tag,
        ]  # fmt: skip
        with contextlib.suppress(FileNotFoundError):
            self._chance.choice(acts)()

    def _paths(self) -> list[Path]:
        found = sorted(self._folder.rglob("*"))
        return [path for path in found if ".lsfs" not in path.parts]

    def _some(self, *, folders: bool = False) -> Path:
        found = [
            path for path in self._paths() if not path.is_symlink() and path.is_dir() == folders
        ]
        if not found:
            raise FileNotFoundError
        return self._chance.choice(found)

    def _new(self) -> Path:
        folders = [path for path in self._paths() if path.is_dir() and not path.is_symlink()]
        folder = self._chance.choice([self._folder, *folders])
        return folder / f"n{self._chance.randrange(6)}.txt"

    def _write(self) -> None:
        path = self._new()
        if not path.is_dir() and not path.is_symlink():
            path.write_bytes(self._chance.randbytes(self._chance.choice([0, 10, 5000])))

    def _append(self) -> None:
        with self._some().open("ab") as file:
            file.write(b"more\n")

    def _replace(self) -> None:
        path = self._some()
        beside = path.with_name("beside.txt")
        beside.write_bytes(self._chance.randbytes(20))
        beside.replace(path)

    def _rename(self) -> None:
        path, to = self._some(folders=self._chance.random() < 0.5), self._new()
        if not to.exists() and not to.is_symlink() and path not in to.parents:
            path.rename(to)

    def _remove(self) -> None:
        self._some().unlink()

    def _folder_made(self) -> None:
        with contextlib.suppress(FileExistsError):
            self._new().mkdir(self._chance.choice([0o755, 0o700]))

    def _tree_removed(self) -> None:
        if self._chance.random() < 0.4:
            shutil.rmtree(self._some(folders=True))

    def _chmod(self) -> None:
        self._some().chmod(self._chance.choice([0o644, 0o600, 0o755]))

    def _touch(self) -> None:
        moment = self._chance.randrange(10**9, 15 * 10**8)
        os.utime(self._some(), (moment, moment))

    def _link(self) -> None:
        with contextlib.suppress(FileExistsError):
            self._new().symlink_to(f"to-{self._chance.randrange(9)}")

    def _tag(self) -> None:
        os.setxattr(self._some(), "user.tag", self._chance.randbytes(5))
