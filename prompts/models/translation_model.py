"""A translation model of transformers in this process: never the daemon's (`model_process`).

Any sequence-to-sequence model: Marian (Junczys-Dowmunt et al., 2018), M2M-100 (Fan et al., 2020),
NLLB-200 (NLLB Team, 2022), mBART, T5. torch and transformers are imported when it is loaded, at the
first question. One question at a time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from lsfs.config import ModelConfig
from lsfs.errors import UsageError

from .local import device_of, generated, loaded

LONGEST_TOKENS = 400
"""Of one sentence, where a model does not say less; what is longer is not whole."""
AT_ONCE = 8


class TranslationModel:
    """Sentences into the languages that a model has."""

    def __init__(self, settings: ModelConfig) -> None:
        """`settings.translator` is a transformers id or a directory; nothing is loaded yet."""
        self.name = settings.translator.rstrip("/").rpartition("/")[2]
        self._source = settings.translator
        self._device = settings.device
        self._timeout_s = settings.timeout_s
        self._loaded: tuple[Any, Any] | None = None

    def translate(
        self, texts: Sequence[str], language: Sequence[str], source: Sequence[str]
    ) -> list[str]:
        """Each text in the language, "" where it is too long for the model. `language` and `source`
        are names and codes that the model may know them by.

        Raises:
            UsageError: it has no such language.
            UnavailableError: it cannot be loaded, or was not done within `timeout_s`.
        """
        tokenizer, model = self._ready()
        deadline = time.monotonic() + self._timeout_s
        if hasattr(tokenizer, "src_lang"):
            tokenizer.src_lang = _token(tokenizer, source) or tokenizer.src_lang
        lead, options = self._aim(tokenizer, model, language)
        found: list[str] = []
        for at in range(0, len(texts), AT_ONCE):
            asked = [lead + text for text in texts[at : at + AT_ONCE]]
            found += self._generated(tokenizer, model, asked, options, deadline)
        return found

    def _generated(
        self, tokenizer: Any, model: Any, texts: Sequence[str], options: dict[str, Any],
        deadline: float,
    ) -> list[str]:  # fmt: skip
        limit = min(LONGEST_TOKENS, tokenizer.model_max_length)
        lengths = [len(ids) for ids in tokenizer(list(texts))["input_ids"]]
        inputs = tokenizer(
            list(texts), return_tensors="pt", padding=True, truncation=True, max_length=limit
        ).to(model.device)
        inputs.pop("token_type_ids", None)
        most = min(2 * inputs["input_ids"].shape[1] + 32, LONGEST_TOKENS)
        what = f"the translation model {self.name}"
        options = {**inputs, **options, "max_new_tokens": most, "max_length": None}
        output = generated(model, options, what, deadline, self._timeout_s)
        ends = _end_tokens(model)
        is_whole = [
            length <= limit and bool(ends & set(ids.tolist()[1:]))
            for length, ids in zip(lengths, output, strict=True)
        ]
        said = tokenizer.batch_decode(output, skip_special_tokens=True)
        return [one.strip() if whole else "" for one, whole in zip(said, is_whole, strict=True)]

    def _aim(
        self, tokenizer: Any, model: Any, language: Sequence[str]
    ) -> tuple[str, dict[str, Any]]:
        """What is put before each text, and how generating begins, for this language.

        Raises:
            UsageError: the model does not have it.
        """
        prefixes = sorted(getattr(tokenizer, "supported_language_codes", None) or ())
        if prefixes:
            for one in language:
                if f">>{one}<<" in prefixes:
                    return f">>{one}<< ", {}
            raise self._unknown(language, [one.strip("<>") for one in prefixes])
        tasks = getattr(model.config, "task_specific_params", None) or {}
        into = {name.rpartition("_to_")[2]: task for name, task in tasks.items() if "_to_" in name}
        if into:
            known = next((into[one] for one in language if one in into), None)
            if known is None:
                raise self._unknown(language, sorted(into))
            return known.get("prefix", ""), {}
        token = _token(tokenizer, language)
        if token is not None:
            return "", {"forced_bos_token_id": _id(tokenizer, token)}
        if tokens := _language_tokens(tokenizer):
            raise self._unknown(language, tokens)
        own = getattr(tokenizer, "target_lang", None)
        if own and own not in language:
            raise self._unknown(language, [own])
        return "", {}

    def _unknown(self, language: Sequence[str], known: Sequence[str]) -> UsageError:
        return UsageError(
            f"the translation model {self.name} does not translate into {language[0]}",
            hint=f"it has: {', '.join(known)}",
        )

    def _ready(self) -> tuple[Any, Any]:
        if self._loaded is None:
            from transformers import AutoModelForSeq2SeqLM

            self._loaded = loaded(
                self._source, "model.translator", AutoModelForSeq2SeqLM, device_of(self._device)
            )
        return self._loaded


def _language_tokens(tokenizer: Any) -> list[str]:
    """What the tokenizer has for languages: "fra_Latn", "fr_XX"; of M2M-100 "fr"."""
    known = getattr(tokenizer, "lang_code_to_token", None)
    if known:
        return sorted(known)
    added = {*tokenizer.get_added_vocab(), *tokenizer.all_special_tokens}
    return sorted(one for one in added if one[2:3] == "_" or one[3:4] == "_")


def _token(tokenizer: Any, language: Sequence[str]) -> str | None:
    """What the tokenizer calls the language, None where it has no word for it."""
    tokens = _language_tokens(tokenizer)
    for name in language:
        for one in tokens:
            if one == name or (len(name) == 2 and one.startswith(f"{name}_")):
                return one
    return None


def _id(tokenizer: Any, token: str) -> int:
    if hasattr(tokenizer, "get_lang_id"):
        return int(tokenizer.get_lang_id(token))
    return int(tokenizer.convert_tokens_to_ids(token))


def _end_tokens(model: Any) -> set[int]:
    end = model.generation_config.eos_token_id
    return set(end) if isinstance(end, list) else {end}
