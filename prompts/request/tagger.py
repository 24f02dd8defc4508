"""Labels of the words of a request, by conditional random fields that come with lsfs.

A linear-chain conditional random field (Lafferty, McCallum and Pereira, "Conditional Random
Fields", 2001) over words or signs, by CRFsuite; scripts/train_slots.py learns them.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path

import pycrfsuite

from lsfs.errors import UnavailableError


class Tagger:
    """Labels sequences. Any thread."""

    def __init__(self, file: Path) -> None:
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(file))
        self._tagging = threading.Lock()

    def tag(self, features: Sequence[Sequence[str]]) -> tuple[list[str], float]:
        """The label of each place, and the probability of them all."""
        if not features:
            return [], 1.0
        known = [[name.encode("utf-8", "replace") for name in names] for names in features]
        with self._tagging:
            labels = self._tagger.tag(known)
            return labels, self._tagger.probability(labels)


@lru_cache(maxsize=4)
def shipped(name: str) -> Tagger:
    """The one of `data/NAME.crf`.

    Raises:
        UnavailableError: it is not there, or damaged.
    """
    file = Path(str(resources.files("lsfs.prompts").joinpath("data"))) / f"{name}.crf"
    try:
        return Tagger(file)
    except (OSError, ValueError) as error:
        raise UnavailableError(f"{file} cannot be read", hint="install lsfs anew") from error
