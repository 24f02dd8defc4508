"""What processes take, from /proc: processor time, memory, and how often they are woken."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """In bytes: resident, resident with shared pages divided among their users, and the peak."""

    rss: int
    pss: int
    peak: int


def with_children(pid: int) -> list[int]:
    """The process and those below it."""
    try:
        listed = [file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    children = [int(child) for line in listed for child in line.split()]
    return [pid] + [below for child in children for below in with_children(child)]


def running(*words: str) -> int | None:
    """The process whose command line has all these words; None when there is none."""
    wanted = {os.fsencode(word) for word in words}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if wanted <= set(arguments):
            return int(folder.name)
    return None


def cpu_s(pid: int) -> float:
    """Processor time so far, children that have ended included; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS_A_SECOND


def family_cpu_s(pid: int) -> float:
    """Processor time so far of the process and all below it."""
    return sum(map(cpu_s, with_children(pid)))


def memory(pid: int) -> Memory:
    """What the process holds now."""
    rolled = _fields(Path(f"/proc/{pid}/smaps_rollup"))
    return Memory(rolled["Rss"], rolled["Pss"], _fields(Path(f"/proc/{pid}/status"))["VmHWM"])


def wakes(pid: int) -> int:
    """How often threads of the process have gone to sleep, and so been woken."""
    found = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        lines = status.read_text(errors="replace").splitlines()
        found += sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_"))
    return found


def _fields(file: Path) -> dict[str, int]:
    """Lines of the form "Name:  123 kB", in bytes."""
    found = {}
    for line in file.read_text(errors="replace").splitlines():
        name, _, value = line.partition(":")
        if value.endswith(" kB"):
            found[name] = int(value.split()[0]) * 1024
    return found
