"""What recordings say, window by window: any automatic-speech-recognition model of transformers
(Whisper, Wav2Vec2 and others with CTC)."""

from __future__ import annotations

import os
import zlib
from typing import Any

from lsfs.errors import UnavailableError
from lsfs.hub import local_first
from lsfs.records import Place
from lsfs.times import clock

from . import deadline, sound
from .describer import OnDevice
from .extracted import Span
from .source import Source

REPETITIVE = 2.4
"""What can be compressed to less than one in so many is no speech: a model that hears none says a
word over and over (Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision",
2022, 4.5)."""


class Transcriber:
    """Implements `describer.Describer`."""

    def __init__(self, name: str, device: str) -> None:
        if not sound.is_installed():
            raise UnavailableError(f"no recording can be decoded: {sound.HOW_TO_INSTALL}")
        import numpy
        from transformers import pipeline

        made: list[Any] = []

        def load(dtype: Any) -> Any:
            def make(is_local: bool) -> Any:
                where = _downloaded(name) if is_local else name
                task: Any = "automatic-speech-recognition"
                return pipeline(task, where, device="cpu", dtype=dtype)

            made[:] = [local_first(name, make)]
            return made[0].model

        self._on = OnDevice(load, device)
        self._pipeline = made[0]
        self.rate = int(self._pipeline.feature_extractor.sampling_rate)
        noise = numpy.random.default_rng(0).normal(0, 0.1, int(sound.LONGEST_S) * self.rate)
        self._heard(noise.astype(numpy.float32))  # what it needs is loaded then

    def describe(self, source: Source) -> tuple[list[Span], str | None]:
        """See `describer.Describer`: a span a window, as far as time allows."""
        try:
            track = sound.Sound(source.file, self.rate)
        except sound.SoundError as error:
            return [], str(error)
        spans: list[Span] = []
        try:
            for window in track.windows():
                if deadline.has_passed():
                    return spans, _told(window.seconds, track.length_s)
                said = "" if window.is_silent else self._heard(window.samples)
                if said:
                    spans.append(Span(said, Place(seconds=round(window.seconds, 1))))
        except sound.SoundError as error:
            return spans, str(error)
        finally:
            track.close()
        return spans, None

    def _heard(self, samples: Any) -> str:
        import numpy

        if len(samples) < self.rate:  # less than some models can take
            samples = numpy.pad(samples, (0, self.rate - len(samples)))
        said = " ".join(self._on.run(lambda: self._said(samples)).split())
        packed = len(zlib.compress(said.encode()))
        return "" if len(said.encode()) > REPETITIVE * packed else said

    def _said(self, samples: Any) -> str:
        import torch

        self._pipeline.model, self._pipeline.device = self._on.model, torch.device(self._on.device)
        said = self._pipeline({"raw": samples, "sampling_rate": self.rate})
        return str(said["text"])


def _downloaded(name: str) -> str:
    """The directory of a model. (A pipeline would hand `local_files_only` on to the model.)

    Raises:
        OSError: it was not downloaded.
    """
    from huggingface_hub import try_to_load_from_cache

    if os.path.isdir(name):
        return name
    settings = try_to_load_from_cache(name, "config.json")
    if not isinstance(settings, str):
        raise OSError("it was not downloaded, and the hub cannot be reached")
    return os.path.dirname(settings)


def _told(done_s: float, length_s: float | None) -> str:
    of = f" of {clock(length_s)}" if length_s else ""
    return f"only the first {clock(done_s)}{of} are transcribed"
