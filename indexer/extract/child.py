"""The extraction process: `python -m lsfs.indexer.extract.child ROOT MEMORY_BYTES`.

Reads one JSON line a file from stdin ({"path", "name", "timeout_s", "cut"}), answers one JSON line
on stdout: the spans of the file, or the passages that they are cut into. A hostile file may make it
slow, big or dead: the address space is limited, an alarm ends it even inside C code, and the worker
starts another. It reaches files only below the root, through directory descriptors, and follows no
link.

With SETTING MODEL DEVICE behind these it has that model say what pictures show, or recordings say
(`describer`), and its first line is {"failure"}: why the model cannot be used, null where it can.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import signal
import stat
import sys
from dataclasses import replace
from typing import Any, BinaryIO, TextIO

from lsfs.errors import LsfsError
from lsfs.quietly import open_quietly

from .. import apart, cut
from . import deadline, describer, granted
from .describer import DescribeError, limit_address_space
from .dispatch import clean, extract
from .extracted import BombError, Extracted, failed, to_fields

KEEP_BYTES = 512 * 2**20
"""A process that grew beyond this ends after its answer: libraries seldom give memory back."""
GARBAGE = 50_000
"""So many new objects, not 700, before cycles are looked for: what a file says has none."""
GRACE_S = 5.0
"""How long after the worker would have given up the alarm ends a process whose worker is gone."""


def main(arguments: list[str]) -> int:
    """Serve until stdin closes."""
    root, memory_bytes, model = arguments[0], int(arguments[1]), arguments[2:]
    os.nice(10)
    _be_first_to_go()
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # a parser that prints must not break the protocol
    if model and not _has_loaded(model, answers):
        return 0
    gc.set_threshold(GARBAGE, 20, 20)
    most_bytes = memory_bytes
    if model:  # it has its memory (more, should it leave the GPU), and the files have theirs
        memory_bytes, most_bytes = memory_bytes + _status_bytes("VmSize"), resource.RLIM_INFINITY
    limit_address_space(memory_bytes, most_bytes)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # a model is dear to load again, and is let go when nothing waits for it
    keep_bytes = memory_bytes if model else KEEP_BYTES
    root_fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        timeout_s = request["timeout_s"]
        signal.setitimer(signal.ITIMER_REAL, granted.MOST_WAITING * timeout_s + GRACE_S)
        deadline.start(timeout_s)
        answer = _answer(root_fd, request["path"], request["name"], is_cut=request["cut"])
        signal.setitimer(signal.ITIMER_REAL, 0)
        if _status_bytes("VmHWM") > keep_bytes:
            answer["must_restart"] = True
        _say(answers, answer)
        if answer.get("must_restart"):
            return 0
    return 0


def _has_loaded(model: list[str], answers: TextIO) -> bool:
    """Whether the model is there; says so, or why it is not. Takes long: after it, and over each
    file, this process ends at once when its worker does."""
    from ..embed import chosen_device  # slow to import, for most of these processes

    os.nice(9)  # behind all that reads
    apart.end_with_parent()
    setting, name, device = model
    failure = None
    try:
        describer.load(setting, name, chosen_device(device))
    except LsfsError as error:
        failure = error.message
    _say(answers, {"failure": failure})
    return failure is None


def _say(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _be_first_to_go() -> None:
    """Where the machine's memory runs out, this process ends, which costs one file, and not the
    worker, which answers searches."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as f:
        f.write("1000")


def _status_bytes(field: str) -> int:
    """VmHWM, the most that was resident, or VmSize, the address space in use; see proc(5). Of this
    program alone: getrusage(2) counts, across exec(2), what the worker held."""
    with contextlib.suppress(OSError), open("/proc/self/status", encoding="utf-8") as file:
        for line in file:
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
    return 0


def _answer(root_fd: int, path: str, name: str, *, is_cut: bool) -> dict[str, Any]:
    try:
        with open_beneath(root_fd, path) as file:
            return _read(file, name, is_cut=is_cut)
    except MemoryError:
        return _at_the_end("needs more memory than a parse may use")
    except DescribeError as error:
        return _at_the_end(str(error))
    except FileNotFoundError:
        return {"gone": True}
    except OSError as error:
        return to_fields(failed(None, f"cannot be read: {os.strerror(error.errno or 0).lower()}"))


def _at_the_end(reason: str) -> dict[str, Any]:
    """The answer of a process that is not to go on."""
    return {**to_fields(failed(None, clean(reason))), "must_restart": True}


def _read(file: BinaryIO, name: str, *, is_cut: bool) -> dict[str, Any]:
    try:
        extracted = extract(file, name)
        return _cut(extracted) if is_cut else to_fields(extracted)
    except (MemoryError, OSError, DescribeError):
        raise
    except BombError as error:
        reason = str(error)
    except RecursionError:
        reason = "nested too deep to parse"
    except Exception as error:  # noqa: BLE001 - outer door: any parser's fault is one failed row
        reason = clean(f"damaged or unsupported: {type(error).__name__}: {error}")[:300]
    return to_fields(failed(None, reason))


def _cut(extracted: Extracted) -> dict[str, Any]:
    return {**to_fields(replace(extracted, spans=())), **cut.to_fields(cut.cut(extracted))}


def open_beneath(root_fd: int, path: str) -> BinaryIO:
    """Open a regular file below the root for reading, following no symbolic link on the way.

    Raises:
        OSError: it is not there, not readable, not a regular file, or a link stands in the way.
    """
    *folders, name = path.split("/")
    at = os.dup(root_fd)
    try:
        for folder in folders:
            below = open_quietly(folder, os.O_DIRECTORY | os.O_NOFOLLOW, at)
            os.close(at)
            at = below
        fd = open_quietly(name, os.O_NOFOLLOW | os.O_NONBLOCK, at)
    finally:
        os.close(at)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(22, "not a regular file")
    return os.fdopen(fd, "rb")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
