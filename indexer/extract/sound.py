"""The sound of recordings and films, decoded by FFmpeg (PyAV, the extra `media`), in windows.

FFmpeg reads from the open file alone: formats that name other files or addresses (playlists) are
not among those it may take the file for, and it may open nothing.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    import numpy

HOW_TO_INSTALL = f"install lsfs[media] to have it heard: {sys.prefix}/bin/pip install 'lsfs[media]'"
LONGEST_S, SHORTEST_S, FRAME_S = 30.0, 20.0, 0.1
"""A window ends where it is most quiet, by frames so long, between these."""
SILENT = 1e-3
"""A window whose loudest frame has less than this root mean square (-60 dB) is not listened to."""
_FORMATS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,matroska,webm,mov,mp4,m4a,3gp,3g2,"
    "mj2,mp3,mpeg,mpegts,ogg,tta,voc,w64,wav,wv"
)
_OPTIONS = {"format_whitelist": _FORMATS, "protocol_whitelist": "none"}


class SoundError(ValueError):
    """It cannot be decoded; the message says why."""


@dataclass(frozen=True, slots=True)
class Window:
    """float32 [n] at the rate that was asked for, in -1..1, from so many seconds on."""

    seconds: float
    samples: numpy.ndarray
    is_silent: bool


@lru_cache(maxsize=1)
def is_installed() -> bool:
    """Whether sound can be decoded."""
    return importlib.util.find_spec("av") is not None


class Sound:
    """The first track of sound in an open file. `length_s` is what the file says, None where it
    does not. Raises SoundError, also while its windows are read; a file without sound has none."""

    def __init__(self, file: BinaryIO, rate: int) -> None:
        av = _av()
        self._rate = rate
        self._failure = ""
        self._resampler: Any = None
        self._setup: tuple[str, str, int] | None = None
        try:
            self._container = av.open(
                file, options=_OPTIONS, metadata_errors="replace", io_open=_refuse
            )
        except (av.FFmpegError, ValueError) as error:
            raise SoundError(f"its sound cannot be decoded: {_told(error)}") from error
        self._stream = next(iter(self._container.streams.audio), None)
        told = self._container.duration
        self.length_s = told / av.time_base if told and told > 0 else None

    def close(self) -> None:
        """Free the decoder; the file stays open."""
        self._container.close()

    def windows(self) -> Iterator[Window]:
        """All of it, one after the other: none overlaps another, and nothing is left out. Where a
        window ends nobody speaks, if there is such a moment (as in "cut & merge" of Bain et al.,
        "WhisperX", 2023, but by loudness), so that few words are cut."""
        import numpy

        held = numpy.zeros(0, dtype=numpy.float32)
        at = 0
        for block in self._blocks():
            held = numpy.concatenate([held, block])
            while len(held) > LONGEST_S * self._rate:
                end = self._quietest(held)
                yield self._window(at, held[:end])
                at, held = at + end, held[end:]
        if len(held):
            yield self._window(at, held)
        elif not at and self._failure:
            raise SoundError(f"its sound cannot be decoded: {self._failure}")

    def _blocks(self) -> Iterator[numpy.ndarray]:
        """float32 [n], at least a second but for the last."""
        import numpy

        held: list[numpy.ndarray] = []
        for samples in self._decoded():
            held.append(samples)
            if sum(map(len, held)) >= self._rate:
                yield numpy.concatenate(held)
                held = []
        if held:
            yield numpy.concatenate(held)

    def _decoded(self) -> Iterator[numpy.ndarray]:
        """A packet that is damaged is left out, as players do."""
        av = _av()
        if self._stream is None:
            return
        for packet in self._packets():
            try:
                found = [one for frame in packet.decode() for one in self._resampled(frame)]
            except (av.FFmpegError, ValueError) as error:
                self._failure = _told(error)
                continue
            yield from (one.to_ndarray().reshape(-1) for one in found)
        yield from (one.to_ndarray().reshape(-1) for one in self._rest())

    def _resampled(self, frame: Any) -> list[Any]:
        """Frames as they are wanted. Joined recordings change their channels or rate on the way."""
        rest: list[Any] = []
        setup = frame.format.name, frame.layout.name, frame.sample_rate
        if setup != self._setup:
            rest = self._rest()
            self._resampler = _av().AudioResampler(format="flt", layout="mono", rate=self._rate)
            self._setup = setup
        return [*rest, *self._resampler.resample(frame)]

    def _rest(self) -> list[Any]:
        """What the resampler still holds."""
        return self._resampler.resample(None) if self._resampler else []

    def _packets(self) -> Iterator[Any]:
        av = _av()
        try:
            yield from self._container.demux(self._stream)
        except (av.FFmpegError, ValueError) as error:
            self._failure = _told(error)

    def _window(self, at: int, samples: numpy.ndarray) -> Window:
        loudest = self._loudness(samples).max()
        return Window(at / self._rate, samples, is_silent=not loudest >= SILENT)

    def _quietest(self, samples: numpy.ndarray) -> int:
        """Where to cut: the middle of the quietest frame, the last of those that are as quiet."""
        first, frame = int(SHORTEST_S * self._rate), int(FRAME_S * self._rate)
        loudness = self._loudness(samples[first : int(LONGEST_S * self._rate)])
        chosen = len(loudness) - 1 - int(loudness[::-1].argmin())
        return first + chosen * frame + frame // 2

    def _loudness(self, samples: numpy.ndarray) -> numpy.ndarray:
        """float32: root mean square of each frame; of what is shorter than one, one."""
        import numpy

        frame = max(min(int(FRAME_S * self._rate), len(samples)), 1)
        whole = samples[: math.floor(len(samples) / frame) * frame].reshape(-1, frame)
        found: numpy.ndarray = numpy.sqrt((numpy.nan_to_num(whole) ** 2).mean(axis=1))
        return found


def _av() -> Any:
    """PyAV: imported where sound is decoded, and without its types where it is not installed."""
    return importlib.import_module("av")


def _refuse(url: str, flags: int, options: dict[str, str]) -> Any:
    raise PermissionError(f"{url}: a recording may open no other file")


def _told(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).splitlines()[0].lower()
