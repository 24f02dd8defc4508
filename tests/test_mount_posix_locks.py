"""Locks between processes: the mount beside a plain directory."""

from __future__ import annotations

import fcntl
import functools
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from children import holding, in_child, waiting_child
from mounting import Mounted, mounted_with
from probing import BOTH_LIBRARIES, Probe, Table, each, error_of

from lsfs.mount.options import MountOptions

pytestmark = pytest.mark.usefixtures("fuse_required")

table = Table()
probe = table.probe

Lock = Callable[[int, int], object]
F_OFD_SETLK, F_OFD_SETLKW = 37, 38
NOT_AT_ONCE = fcntl.LOCK_NB


@pytest.fixture(scope="module", params=BOTH_LIBRARIES)
def mount(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mounted]:
    with mounted_with(tmp_path_factory, MountOptions(library=request.param)) as made:
        yield made


@each(table)
def test_a_probe_answers_as_on_a_plain_directory(
    mount: Mounted, act: Probe, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    table.compare(act, mount, tmp_path, request)


def lock_of_description(fd: int, how: int) -> None:
    """As fcntl.lockf, but the lock belongs to the open file and not to the process."""
    kinds = {
        fcntl.LOCK_SH: fcntl.F_RDLCK,
        fcntl.LOCK_EX: fcntl.F_WRLCK,
        fcntl.LOCK_UN: fcntl.F_UNLCK,
    }
    command = F_OFD_SETLK if how & fcntl.LOCK_NB else F_OFD_SETLKW
    span = struct.pack("hhqqi4x", kinds[how & ~fcntl.LOCK_NB], os.SEEK_SET, 0, 0, 0)
    fcntl.fcntl(fd, command, span)


def opened() -> int:
    return os.open("f", os.O_RDWR | os.O_CREAT)


def conflicts(lock: Lock, folder: Path) -> object:
    """What another process meets while one is held, shared or alone, and afterwards."""

    def ask(how: int) -> object:
        return in_child(lambda: lock(opened(), how | NOT_AT_ONCE), folder)

    answers = []
    for held in (fcntl.LOCK_SH, fcntl.LOCK_EX):
        with holding(functools.partial(take, lock, held), folder):
            answers += [ask(fcntl.LOCK_SH), ask(fcntl.LOCK_EX)]
        answers.append(ask(fcntl.LOCK_EX))
    return answers


def take(lock: Lock, how: int) -> str:
    lock(opened(), how)
    return "taken"


def waiting(lock: Lock, folder: Path) -> object:
    """A process that waits for a lock gets it when its holder dies."""
    act = functools.partial(take, lock, fcntl.LOCK_EX)
    with holding(act, folder):
        child = waiting_child(act, folder)
    return child.result()


@probe
def flock_conflicts(folder: Path) -> object:
    return conflicts(fcntl.flock, folder)


@probe
def flock_waits(folder: Path) -> object:
    return waiting(fcntl.flock, folder)


@probe
def record_lock_conflicts(folder: Path) -> object:
    return conflicts(fcntl.lockf, folder)


@probe
def record_lock_waits(folder: Path) -> object:
    return waiting(fcntl.lockf, folder)


@probe
def description_lock_conflicts(folder: Path) -> object:
    return conflicts(lock_of_description, folder)


@probe
def description_lock_waits(folder: Path) -> object:
    return waiting(lock_of_description, folder)


@probe
def description_locks_within_a_process(folder: Path) -> object:
    with open(folder / "f", "w+b") as one, open(folder / "f", "r+b") as two:
        lock_of_description(one.fileno(), fcntl.LOCK_EX)
        return error_of(lambda: lock_of_description(two.fileno(), fcntl.LOCK_EX | NOT_AT_ONCE))


@probe
def records_apart_do_not_conflict(folder: Path) -> object:
    def beside(start: int) -> object:
        how = fcntl.LOCK_EX | NOT_AT_ONCE
        return in_child(lambda: fcntl.lockf(opened(), how, 10, start), folder)

    with holding(lambda: fcntl.lockf(opened(), fcntl.LOCK_EX, 10, 100), folder):
        return beside(90), beside(100), beside(109), beside(110)


@probe
def closing_any_handle_drops_record_locks(folder: Path) -> object:
    def hold() -> int:
        fd = opened()
        fcntl.lockf(fd, fcntl.LOCK_EX)
        os.close(opened())
        return fd

    with holding(hold, folder):
        return in_child(lambda: fcntl.lockf(opened(), fcntl.LOCK_EX | NOT_AT_ONCE), folder)


@probe
def a_lock_is_told_to_who_asks(folder: Path) -> object:
    def ask() -> object:
        span = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, start, size, pid = struct.unpack(
            "hhqqi4x", fcntl.fcntl(opened(), fcntl.F_GETLK, span)
        )
        return kind, start, size, pid

    with holding(lambda: fcntl.lockf(opened(), fcntl.LOCK_EX, 7, 3), folder) as holder:
        answer = in_child(ask, folder)
    assert isinstance(answer, tuple)
    return answer[:3], answer[3] == holder.pid


@probe
def the_wrong_handle_for_a_record_lock(folder: Path) -> object:
    (folder / "f").touch()
    with open(folder / "f", "rb") as file:
        return error_of(lambda: fcntl.lockf(file, fcntl.LOCK_EX | NOT_AT_ONCE))
