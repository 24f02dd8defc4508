"""A language model whose answer is known beforehand."""

from __future__ import annotations

from lsfs.errors import UnavailableError


class Says:
    """A model that says one thing, or nothing at all."""

    name = "small"

    def __init__(self, answer: str | None) -> None:
        self._answer = answer
        self.prompt = ""

    def complete(
        self, system: str, prompt: str, schema: object = None, tokens: int | None = None
    ) -> str:
        self.prompt = prompt
        if self._answer is None:
            raise UnavailableError("model.url does not answer")
        return self._answer
