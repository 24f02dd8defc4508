"""Which operation a request asks for, by nearness to example requests.

Examples stand in `data/examples.*.toml`. Values that say nothing about the intent (quotes, paths,
dates, numbers) are masked, the masked wording is embedded, and a ridge regression over sentence
vector and words (kernel form, closed) scores every intent. Probabilities are a softmax whose
temperature is fitted to the leave-one-out predictions, which a ridge gives for nothing
(e_i / (1 - H_ii); Rifkin & Lippert, "Notes on Regularized Least Squares", 2007).

numpy is imported at the first question. An `IntentClassifier` is not thread-safe until `ready()`
has returned; after that it is read only.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsfs.ports import Embedder

from .request.data import load
from .request.hints import Hints
from .request.languages import LANGUAGE
from .request.quoting import PATH, QUOTED, looks_like_file
from .times.dates import find_span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[Any]


RIDGE = 1.5
WORD_WEIGHT = 0.8
HINT_WEIGHT = 2.2
BALANCE = 0.5
_PROBE = "a sentence to tell one embedding model from another"
_SOME_DAY = datetime(2000, 1, 5, tzinfo=timezone.utc)
_UNDECODABLE = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:['’][a-z]+)?")


def load_examples() -> list[tuple[str, str]]:
    """(masked example, intent), in the order of the file."""
    return [
        (masked(text), intent) for intent, texts in load("examples.en").items() for text in texts
    ]


def masked(text: str) -> str:
    """The wording alone: what could be any value is replaced by one neutral word of its kind."""
    text = QUOTED.sub(lambda m: "f.txt" if looks_like_file(m[0][1:-1]) else " 'some text' ", text)
    text = PATH.sub(lambda m: "folder/" if m[0].endswith("/") else "file.txt", text)
    for _ in range(4):
        span = find_span(text, _SOME_DAY)
        if span is None:
            break
        text = f"{text[: span.start]}§{text[span.end :]}"
    text = LANGUAGE.sub("english", text)
    text = re.sub(r"(?<!\w)\d+(?!\w)", "3", text.replace("§", " last week "))
    return " ".join(text.casefold().strip(" .!?。！？…").split())


class IntentClassifier:
    """Probabilities of intents for a request; trains itself from the examples in milliseconds."""

    def __init__(self, embedder: Embedder, cache: Path | None) -> None:
        """`cache` is a directory for the examples' vectors; None keeps them in memory only."""
        self._embedder = embedder
        self._cache = cache
        self._examples = load_examples()
        self._model: _Ridge | None = None

    def ready(self) -> _Ridge:
        """The trained model; trains on the first call.

        Raises:
            UnavailableError: the embedding model does not answer.
        """
        if self._model is None:
            texts = [text for text, _ in self._examples]
            intents = [intent for _, intent in self._examples]
            self._model = _Ridge(self._vectors(texts), texts, intents)
        return self._model

    def probabilities(self, request: str) -> list[tuple[str, float]]:
        """(intent, probability), most likely first."""
        model = self.ready()
        text = masked(request)
        return model.predict(self._embed([text]), [text])[0]

    def _embed(self, texts: Sequence[str]) -> Matrix:
        import numpy

        clean = [_UNDECODABLE.sub("\ufffd", text) for text in texts]
        return numpy.asarray(self._embedder.embed(clean), dtype=numpy.float32)

    def _vectors(self, texts: Sequence[str]) -> Matrix:
        """The examples' vectors, from the cache where it is of these texts and this model."""
        import numpy

        if self._cache is None:
            return self._embed(texts)
        key = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
        file = self._cache / f"examples-{key}.npy"
        probe = self._embed([_PROBE])
        known = _read_vectors(file)
        if known is not None and known.shape == (len(texts) + 1, probe.shape[1]) and (
            float(known[-1] @ probe[0]) > 0.999
        ):  # fmt: skip
            return known[:-1]
        vectors = self._embed(texts)
        _write_vectors(file, numpy.concatenate([vectors, probe]))
        return vectors


class _Ridge:
    """One-against-all ridge regression over [sentence vector, weighted words]."""

    def __init__(self, vectors: Matrix, texts: Sequence[str], intents: Sequence[str]) -> None:
        import numpy

        self.labels = sorted(set(intents))
        self._words = _Vocabulary(texts)
        features = self._features(vectors, texts)
        wanted = numpy.array([[intent == label for label in self.labels] for intent in intents])
        kernel = features @ features.T
        sizes = Counter(intents)
        mean = len(intents) / len(sizes)
        rarity = numpy.array([(sizes[intent] / mean) ** BALANCE for intent in intents])
        inverse = numpy.linalg.inv(kernel + RIDGE * numpy.diag(rarity))
        dual = inverse @ wanted
        self._weights = features.T @ dual
        self.left_out = wanted - dual / numpy.diag(inverse)[:, None]
        """[examples, labels]: what each example would be scored had it not been there."""
        self._sharpness = _fitted_sharpness(self.left_out, wanted)

    def predict(self, vectors: Matrix, texts: Sequence[str]) -> list[list[tuple[str, float]]]:
        """For each text its (intent, probability), most likely first."""
        shares = _softmax(self._features(vectors, texts) @ self._weights * self._sharpness)
        return [
            sorted(zip(self.labels, map(float, row), strict=True), key=lambda pair: -pair[1])
            for row in shares
        ]

    def _features(self, vectors: Matrix, texts: Sequence[str]) -> Matrix:
        import numpy

        words = numpy.stack([self._words.row(text) for text in texts]) * WORD_WEIGHT
        ones = numpy.ones((len(texts), 1), dtype=numpy.float32)
        return numpy.concatenate([vectors, words, ones], axis=1)


class _Vocabulary:
    """Words, pairs of words and hints (`data/words.toml`), weighted by rarity, L2-normalised."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._hints = Hints()
        seen = Counter(term for text in texts for term in set(self._terms(text)))
        self._index = {term: i for i, term in enumerate(sorted(seen))}
        self._rarity = {term: math.log(1 + len(texts) / n) for term, n in seen.items()}

    def row(self, text: str) -> Matrix:
        import numpy

        row = numpy.zeros(len(self._index), dtype=numpy.float32)
        for term in self._terms(text):
            if term in self._index:
                weight = HINT_WEIGHT if term.startswith("#") else 1.0
                row[self._index[term]] = weight * self._rarity[term]
        length = float(numpy.linalg.norm(row))
        return row / length if length else row

    def _terms(self, text: str) -> list[str]:
        words = ["^", *_WORD.findall(text)]
        pairs = [f"{a} {b}" for a, b in pairwise(words)]
        shape = [
            f"#files={min(text.count('file.txt'), 2)}",
            f"#quotes={min(text.count('some text'), 2)}",
        ]
        return words[1:] + pairs + shape + self._hints.of(text)


def _softmax(scores: Matrix) -> Matrix:
    import numpy

    powers = numpy.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _fitted_sharpness(scores: Matrix, wanted: Matrix) -> float:
    """The inverse temperature under which held-out scores are most likely."""
    import numpy

    def loss(sharpness: float) -> float:
        return -float(numpy.log(_softmax(scores * sharpness)[wanted] + 1e-9).mean())

    return min((1.0 * 1.15**step for step in range(30)), key=loss)


def _read_vectors(file: Path) -> Matrix | None:
    import numpy

    try:
        vectors: Matrix = numpy.load(file, allow_pickle=False)
        return vectors
    except (OSError, ValueError, EOFError):
        return None


def _write_vectors(file: Path, vectors: Matrix) -> None:
    """Keep them for the next process; a cache that cannot be written is done without."""
    import numpy

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".tmp", delete=False) as out:
            numpy.save(out, vectors)
        os.replace(out.name, file)
    except OSError:
        return
