"""Which operation a request asks for, by nearness to example requests.

Examples stand in `data/*.en.toml` and `data/acts.zh.toml`: a few, by which the grammar is chosen,
and many in the words of unlike people. Values that say nothing about the intent (quotes, paths,
dates, numbers) are masked, the masked wording is embedded, and a ridge regression over sentence
vector and words (kernel form, closed) scores every intent. Probabilities are a softmax whose
temperature is fitted to the leave-one-out predictions, which a ridge gives for nothing
(e_i / (1 - H_ii); Rifkin & Lippert, "Notes on Regularized Least Squares", 2007).

What was learnt is kept in the cache, and of the many examples it comes with lsfs
(`data/acts.en.npz`, by `scripts/train_acts.py`); it is good for those examples and that embedding
model alone.

numpy is imported at the first question. An `IntentClassifier` is not thread-safe until `ready()`
has returned; after that it is read only.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsfs.ports import Embedder

from .request.data import load, source
from .request.hints import Hints
from .request.languages import LANGUAGE
from .request.marked import marked
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


@dataclass(frozen=True, slots=True)
class Learning:
    """Which files of examples and of marked requests are learnt from, and how: terms that fewer
    than `common` examples hold are left out, `weight` is that of a sentence's vector beside its
    words. `shipped` is the file of `data/` that holds what was learnt."""

    files: tuple[str, ...]
    common: int = 1
    weight: float = 1.0
    shipped: str | None = None
    marked: tuple[str, ...] = ()

    def examples(self) -> list[tuple[str, str]]:
        """(example, intent), in the order of the files."""
        return [
            (text, intent)
            for file in self.files
            for intent, texts in load(file).items()
            for text in texts
        ] + [(step.text, step.intent) for file in self.marked for step in marked(file)]

    def key(self) -> str:
        """Of the examples, the hints and how they are learnt."""
        settings = (self.common, self.weight, RIDGE, WORD_WEIGHT, HINT_WEIGHT, BALANCE)
        digest = hashlib.sha256(repr(settings).encode())
        files = [f"{file}.toml" for file in (*self.files, "words")]
        for file in (*files, *(f"{file}.txt" for file in self.marked)):
            digest.update(source(file))
        return digest.hexdigest()[:16]


SURELY = Learning(("examples.en",))
"""Of the examples by which a grammar is chosen."""
LIKELY = Learning(("examples.en", "acts.en"), 3, 2.0, shipped="acts.en.npz", marked=("marked.en",))
"""Of many examples, for what is likely meant."""
CHINESE = Learning(("acts.zh",), weight=0.5, shipped="acts.zh.npz")
"""Of many Chinese examples."""
STORIES = Learning(("stories.en",), weight=2.0, shipped="stories.en.npz")
"""Of clauses: which of them only tell something beside an order."""


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


class LastVectors:
    """An `lsfs.ports.Embedder` that remembers the vectors of the last texts it was asked for one by
    one: a request is read in several ways. Any thread."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, Sequence[Sequence[float]]] = {}

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """See `lsfs.ports.Embedder.embed`."""
        if len(texts) != 1:
            return self._embedder.embed(texts)
        known = self._vectors.get(texts[0])
        if known is None:
            if len(self._vectors) >= MOST_VECTORS:
                self._vectors = {}
            known = self._vectors[texts[0]] = self._embedder.embed(texts)
        return known


MOST_VECTORS = 32
"""That are remembered: as many as the readings of one request ask for."""


class IntentClassifier:
    """Probabilities of intents for a request; trains itself from the examples where nobody has."""

    def __init__(self, embedder: Embedder, cache: Path | None, learning: Learning = SURELY) -> None:
        """`cache` is a directory for what was learnt; None keeps it in memory only."""
        self._embedder = embedder
        self._cache = cache
        self._learning = learning
        self._model: _Ridge | None = None

    def ready(self) -> _Ridge:
        """The trained model; trains on the first call.

        Raises:
            UnavailableError: the embedding model does not answer.
        """
        if self._model is None:
            probe = self._embed([_PROBE])[0]
            key = self._learning.key()
            known = [file for file in self._files(key) if file is not None]
            models = (_Ridge.kept(_read(file), key, probe) for file in known)
            self._model = next((model for model in models if model), None) or self._trained(
                key, probe
            )
        return self._model

    def probabilities(self, request: str) -> list[tuple[str, float]]:
        """(intent, probability), most likely first."""
        model = self.ready()
        text = masked(request)
        return model.predict(self._embed([text]), [text])[0]

    def save(self, file: Path) -> None:
        """Train, and keep what was learnt in a file."""
        _write(file, self._trained(self._learning.key(), self._embed([_PROBE])[0]).arrays)

    def _files(self, key: str) -> tuple[Path | None, Path | None]:
        """Where what was learnt may be: with lsfs, and in the cache."""
        data = Path(str(resources.files("lsfs.prompts").joinpath("data")))
        shipped = self._learning.shipped
        return (
            data / shipped if shipped else None,
            self._cache / f"intents-{key}.npz" if self._cache else None,
        )

    def _trained(self, key: str, probe: Matrix) -> _Ridge:
        examples = [(masked(text), intent) for text, intent in self._learning.examples()]
        texts = [text for text, _ in examples]
        model = _Ridge.learnt(self._embed(texts), examples, self._learning)
        model.arrays |= {"key": _array(key), "probe": probe}
        _, cached = self._files(key)
        if cached is not None:
            _write(cached, model.arrays)
        return model

    def _embed(self, texts: Sequence[str]) -> Matrix:
        import numpy

        clean = [_UNDECODABLE.sub("\ufffd", text) for text in texts]
        return numpy.asarray(self._embedder.embed(clean), dtype=numpy.float32)


class _Ridge:
    """One-against-all ridge regression over [sentence vector, weighted words]."""

    def __init__(self, arrays: dict[str, Matrix], terms: _Vocabulary) -> None:
        self.arrays = arrays
        self.labels: list[str] = arrays["labels"].tolist()
        self._weights = arrays["weights"]
        self._terms = terms
        self._weight, self._sharpness = (float(number) for number in arrays["settings"])

    @classmethod
    def kept(cls, arrays: dict[str, Matrix] | None, key: str, probe: Matrix) -> _Ridge | None:
        """What was learnt before, where it was of these examples and this embedding model."""
        import numpy

        if arrays is None or str(arrays["key"]) != key or arrays["probe"].shape != probe.shape:
            return None
        if float(arrays["probe"].astype(numpy.float32) @ probe) < _SAME_MODEL:
            return None
        rarity = dict(zip(arrays["terms"].tolist(), arrays["rarity"].tolist(), strict=True))
        arrays["weights"] = arrays["weights"].astype(numpy.float32)
        return cls(arrays, _Vocabulary(rarity))

    @classmethod
    def learnt(
        cls, vectors: Matrix, examples: Sequence[tuple[str, str]], learning: Learning
    ) -> _Ridge:
        """Trained on the vectors of the examples, (masked text, intent) each."""
        import numpy

        texts, intents = [text for text, _ in examples], [intent for _, intent in examples]
        terms = _Vocabulary.of(texts, learning.common)
        labels = sorted(set(intents))
        features = _features(vectors * learning.weight, texts, terms)
        wanted = numpy.array([[intent == label for label in labels] for intent in intents])
        kernel = features @ features.T
        sizes = Counter(intents)
        mean = len(intents) / len(sizes)
        rarity = numpy.array([(sizes[intent] / mean) ** BALANCE for intent in intents])
        inverse = numpy.linalg.inv(kernel + RIDGE * numpy.diag(rarity))
        dual = inverse @ wanted
        left_out = wanted - dual / numpy.diag(inverse)[:, None]
        # [examples, labels]: what each example would be scored had it not been there
        arrays = {
            "labels": numpy.array(labels),
            "terms": numpy.array(list(terms.rarity)),
            "rarity": numpy.array(list(terms.rarity.values())),
            "weights": (features.T @ dual).astype(numpy.float16).astype(numpy.float32),
            "settings": numpy.array([learning.weight, _fitted_sharpness(left_out, wanted)]),
        }
        return cls(arrays, terms)

    def predict(self, vectors: Matrix, texts: Sequence[str]) -> list[list[tuple[str, float]]]:
        """For each text its (intent, probability), most likely first."""
        features = _features(vectors * self._weight, texts, self._terms)
        shares = _softmax(features @ self._weights * self._sharpness)
        return [
            sorted(zip(self.labels, map(float, row), strict=True), key=lambda pair: -pair[1])
            for row in shares
        ]


_SAME_MODEL = 0.999
"""How like the vectors of one sentence by two models must be for them to be the same."""


def _features(vectors: Matrix, texts: Sequence[str], terms: _Vocabulary) -> Matrix:
    import numpy

    words = numpy.stack([terms.row(text) for text in texts]) * WORD_WEIGHT
    ones = numpy.ones((len(texts), 1), dtype=numpy.float32)
    return numpy.concatenate([vectors, words, ones], axis=1)


class _Vocabulary:
    """Words, pairs of words and hints (`data/words.toml`), weighted by rarity, L2-normalised."""

    def __init__(self, rarity: Mapping[str, float]) -> None:
        """`rarity` is of each term, in their order."""
        self._hints = Hints()
        self.rarity = rarity
        self._index = {term: i for i, term in enumerate(rarity)}

    @classmethod
    def of(cls, texts: Sequence[str], common: int) -> _Vocabulary:
        """The terms that at least `common` texts hold, and all hints."""
        hints = Hints()
        seen = Counter(term for text in texts for term in set(_terms(text, hints)))
        kept = sorted(term for term, n in seen.items() if n >= common or term.startswith("#"))
        return cls({term: math.log(1 + len(texts) / seen[term]) for term in kept})

    def row(self, text: str) -> Matrix:
        import numpy

        row = numpy.zeros(len(self._index), dtype=numpy.float32)
        for term in _terms(text, self._hints):
            if term in self._index:
                weight = HINT_WEIGHT if term.startswith("#") else 1.0
                row[self._index[term]] = weight * self.rarity[term]
        length = float(numpy.linalg.norm(row))
        return row / length if length else row


def _terms(text: str, hints: Hints) -> list[str]:
    words = ["^", *_WORD.findall(text)]
    pairs = [f"{a} {b}" for a, b in pairwise(words)]
    shape = [
        f"#files={min(text.count('file.txt'), 2)}",
        f"#quotes={min(text.count('some text'), 2)}",
    ]
    return words[1:] + pairs + shape + hints.of(text)


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


def _array(text: str) -> Matrix:
    import numpy

    return numpy.array(text)


def _read(file: Path) -> dict[str, Matrix] | None:
    """What was kept in a file; None where that is none, or broken."""
    import numpy

    try:
        with file.open("rb") as opened, numpy.load(opened, allow_pickle=False) as kept:
            return {name: kept[name] for name in _KEPT}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
        return None


_KEPT = ("labels", "terms", "rarity", "weights", "settings", "key", "probe")


def _write(file: Path, arrays: Mapping[str, Matrix]) -> None:
    """Keep it for the next process; a cache that cannot be written is done without."""
    import numpy

    small = {**arrays, "weights": arrays["weights"].astype(numpy.float16)}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".tmp", delete=False) as out:
            numpy.savez_compressed(out, allow_pickle=False, **small)
        os.replace(out.name, file)
    except OSError:
        return
