"""The worker's side of an extraction process: one file at a time, under time and memory limits.

Not thread-safe, but for `kill`: each process has its own thread (`readers`).
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsfs.config import IndexerConfig
from lsfs.errors import UnavailableError

from .. import apart
from ..cut import NOTHING, Cut
from ..cut import from_fields as cut_from_fields
from . import granted
from .extracted import Extracted, failed, from_fields

LOAD_TIMEOUT_S = 1800.0
"""How long a model may take to be loaded: the first time it may have to be fetched."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: `extracted` is None when the file is not there. Where it was asked for, `cut`
    holds the text, and `extracted` has no spans."""

    extracted: Extracted | None
    cut: Cut = NOTHING


class ExtractionProcess:
    """Starts at the first file; replaced after a timeout, a death or a lack of memory."""

    def __init__(self, root: Path, memory_bytes: int, timeout_s: float) -> None:
        self._command = [
            sys.executable, "-m", "lsfs.indexer.extract.child", str(root), str(memory_bytes)
        ]  # fmt: skip
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, path: str, name: str | None = None, *, is_cut: bool = False) -> Reading:
        """The text of `path` below the root, or why there is none. Never raises for a file.
        `name` is what it is called, where that is not the last part of the path; `is_cut` asks for
        passages instead of spans."""
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        named = name or os.path.basename(path)
        request = {"path": path, "name": named, "timeout_s": self._timeout_s, "cut": is_cut}
        try:
            process.stdin.write(json.dumps(request).encode("ascii") + b"\n")
            process.stdin.flush()
            line = read_line(process, self._timeout_s)
        except BrokenPipeError:
            line = b""
        if line is None:
            self.close()
            return Reading(failed(None, f"took longer than {self._timeout_s:g} s to read"))
        if not line.endswith(b"\n"):
            return Reading(failed(None, self._cause_of_death()))
        return self._reading(json.loads(line))

    def _reading(self, answer: dict[str, Any]) -> Reading:
        if answer.pop("must_restart", False):
            self.close()
        if answer.get("gone"):
            return Reading(None)
        cut_names: list[str] = [name for name in ("passages", "text_bytes") if name in answer]
        done: dict[str, Any] = {name: answer.pop(name) for name in cut_names}
        return Reading(from_fields(answer), cut_from_fields(done) if done else NOTHING)

    def kill(self) -> None:
        """End the process while another thread waits for it, which finds it dead."""
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process, at once."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
                cwd=apart.FOLDER,
            )  # fmt: skip
        return self._process

    def _cause_of_death(self) -> str:
        process = self._process
        code = process.wait() if process else 0
        self.close()
        if code < 0:
            return f"the parser was killed by {signal.Signals(-code).name}"
        return f"the parser ended with status {code}"


class DescribingProcess(ExtractionProcess):
    """One that has a model (`describer`); `read` begins with loading it, and raises
    UnavailableError where it cannot be used."""

    def __init__(self, root: Path, config: IndexerConfig, setting: str, model: str) -> None:
        super().__init__(root, config.parse_memory_bytes, config.describe_timeout_s)
        self._command += [setting, model, config.device]
        self._model = f"{setting} {model}"

    def _running(self) -> subprocess.Popen[bytes]:
        before, process = self._process, super()._running()
        if process is not before:
            line = read_line(process, LOAD_TIMEOUT_S)
            if line is None:
                self.close()
                raise UnavailableError(f"{self._model}: not loaded within {LOAD_TIMEOUT_S:g} s")
            if not line.endswith(b"\n"):
                cause = self._cause_of_death().replace("the parser", "what loads it")
                raise UnavailableError(f"{self._model}: {cause}")
            if failure := json.loads(line)["failure"]:
                self.close()
                raise UnavailableError(failure)
        return process


def read_line(process: subprocess.Popen[bytes], timeout_s: float) -> bytes | None:
    """One line; what there was of it when the writer is gone; None when it takes too long, in time
    that it was `granted`, or on a machine that grants it next to none."""
    assert process.stdout is not None
    began = granted.seconds(process.pid)
    given_up_at = time.monotonic() + granted.MOST_WAITING * timeout_s
    parts: list[bytes] = []
    while not parts or not parts[-1].endswith(b"\n"):
        left = timeout_s - (granted.seconds(process.pid) - began)
        if left <= 0 or time.monotonic() > given_up_at:
            return None
        if not select.select([process.stdout], [], [], max(left, 0.05))[0]:
            continue
        block = os.read(process.stdout.fileno(), 1 << 20)
        if not block:
            break
        parts.append(block)
    return b"".join(parts)
