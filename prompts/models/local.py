"""A causal language model of transformers in this process: never the daemon's (`model_process`).

torch and transformers are imported when the model is loaded, at the first question. Answers are
held to a JSON schema by llguidance where it is installed (`pip install lsfs[llm]`); else they are
only asked for, and whoever asked validates. One question at a time, under a lock.
"""

from __future__ import annotations

import importlib.util
import json
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsfs.config import ModelConfig
from lsfs.errors import ConfigurationError, UnavailableError
from lsfs.hub import local_first

if TYPE_CHECKING:
    from torch import FloatTensor, LongTensor

_MOST_TOKENS = 512


class LocalModel:
    """Implements `lsfs.ports.LanguageModel`."""

    def __init__(self, settings: ModelConfig) -> None:
        """`settings.local` is a transformers id or a directory; nothing is loaded yet.

        Raises:
            ConfigurationError: `settings.local` is empty.
        """
        if not settings.local:
            raise ConfigurationError("model.local is not set")
        self.name = settings.local.rstrip("/").rpartition("/")[2]
        self._source = settings.local
        self._gguf_file = settings.gguf_file
        self._device = settings.device
        self._timeout_s = settings.timeout_s
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def complete(self, system: str, prompt: str, schema: Mapping[str, Any] | None = None) -> str:
        """Greedy answer of at most 512 tokens.

        Raises:
            UnavailableError: the model cannot be loaded, or was not done within `timeout_s`.
        """
        with self._lock:
            tokenizer, model = self._ready()
            deadline = time.monotonic() + self._timeout_s
            inputs = _encoded(tokenizer, system, prompt).to(model.device)
            output = model.generate(
                **inputs,
                max_new_tokens=_MOST_TOKENS,
                do_sample=False,
                pad_token_id=tokenizer.eos_token_id,
                stopping_criteria=[_until(deadline)],
                logits_processor=_held_to(schema, tokenizer, inputs["input_ids"].shape[1]),
            )
        if time.monotonic() >= deadline:
            raise UnavailableError(
                f"the language model {self.name} was not done within {self._timeout_s:g} s",
                hint="raise model.timeout_s or choose a smaller model",
            )
        fresh = output[0][inputs["input_ids"].shape[1] :]
        return str(tokenizer.decode(fresh, skip_special_tokens=True))

    def _ready(self) -> tuple[Any, Any]:
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def _load(self) -> tuple[Any, Any]:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        device = self._device
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        options: dict[str, Any] = {"gguf_file": self._gguf_file} if self._gguf_file else {}
        dtype = torch.bfloat16 if device.startswith("cuda") else torch.float32

        def load(local: bool) -> tuple[Any, Any]:
            own = {**options, "local_files_only": local}
            tokenizer = AutoTokenizer.from_pretrained(self._source, **own)
            return tokenizer, AutoModelForCausalLM.from_pretrained(self._source, dtype=dtype, **own)

        try:
            tokenizer, model = local_first(self._source, load)
            return tokenizer, model.to(device).eval()
        except (OSError, ValueError, ImportError, RuntimeError) as error:
            raise UnavailableError(
                f"cannot load the language model {self._source}: {error}",
                hint="check model.local; a GGUF file needs pip install 'lsfs[llm]'",
            ) from error


def _encoded(tokenizer: Any, system: str, prompt: str) -> Any:
    if getattr(tokenizer, "chat_template", None):
        messages = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        return tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
    return tokenizer(f"{system}\n\n{prompt}\n\n", return_tensors="pt")


def _until(deadline: float) -> Any:
    from transformers import StoppingCriteria

    class Deadline(StoppingCriteria):
        """Ends the answer when time is up."""

        def __call__(self, input_ids: LongTensor, scores: FloatTensor, **_: Any) -> Any:
            import torch

            done = time.monotonic() >= deadline
            return torch.full(
                (input_ids.shape[0],), done, dtype=torch.bool, device=input_ids.device
            )

    return Deadline()


def _held_to(schema: Mapping[str, Any] | None, tokenizer: Any, prompt_length: int) -> list[Any]:
    """Logits processors that allow only what the schema's grammar does."""
    if schema is None or importlib.util.find_spec("llguidance") is None:
        return []
    import llguidance.hf
    import llguidance.torch
    from llguidance import LLMatcher
    from transformers import LogitsProcessor

    tokens = llguidance.hf.from_tokenizer(tokenizer)
    grammar = LLMatcher.grammar_from_json_schema(
        json.dumps(schema), defaults={"whitespace_flexible": False}
    )
    matcher = LLMatcher(tokens, grammar)
    if matcher.is_error():  # a schema it cannot compile: ask, and leave the rest to validation
        return []
    bitmask = llguidance.torch.allocate_token_bitmask(1, tokens.vocab_size)

    class Grammar(LogitsProcessor):
        """Follows the answer token by token and forbids what the grammar does not allow."""

        def __init__(self) -> None:
            self._seen = prompt_length

        def __call__(self, input_ids: LongTensor, scores: FloatTensor) -> FloatTensor:
            for token in input_ids[0, self._seen :].tolist():
                matcher.consume_token(token)
            self._seen = input_ids.shape[1]
            llguidance.torch.fill_next_token_bitmask(matcher, bitmask, 0)
            llguidance.torch.apply_token_bitmask_inplace(scores, bitmask.to(scores.device))
            return scores

    return [Grammar()]
