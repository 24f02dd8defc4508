"""The local models in processes of their own, so that the daemon never loads torch.

A child (`python -m lsfs.prompts.models.model_process KIND`) starts with the first question, reads
its settings and then one question a line on its input, and answers a line each. It is ended when it
is too slow or when its parent goes. Standard library only on this side.

Threading: one question at a time, under a lock; `close` waits for none.
"""

from __future__ import annotations

import json
import logging
import select
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import lsfs
from lsfs.config import ModelConfig
from lsfs.errors import LsfsError, UnavailableError
from lsfs.ports import CutShort
from lsfs.rpc import error_from

log = logging.getLogger(__name__)
LOAD_S = 180.0
"""How long loading a model may take, on top of the time an answer may take."""
LANGUAGE, TRANSLATION = "language", "translation"
"""The kinds of models; of each, what a child asks its own."""


class _Child:
    """One model in a process. `told`: what it is called in an error."""

    def __init__(self, kind: str, settings: ModelConfig, told: str) -> None:
        self._kind = kind
        self._told = told
        self._settings = settings
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._is_closed = False

    def ask(self, question: Mapping[str, Any]) -> Any:
        """The model's answer.

        Raises:
            UnavailableError: it cannot be loaded, died, or was too slow.
            LsfsError: what the model raised.
            CutShort: likewise.
        """
        with self._lock:
            fresh = self._process is None or self._process.poll() is not None
            process = self._started() if fresh else self._process
            assert process is not None
            self._process = process
            answer = self._asked(process, question, self._settings.timeout_s + LOAD_S * fresh)
        if "error" in answer:
            raise error_from(answer["error"])
        if answer.get("is_cut"):
            raise CutShort
        return answer["answer"]

    def close(self) -> None:
        """End the process; who waits for its answer hears that it ended."""
        self._is_closed = True
        process = self._process
        if process is not None:
            process.kill()
        with self._lock:
            if self._process is not None:
                self._end(self._process)

    def _started(self) -> subprocess.Popen[str]:
        if self._is_closed:
            raise UnavailableError(f"{self._told} is ending", hint="ask again")
        process = subprocess.Popen(
            [sys.executable, "-m", "lsfs.prompts.models.model_process", self._kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(lsfs.__file__).resolve().parents[1],
            start_new_session=True,  # Ctrl-C is for whoever asks
        )
        self._send(process, self._settings.model_dump(mode="json", exclude={"api_key"}))
        return process

    def _asked(
        self, process: subprocess.Popen[str], question: Mapping[str, Any], timeout_s: float
    ) -> Mapping[str, Any]:
        self._send(process, question)
        assert process.stdout is not None
        line = ""
        try:
            ready, _, _ = select.select([process.stdout], [], [], timeout_s)
            line = process.stdout.readline() if ready else ""
        finally:
            if not line:  # also when Ctrl-C ends the wait: its answer would be the next one's
                self._end(process)
        if not line:
            how = "ended" if ready else f"did not answer within {timeout_s:g} s"
            raise UnavailableError(
                f"{self._told} {how}",
                hint="raise model.timeout_s, choose a smaller model, or see the daemon's log",
            )
        answer: Mapping[str, Any] = json.loads(line)
        return answer

    def _send(self, process: subprocess.Popen[str], value: Mapping[str, Any]) -> None:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(value) + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            log.warning("%s: its process is gone", self._told)  # reading says so to the caller

    def _end(self, process: subprocess.Popen[str]) -> None:
        process.kill()
        process.communicate()
        self._process = None


class ModelProcess:
    """Implements `lsfs.ports.LanguageModel` over `LocalModel` in a child."""

    def __init__(self, settings: ModelConfig) -> None:
        self.name = _name(settings.local or "")
        self._child = _Child(LANGUAGE, settings, f"the language model {self.name}")

    def complete(
        self, system: str, prompt: str, schema: Mapping[str, Any] | None = None,
        tokens: int | None = None,
    ) -> str:  # fmt: skip
        """The model's answer; see `LocalModel.complete`."""
        asked = {"system": system, "prompt": prompt, "schema": schema, "tokens": tokens}
        return str(self._child.ask(asked))

    def close(self) -> None:
        """End the child."""
        self._child.close()


class TranslationProcess:
    """`TranslationModel` in a child."""

    def __init__(self, settings: ModelConfig) -> None:
        self.name = _name(settings.translator)
        self._child = _Child(TRANSLATION, settings, f"the translation model {self.name}")

    def translate(
        self, texts: Sequence[str], language: Sequence[str], source: Sequence[str]
    ) -> list[str]:
        """See `TranslationModel.translate`."""
        asked = {"texts": list(texts), "language": list(language), "source": list(source)}
        found: list[str] = self._child.ask(asked)
        return found

    def close(self) -> None:
        """End the child."""
        self._child.close()


def _name(source: str) -> str:
    return source.rstrip("/").rpartition("/")[2]


def main(kind: str) -> None:
    """Serve questions to a model of that kind from standard input until it closes."""
    settings = ModelConfig.model_validate_json(sys.stdin.readline())
    asked: Any
    if kind == TRANSLATION:
        from .translation_model import TranslationModel

        asked = TranslationModel(settings).translate
    else:
        from .local import LocalModel

        asked = LocalModel(settings).complete
    answers, sys.stdout = sys.stdout, sys.stderr  # what libraries print must not be an answer
    for line in sys.stdin:
        try:
            answer: dict[str, Any] = {"answer": asked(**json.loads(line))}
        except CutShort:
            answer = {"is_cut": True}
        except LsfsError as error:
            told = {"message": error.message, "data": {"hint": error.hint}}
            answer = {"error": {"code": error.rpc_code, **told}}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
