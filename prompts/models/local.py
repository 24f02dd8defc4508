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
from lsfs.ports import CutShort

from .thinking import without_thoughts

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

    def complete(
        self, system: str, prompt: str, schema: Mapping[str, Any] | None = None,
        tokens: int | None = None,
    ) -> str:  # fmt: skip
        """Greedy answer of at most 512 tokens, or a whole one of at most `tokens`.

        Raises:
            UnavailableError: the model cannot be loaded, or was not done within `timeout_s`.
            CutShort: it has more than `tokens`.
        """
        most = tokens or _MOST_TOKENS
        with self._lock:
            tokenizer, model = self._ready()
            deadline = time.monotonic() + self._timeout_s
            inputs = encoded(tokenizer, system, prompt).to(model.device)
            self._refuse_long(inputs["input_ids"].shape[1] + most, model)
            options = {
                **inputs,
                "max_new_tokens": most,
                "pad_token_id": tokenizer.eos_token_id,
                "logits_processor": _held_to(schema, tokenizer, inputs["input_ids"].shape[1]),
            }
            what = f"the language model {self.name}"
            output = generated(model, options, what, deadline, self._timeout_s)
        fresh = output[0][inputs["input_ids"].shape[1] :]
        if tokens is not None and len(fresh) >= tokens:
            raise CutShort
        return without_thoughts(str(tokenizer.decode(fresh, skip_special_tokens=True)))

    def _refuse_long(self, tokens: int, model: Any) -> None:
        reads = getattr(model.config, "max_position_embeddings", None)
        if reads and tokens > reads:
            raise UnavailableError(
                f"the language model {self.name} reads and writes {reads} tokens together, and this"
                f" would take {tokens}",
                hint="lower model.context_tokens, or choose a model that reads more",
            )

    def _ready(self) -> tuple[Any, Any]:
        if self._loaded is None:
            from transformers import AutoModelForCausalLM

            self._loaded = loaded(
                self._source, "model.local", AutoModelForCausalLM, device_of(self._device),
                self._gguf_file,
            )  # fmt: skip
        return self._loaded


def device_of(setting: str) -> str:
    """The device that a setting means: "auto" is a GPU where there is one."""
    import torch

    if setting != "auto":
        return setting
    return "cuda" if torch.cuda.is_available() else "cpu"


def loaded(
    source: str, setting: str, kind: Any, device: str, gguf_file: str | None = None
) -> tuple[Any, Any]:
    """The tokenizer and the model of a transformers id or directory, by the class `kind`.

    Raises:
        UnavailableError: they cannot be loaded; `setting` names them.
    """
    import torch
    from transformers import AutoTokenizer
    from transformers.utils import logging as its_logging

    # nobody watches, or somebody watches something else
    its_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    options: dict[str, Any] = {"gguf_file": gguf_file} if gguf_file else {}
    dtype = torch.bfloat16 if device.startswith("cuda") else torch.float32

    def load(local: bool) -> tuple[Any, Any]:
        own = {**options, "local_files_only": local}
        tokenizer = AutoTokenizer.from_pretrained(source, **own)
        return tokenizer, kind.from_pretrained(source, dtype=dtype, **own)

    try:
        tokenizer, model = local_first(source, load)
        return tokenizer, model.to(device).eval()
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        raise UnavailableError(
            f"cannot load the model {source}: {error}",
            hint=f"check {setting}; some need pip install 'lsfs[llm]' (GGUF files, and the"
            " tokenizers of Marian and M2M-100)",
        ) from error


def encoded(tokenizer: Any, system: str, prompt: str) -> Any:
    """The question in the form that the model was trained with. What it quotes cannot end the
    user's turn, or begin another."""
    from jinja2 import TemplateError

    system, prompt = _disarmed(tokenizer, system), _disarmed(tokenizer, prompt)
    if not getattr(tokenizer, "chat_template", None):
        return tokenizer(f"{system}\n\n{prompt}\n\n", return_tensors="pt")
    options = {"add_generation_prompt": True, "return_tensors": "pt", "return_dict": True}
    options["enable_thinking"] = False
    messages = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
    try:
        return tokenizer.apply_chat_template(messages, **options)
    except TemplateError:  # of models without a system's turn, as Gemma
        messages = [{"role": "user", "content": f"{system}\n\n{prompt}"}]
        return tokenizer.apply_chat_template(messages, **options)


def _disarmed(tokenizer: Any, text: str) -> str:
    """Text in which no token has a meaning beyond text: "<|im_end|>" is "< |im_end|>"."""
    for token in {*tokenizer.all_special_tokens, *tokenizer.get_added_vocab()}:
        if len(token) > 1 and not token.isalnum():
            text = text.replace(token, f"{token[0]} {token[1:]}")
    return text


def generated(
    model: Any, options: Mapping[str, Any], what: str, deadline: float, timeout_s: float
) -> Any:
    """The tokens that a model of transformers finds likeliest, one after the other, by a deadline
    (`time.monotonic`).

    Raises:
        UnavailableError: it failed, or was not done; `what` names it, `timeout_s` is what it had.
    """
    try:
        output = model.generate(**options, do_sample=False, stopping_criteria=[_until(deadline)])
    except RuntimeError as error:  # of a GPU without room, for one
        raise UnavailableError(
            f"{what} failed: {str(error)[:200]}",
            hint="choose a smaller model, or another model.device",
        ) from error
    if time.monotonic() >= deadline:
        raise UnavailableError(
            f"{what} was not done within {timeout_s:g} s",
            hint="raise model.timeout_s or choose a smaller model",
        )
    return output


def _until(deadline: float) -> Any:
    """A stopping criterion of transformers: the clock (`time.monotonic`)."""
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
