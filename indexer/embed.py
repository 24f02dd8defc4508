"""Texts to float32 [n, dim] with rows L2-normalised, by the configured model.

"default" is the packaged model on onnxruntime; where that cannot be made, or a GPU is there, and
for every other model, sentence-transformers serves. torch is imported only then.
"""

from __future__ import annotations

import copy
import hashlib
import logging
import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lsfs.config import IndexerConfig
from lsfs.errors import ConfigurationError, LsfsError, UnavailableError
from lsfs.hub import local_first

from . import packaged, words
from .evidence import MIN_COSINE

if TYPE_CHECKING:
    import numpy

log = logging.getLogger(__name__)

MOST_AT_ONCE = 512
"""Texts a batch on a GPU: more are no faster."""
LONGEST_TOKENS = 512
"""Of a text, where a model does not say."""
READ_OF = 300
"""Characters of a text by which it is judged whether a model knows its writing."""
LETTER_BY_LETTER, BYTE_BY_BYTE = 0.7, 1.5
"""Tokens to a letter above which an alphabet, or a writing without spaces, is not read, but
spelled."""


_E5 = re.compile(r"(^|[/_-])e5[-_](?!.*instruct)", re.IGNORECASE)
"""E5 (Wang et al., "Text Embeddings by Weakly-Supervised Contrastive Pre-training", 2022) was
trained with a prompt before every text, which its settings do not say."""
_UNLIKE = (
    "The invoice for the new roof is due in March.",
    "Feed the sourdough starter with rye flour and warm water.",
    "def median(values): return sorted(values)[len(values) // 2]",
    "The orchestra tuned while the audience found its seats.",
    "Glaciers carve valleys over many thousands of years.",
    "Our goalkeeper was injured ten minutes before the end.",
    "Take one tablet twice a day after meals.",
    "The parliament voted against the amendment.",
)
"""Texts that have nothing to do with each other."""


class EmbeddingModel(Protocol):
    """A loaded model. `fingerprint` names its vectors: two that differ never meet in one index.
    `unlike` is the cosine below which texts have nothing to do with each other."""

    fingerprint: str
    dimension: int
    unlike: float

    @property
    def bulk(self) -> int:
        """So many texts at a time are best given to `embed_bulk`."""
        ...

    def embed(self, texts: Sequence[str]) -> numpy.ndarray:
        """float32 [n, dim], rows L2-normalised; for a few short texts someone waits for."""
        ...

    def embed_bulk(self, texts: Sequence[str]) -> numpy.ndarray:
        """The same for many texts nobody waits for; called by one thread only."""
        ...

    def reads(self, text: str) -> bool:
        """Whether it knows the writing of a text."""
        ...

    def rest(self) -> None:
        """Free what only bulk work needs; called by that thread."""
        ...


def load(config: IndexerConfig) -> EmbeddingModel:
    """Load the configured model; the first time this may take half a minute.

    Raises:
        ConfigurationError: there is no such model, or it cannot be loaded.
    """
    device = chosen_device(config.device)
    if config.model != "default":
        prompts = config.query_prompt, config.passage_prompt
        return TorchModel(config.model, device, config.batch_size, prompts)
    if device == "cpu":
        try:
            return packaged.PackagedModel(packaged.prepare())
        except UnavailableError as error:
            log.warning("%s; falling back to torch", error.message)
    directory = packaged.model_directory()
    packaged.verify_weights(directory)
    return DefaultOnTorch(str(directory), device, config.batch_size)


def chosen_device(wanted: str) -> str:
    """ "auto" made concrete, without importing torch on a machine that has no GPU."""
    if wanted == "cpu" or (wanted == "auto" and not has_nvidia_driver()):
        return "cpu"
    import torch

    if torch.cuda.is_available():
        return "cuda" if wanted == "auto" else wanted
    if wanted != "auto":
        log.warning("indexer.device is %s, but torch sees no GPU: using the CPU", wanted)
    return "cpu"


def has_nvidia_driver() -> bool:
    """Whether there is likely a GPU; without torch."""
    return Path("/proc/driver/nvidia/version").exists() or Path("/dev/nvidiactl").exists()


class TorchModel:
    """A sentence-transformers model by id or directory; half precision on a GPU, in batches that
    fit its memory.

    Out of memory halves the batch, and at one text a batch moves the model to the CPU. The
    precision is no part of the fingerprint: vectors are kept in half precision in any case, and
    those of one model made on a GPU and on a CPU agree to .9999.

    `prompts` are for questions and for passages; where they are None, the model's own.
    """

    def __init__(
        self, name: str, device: str, batch_size: int,
        prompts: tuple[str | None, str | None] = (None, None),
    ) -> None:  # fmt: skip
        self._model, device = loaded("SentenceTransformer", name, device, "indexer.model")
        dimension = self._model.get_embedding_dimension()
        if not dimension:
            raise ConfigurationError(f"indexer.model {name}: not a sentence embedding model")
        self.dimension = int(dimension)
        self.query_prompt, self.passage_prompt = _prompts(self._model.prompts, name, prompts)
        # not its name: a folder that was moved holds the same model
        identity = f"{_weights_identity(self._model)}:fp32{self.passage_prompt}"
        self.fingerprint = packaged.fingerprint(identity, self.dimension)
        self._device = device
        self._batch_size = self._cpu_batch_size = batch_size
        if device != "cpu":
            self._model.half()
            self._batch_size = _fitting(self._model, device)
        # each call sets how a tokenizer truncates, also for a batch that another thread has begun
        self._judging = copy.deepcopy(self._model.tokenizer)
        self._judging_lock = threading.Lock()
        self._turn = threading.Condition()
        self._is_taken = False
        self._awaited = 0
        self.unlike = self._measured_unlike()

    def _measured_unlike(self) -> float:
        """Two standard deviations above the mean of texts that are unlike: models differ much in
        how near those are."""
        import numpy

        cosines = self.embed(_UNLIKE) @ self._encoded(list(_UNLIKE), self.passage_prompt).T
        others = cosines[~numpy.eye(len(_UNLIKE), dtype=bool)]
        return float(min(max(others.mean() + 2 * others.std(), 0.0), 0.95))

    def reads(self, text: str) -> bool:
        """See `EmbeddingModel`: Latin in any case, else what its tokenizer has words for."""
        if packaged.reads(text):
            return True
        with self._judging_lock:
            return _has_words_for(self._judging, text[:READ_OF])

    @property
    def bulk(self) -> int:
        """See `EmbeddingModel`: some batches, for texts of like length to come together."""
        return max(packaged.PackagedModel.bulk, 4 * self._batch_size)

    def embed(self, texts: Sequence[str]) -> numpy.ndarray:
        """See `EmbeddingModel`: next in turn, whatever bulk work waits."""
        with self._turn:
            self._awaited += 1
        try:
            return self._in_turn(list(texts), self.query_prompt, lambda: not self._is_taken)
        finally:
            with self._turn:
                self._awaited -= 1
                self._turn.notify_all()

    def embed_bulk(self, texts: Sequence[str]) -> numpy.ndarray:
        """See `EmbeddingModel`: texts of like length together, a batch in turn."""
        import numpy

        vectors = numpy.zeros((len(texts), self.dimension), dtype=numpy.float32)
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]), reverse=True)
        while order:
            chosen, order = order[: self._batch_size], order[self._batch_size :]
            some = [texts[number] for number in chosen]
            vectors[chosen] = self._in_turn(
                some, self.passage_prompt, lambda: not self._is_taken and not self._awaited
            )
        return vectors

    def rest(self) -> None:
        """See `EmbeddingModel`: there is one model for all, but what its batches took on the GPU
        is left to others."""
        if self._device != "cpu":
            import torch

            torch.cuda.empty_cache()

    def _in_turn(self, texts: list[str], prompt: str, is_free: Callable[[], bool]) -> numpy.ndarray:
        with self._turn:
            self._turn.wait_for(is_free)
            self._is_taken = True
        try:
            return self._encoded(texts, prompt)
        finally:
            with self._turn:
                self._is_taken = False
                self._turn.notify_all()

    def _encoded(self, texts: list[str], prompt: str) -> numpy.ndarray:
        import numpy
        import torch

        while True:
            try:
                vectors = self._model.encode(
                    texts, prompt=prompt, batch_size=self._batch_size, normalize_embeddings=True,
                    convert_to_numpy=True, show_progress_bar=False,
                )  # fmt: skip
                return numpy.asarray(vectors, dtype=numpy.float32).reshape(
                    len(texts), self.dimension
                )
            except torch.OutOfMemoryError:
                if self._device == "cpu":
                    raise
            self._shrink()  # not while the exception holds what did not fit

    def _shrink(self) -> None:
        import torch

        if self._batch_size > 1:
            self._batch_size //= 2
            log.warning("the GPU is out of memory: batches of %d now", self._batch_size)
        else:
            log.warning("the GPU is out of memory at one text a batch: using the CPU")
            self._model = self._model.float().to("cpu")
            self._device, self._batch_size = "cpu", self._cpu_batch_size
        torch.cuda.empty_cache()


class DefaultOnTorch(TorchModel):
    """The packaged model where onnxruntime does not serve: it is judged as there."""

    def _measured_unlike(self) -> float:
        return MIN_COSINE

    def reads(self, text: str) -> bool:
        """See `EmbeddingModel`."""
        return packaged.reads(text)


def _prompts(
    own: Mapping[str, str], name: str, given: tuple[str | None, str | None]
) -> tuple[str, str]:
    """(before a question, before a passage): as given, else as the model's settings say, else as
    its family is known to want."""
    known = ("query: ", "passage: ") if _E5.search(name) else ("", "")
    passage = next(filter(None, map(own.get, ("document", "passage", "corpus"))), None)
    found = own.get("query") or known[0], passage or known[1]
    return found[0] if given[0] is None else given[0], found[1] if given[1] is None else given[1]


def _has_words_for(tokenizer: Any, text: str) -> bool:
    """Whether a tokenizer knows more of a text than its letters: one that was not made for a
    writing has no word of it, or spells it letter by letter (or byte by byte)."""
    letters = sum(map(str.isalnum, text))
    tokens = tokenizer(text, add_special_tokens=False)["input_ids"]
    unknown: int = tokens.count(tokenizer.unk_token_id)
    most = (BYTE_BY_BYTE if words.is_solid(text) else LETTER_BY_LETTER) * letters
    return 4 * unknown <= len(tokens) and len(tokens) - unknown <= max(most, 1)


def _fitting(model: Any, device: str) -> int:
    import torch

    free, _ = torch.cuda.mem_get_info(device)
    settings = getattr(getattr(model[0], "auto_model", None), "config", None)
    width = getattr(settings, "hidden_size", None) or model.get_embedding_dimension()
    heads = getattr(settings, "num_attention_heads", None) or max(1, width // 64)
    return fitting_batch(free, model.max_seq_length or LONGEST_TOKENS, width, heads)


def fitting_batch(free_bytes: int, tokens: int, width: int, heads: int) -> int:
    """How many texts of so many tokens half of the memory has room for, in half precision: what a
    layer holds at its widest is about 16 vectors a token, and twice the scores of each pair of
    tokens. The layers take turns."""
    a_text = 2 * (16 * tokens * width + 2 * heads * tokens * tokens)
    return min(max(free_bytes // 2 // a_text, 1), MOST_AT_ONCE)


def loaded(kind: str, name: str, device: str, setting: str) -> tuple[Any, str]:
    """A model of this class of sentence-transformers, and where it is: on the CPU, if the GPU has
    no room for it at all.

    Raises:
        ConfigurationError: there is no such model, or it cannot be loaded.
    """
    if os.path.isabs(name) and not os.path.isdir(name):
        raise ConfigurationError(f"{setting} {name}: there is no such directory", path=name)
    import sentence_transformers
    import torch

    try:
        make = partial(getattr(sentence_transformers, kind), name, device=device)

        def load(is_local: bool) -> Any:
            if is_local and kind == "SentenceTransformer" and not _is_whole(name):
                raise OSError("it was not downloaded as a sentence-transformers model")
            return make(local_files_only=is_local)

        return local_first(name, load), device
    except torch.OutOfMemoryError:
        if device == "cpu":
            raise
    except (OSError, ValueError, RuntimeError, LsfsError) as error:
        raise ConfigurationError(
            f"{setting} {name}: cannot be loaded: {str(error).splitlines()[0][:200]}",
            hint="name a directory, or a sentence-transformers id that is downloaded or reachable",
        ) from error
    log.warning("the GPU has no room for %s: using the CPU", name)
    return loaded(kind, name, "cpu", setting)


def _is_whole(name: str) -> bool:
    """Whether it is known how a model is built up: of one whose weights alone were downloaded, the
    library would take the mean of all tokens, whatever it was trained for."""
    from huggingface_hub import try_to_load_from_cache

    return os.path.isdir(name) or try_to_load_from_cache(name, "modules.json") is not None


def _weights_identity(model: Any) -> str:
    """A digest over name, shape and a sample of every tensor: a changed file is another model."""
    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        flat = tensor.detach().float().cpu().reshape(-1)
        sample = flat[:: max(flat.numel() // 64, 1)][:64]
        digest.update(f"{key}{tuple(tensor.shape)}".encode() + sample.numpy().tobytes())
    return digest.hexdigest()[:16]
