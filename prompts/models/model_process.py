"""The local language model in a process of its own, so that the daemon never loads torch.

The child (`python -m lsfs.prompts.models.model_process`) starts with the first question, reads its
settings and then one question a line on its input, and answers a line each. It is ended when it is
too slow or when its parent goes. Standard library only on this side.

Threading: one question at a time, under a lock.
"""

from __future__ import annotations

import json
import logging
import select
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lsfs
from lsfs.config import ModelConfig
from lsfs.errors import LsfsError, UnavailableError

log = logging.getLogger(__name__)
LOAD_S = 180.0
"""How long loading a model may take, on top of the time an answer may take."""


class ModelProcess:
    """Implements `lsfs.ports.LanguageModel` over `LocalModel` in a child."""

    def __init__(self, settings: ModelConfig) -> None:
        self.name = (settings.local or "").rstrip("/").rpartition("/")[2]
        self._settings = settings
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None

    def complete(self, system: str, prompt: str, schema: Mapping[str, Any] | None = None) -> str:
        """The model's answer.

        Raises:
            UnavailableError: it cannot be loaded, died, or was too slow.
        """
        question = {"system": system, "prompt": prompt, "schema": schema}
        with self._lock:
            fresh = self._child is None or self._child.poll() is not None
            child = self._started() if fresh else self._child
            assert child is not None
            self._child = child
            answer = self._asked(child, question, self._settings.timeout_s + LOAD_S * fresh)
        if "error" in answer:
            raise UnavailableError(answer["error"], hint=answer.get("hint"))
        return str(answer["text"])

    def close(self) -> None:
        """End the child."""
        with self._lock:
            if self._child is not None:
                self._end(self._child)

    def _started(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "lsfs.prompts.models.model_process"]
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(lsfs.__file__).resolve().parents[1],
        )
        settings = self._settings.model_dump(mode="json", exclude={"api_key"})
        self._send(child, settings)
        return child

    def _asked(
        self, child: subprocess.Popen[str], question: Mapping[str, Any], timeout_s: float
    ) -> Mapping[str, Any]:
        self._send(child, question)
        assert child.stdout is not None
        ready, _, _ = select.select([child.stdout], [], [], timeout_s)
        line = child.stdout.readline() if ready else ""
        if not line:
            self._end(child)
            how = "ended" if ready else f"did not answer within {timeout_s:g} s"
            raise UnavailableError(
                f"the language model {self.name} {how}",
                hint="raise model.timeout_s, choose a smaller model, or see the daemon's log",
            )
        answer: Mapping[str, Any] = json.loads(line)
        return answer

    def _send(self, child: subprocess.Popen[str], value: Mapping[str, Any]) -> None:
        assert child.stdin is not None
        try:
            child.stdin.write(json.dumps(value) + "\n")
            child.stdin.flush()
        except BrokenPipeError:
            log.warning("the language model's process is gone")  # reading says so to the caller

    def _end(self, child: subprocess.Popen[str]) -> None:
        child.kill()
        child.communicate()
        self._child = None


def main() -> None:
    """Serve questions from standard input until it closes."""
    from .local import LocalModel

    model = LocalModel(ModelConfig.model_validate_json(sys.stdin.readline()))
    answers, sys.stdout = sys.stdout, sys.stderr  # what libraries print must not be an answer
    for line in sys.stdin:
        try:
            answer: dict[str, Any] = {"text": model.complete(**json.loads(line))}
        except LsfsError as error:
            answer = {"error": error.message, "hint": error.hint}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
