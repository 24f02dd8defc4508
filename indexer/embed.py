"""Texts to float32 [n, dim] with rows L2-normalised, by the configured model.

"default" is the packaged model on onnxruntime; where that cannot be made, or a GPU is there, and
for every other model, sentence-transformers serves. torch is imported only then.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lsfs.config import IndexerConfig
from lsfs.errors import ConfigurationError, LsfsError, UnavailableError

from . import packaged

if TYPE_CHECKING:
    import numpy

log = logging.getLogger(__name__)


class EmbeddingModel(Protocol):
    """A loaded model. `fingerprint` names its vectors: two that differ never meet in one index."""

    fingerprint: str
    dimension: int

    def embed(self, texts: Sequence[str]) -> numpy.ndarray:
        """float32 [n, dim], rows L2-normalised; for a few short texts someone waits for."""
        ...

    def embed_bulk(self, texts: Sequence[str]) -> numpy.ndarray:
        """The same for many texts nobody waits for; called by one thread only."""
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
        return TorchModel(config.model, device, config.batch_size)
    if device == "cpu":
        try:
            return packaged.PackagedModel(packaged.prepare())
        except UnavailableError as error:
            log.warning("%s; falling back to torch", error.message)
    directory = packaged.model_directory()
    packaged.verify_weights(directory)
    return TorchModel(str(directory), device, config.batch_size)


def chosen_device(wanted: str) -> str:
    """ "auto" made concrete, without importing torch on a machine that has no GPU."""
    if wanted == "cpu" or (wanted == "auto" and not _has_nvidia_driver()):
        return "cpu"
    import torch

    if torch.cuda.is_available():
        return "cuda" if wanted == "auto" else wanted
    if wanted != "auto":
        log.warning("indexer.device is %s, but torch sees no GPU: using the CPU", wanted)
    return "cpu"


def _has_nvidia_driver() -> bool:
    return Path("/proc/driver/nvidia/version").exists() or Path("/dev/nvidiactl").exists()


class TorchModel:
    """A sentence-transformers model by id or directory; half precision on a GPU.

    Out of memory halves the batch, and at one text a batch moves the model to the CPU.
    """

    def __init__(self, name: str, device: str, batch_size: int) -> None:
        self._model = _loaded(name, device)
        self._device = device
        self._batch_size = batch_size if device == "cpu" else max(batch_size, 64)
        self._lock = threading.Lock()
        dimension = self._model.get_embedding_dimension()
        if not dimension:
            raise ConfigurationError(f"indexer.model {name}: not a sentence embedding model")
        self.dimension = int(dimension)
        precision = "fp32" if device == "cpu" else "fp16"
        identity = f"{name}:{_weights_identity(self._model)}:{precision}"
        self.fingerprint = packaged.fingerprint(identity, self.dimension)

    def embed(self, texts: Sequence[str]) -> numpy.ndarray:
        """See `EmbeddingModel`."""
        with self._lock:
            return self._encoded(list(texts))

    def embed_bulk(self, texts: Sequence[str]) -> numpy.ndarray:
        """See `EmbeddingModel`."""
        return self.embed(texts)

    def rest(self) -> None:
        """See `EmbeddingModel`: there is one model for all."""

    def _encoded(self, texts: list[str]) -> numpy.ndarray:
        import numpy
        import torch

        while True:
            try:
                vectors = self._model.encode(
                    texts, batch_size=self._batch_size, normalize_embeddings=True,
                    convert_to_numpy=True, show_progress_bar=False,
                )  # fmt: skip
                return numpy.asarray(vectors, dtype=numpy.float32).reshape(
                    len(texts), self.dimension
                )
            except torch.OutOfMemoryError:
                self._shrink()

    def _shrink(self) -> None:
        import torch

        torch.cuda.empty_cache()
        if self._batch_size > 1:
            self._batch_size //= 2
            log.warning("the GPU is out of memory: batches of %d now", self._batch_size)
        else:
            log.warning("the GPU is out of memory at one text a batch: using the CPU")
            self._model = self._model.float().to("cpu")
            self._batch_size = 8


def _loaded(name: str, device: str) -> Any:
    if os.path.isabs(name) and not os.path.isdir(name):
        raise ConfigurationError(f"indexer.model {name}: there is no such directory", path=name)
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(name, device=device)
    except (OSError, ValueError, RuntimeError, LsfsError) as error:
        raise ConfigurationError(
            f"indexer.model {name}: cannot be loaded: {str(error).splitlines()[0][:200]}",
            hint="name a directory, or a sentence-transformers id that is downloaded or reachable",
        ) from error
    return model if device == "cpu" else model.half()


def _weights_identity(model: Any) -> str:
    """A digest over name, shape and a sample of every tensor: a changed file is another model."""
    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        flat = tensor.detach().float().cpu().reshape(-1)
        sample = flat[:: max(flat.numel() // 64, 1)][:64]
        digest.update(f"{key}{tuple(tensor.shape)}".encode() + sample.numpy().tobytes())
    return digest.hexdigest()[:16]
