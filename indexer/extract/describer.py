"""The model that says what a picture shows or what a recording says, in a process that has one.

State of the process: without `load` nothing is described. What a model says of a file is text like
the file's own: data, acted upon by nobody.
"""

from __future__ import annotations

import logging
import os
import resource
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from lsfs.errors import ConfigurationError, LsfsError

from .extracted import Extracted, Span
from .source import Source

log = logging.getLogger(__name__)

_T = TypeVar("_T")


class DescribeError(RuntimeError):
    """The model failed over a file; the message says how. Nothing is known of its state."""


class Describer(Protocol):
    """A loaded model."""

    def describe(self, source: Source) -> tuple[list[Span], str | None]:
        """What it says of a file of its types, and why that is not all, or nothing.

        Raises:
            DescribeError: the model failed.
        """
        ...


_describer: Describer | None = None
_types: frozenset[str] = frozenset()


def load(setting: str, model: str, device: str) -> None:
    """Load the model that a setting names, and try it.

    Raises:
        ConfigurationError: it cannot be loaded, or is not of the kind that the setting wants.
    """
    global _describer, _types  # one model, one process
    if os.path.isabs(model) and not os.path.isdir(model):
        raise ConfigurationError(f"{setting} {model}: there is no such directory")
    try:
        from transformers.utils import logging as of_transformers

        of_transformers.disable_progress_bar()  # type: ignore[no-untyped-call]
        if setting == "indexer.captioner":
            from .captioner import Captioner

            _describer, _types = Captioner(model, device), frozenset({"image"})
        else:
            from .transcriber import Transcriber

            _describer, _types = Transcriber(model, device), frozenset({"audio", "video"})
    except LsfsError as error:
        raise ConfigurationError(f"{setting} {model}: {error.message}") from error
    except Exception as error:  # outer door: whatever a library says of a model is the reason
        log.exception("%s %s", setting, model)
        told = " ".join(str(error).split())[:200] or type(error).__name__
        raise ConfigurationError(f"{setting} {model}: cannot be loaded: {told}") from error


def described(source: Source, extracted: Extracted) -> Extracted:
    """The same with what the model says behind what the file says."""
    if _describer is None or extracted.type not in _types:
        return extracted
    source.file.seek(0)
    spans, reason = _describer.describe(source)
    if spans:  # also of what nothing else reads
        known = extracted.reason if extracted.status == "ok" else None
        spans = [*extracted.spans, *spans]
        return replace(extracted, spans=tuple(spans), reason=reason or known, status="ok")
    says_nothing = reason and not any(span.text.strip() for span in extracted.spans)
    status = "failed" if says_nothing and extracted.status == "ok" else extracted.status
    return replace(extracted, reason=extracted.reason or reason, status=status)


class OnDevice:
    """A torch model, in half precision where it is on a GPU; on the CPU from the moment on when the
    GPU has no room for it. `model` is exchanged then."""

    def __init__(self, load: Callable[[Any], Any], device: str) -> None:
        import torch

        self.device = device
        try:
            self.model = self._on(device, load(torch.float32 if device == "cpu" else torch.float16))
        except torch.OutOfMemoryError:
            if device == "cpu":
                raise
            self.model = None
        if self.model is None:  # not while the exception holds what did not fit
            log.warning("the GPU has no room for the model: using the CPU")
            self.device = "cpu"
            self.model = self._on("cpu", load(torch.float32))

    @staticmethod
    def _on(device: str, model: Any) -> Any:
        return model.to(device).eval()

    def run(self, act: Callable[[], _T]) -> _T:
        """What `act` makes of the model.

        Raises:
            DescribeError: it failed.
        """
        import torch

        try:
            with torch.inference_mode():
                return act()
        except torch.OutOfMemoryError as error:
            if self.device == "cpu":
                raise DescribeError("the model has not enough memory") from error
        except MemoryError:
            raise
        except Exception as error:
            log.exception("the model failed")
            told = " ".join(str(error).split())[:200]
            raise DescribeError(f"the model failed: {type(error).__name__}: {told}") from error
        log.warning("the GPU is out of memory: using the CPU")
        _make_room(6 * sum(one.numel() for one in self.model.parameters()))
        self.device, self.model = "cpu", self.model.to("cpu").float()
        torch.cuda.empty_cache()
        return self.run(act)


def _make_room(size_bytes: int) -> None:
    """The model comes from the GPU: what the files may take stays what it was."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY:
        limit_address_space(soft + size_bytes, hard)


def limit_address_space(soft_bytes: int, hard_bytes: int) -> None:
    """As far as whoever started this process lets it (`ulimit -v`)."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY:
        soft_bytes = min(soft_bytes, most)
        hard_bytes = most if hard_bytes == resource.RLIM_INFINITY else min(hard_bytes, most)
    resource.setrlimit(resource.RLIMIT_AS, (soft_bytes, hard_bytes))
