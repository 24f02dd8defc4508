"""A model on a GPU, as far as it can be tried without one: batches, turns, and what happens when
its memory is full. The model is real and lies in the computer's own memory; what a GPU would say is
said by a wrapper around its `encode`."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from typing import Any

import numpy
import pytest

from lsfs.indexer import embed, packaged
from lsfs.indexer.embed import TorchModel, fitting_batch

TEXTS = [f"text {number} about bread and " + "butter " * (number % 40) for number in range(50)]


class Full:
    """A device on which batches larger than `most` do not fit; its log of batches."""

    def __init__(self, model: Any, most: int) -> None:
        self.model = model
        self.most = most
        self.on_gpu = True
        self.batches: list[list[str]] = []
        self.began = threading.Event()
        self.goes_on = threading.Event()
        self.goes_on.set()

    def encode(self, texts: list[str], batch_size: int, **options: Any) -> Any:
        import torch

        self.batches.append(list(texts))
        self.began.set()
        assert self.goes_on.wait(60)
        if self.on_gpu and min(batch_size, len(texts)) > self.most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self.model.encode(texts, batch_size=batch_size, **options)

    def float(self) -> Full:
        self.model.float()
        return self

    def to(self, device: str) -> Full:
        self.on_gpu = device != "cpu"
        return self


@pytest.fixture(scope="module")
def loaded() -> TorchModel:
    return TorchModel(str(packaged.model_directory()), "cpu", 8)


@pytest.fixture
def model(loaded: TorchModel) -> Iterator[TorchModel]:
    """As it would be on a GPU with room for batches of sixteen."""
    own = loaded._model
    loaded._device, loaded._batch_size = "cuda", 16
    yield loaded
    loaded._model, loaded._device, loaded._batch_size = own, "cpu", 8


@pytest.fixture(scope="module")
def expected(loaded: TorchModel) -> numpy.ndarray:
    return loaded.embed(TEXTS)


def full(model: TorchModel, most: int) -> Full:
    wrapped = Full(model._model, most)
    model._model = wrapped
    return wrapped


def test_out_of_memory_halves_the_batch(expected: numpy.ndarray, model: TorchModel) -> None:
    device = full(model, 5)
    assert (model.embed_bulk(TEXTS) * expected).sum(axis=1).min() > 0.9999
    assert device.on_gpu and model._batch_size == 4
    assert model.bulk == packaged.PackagedModel.bulk


def test_at_one_text_a_batch_the_cpu_goes_on(expected: numpy.ndarray, model: TorchModel) -> None:
    device = full(model, 0)
    assert (model.embed_bulk(TEXTS) * expected).sum(axis=1).min() > 0.9999
    assert not device.on_gpu and (model._device, model._batch_size) == ("cpu", 8)


def test_a_cpu_without_memory_is_an_error_and_no_endless_loop(model: TorchModel) -> None:
    import torch

    device = full(model, 0)
    model._device = "cpu"
    with pytest.raises(torch.OutOfMemoryError):
        model.embed(["bread"])
    device.on_gpu = False
    assert model.embed(["bread"]).shape == (1, 384)  # and nobody waits for that turn


def test_texts_of_like_length_go_together(expected: numpy.ndarray, model: TorchModel) -> None:
    device = full(model, 100)
    model.embed_bulk(TEXTS)
    lengths = [[len(text) for text in batch] for batch in device.batches]
    assert [len(batch) for batch in lengths] == [16, 16, 16, 2]
    assert all(min(one) >= max(other) for one, other in itertools.pairwise(lengths))


def test_a_query_goes_before_the_batches_that_wait(
    expected: numpy.ndarray, model: TorchModel
) -> None:
    device = full(model, 100)
    device.goes_on.clear()
    bulk = threading.Thread(target=model.embed_bulk, args=(TEXTS,))
    bulk.start()
    assert device.began.wait(60)
    query = threading.Thread(target=model.embed, args=(["a question"],))
    query.start()
    while not model._awaited:
        pass
    device.goes_on.set()
    query.join(60)
    bulk.join(60)
    assert device.batches[1] == ["a question"] and len(device.batches) == 5


def test_batches_fit_the_memory_there_is() -> None:
    large, small = (fitting_batch(free, 256, 384, 12) for free in (24 << 30, 256 << 20))
    assert large == embed.MOST_AT_ONCE and 8 <= small < 32
    assert fitting_batch(0, 512, 1024, 16) == 1
    assert fitting_batch(8 << 30, 512, 1024, 16) < fitting_batch(8 << 30, 256, 384, 12)


def test_a_model_has_one_fingerprint_on_every_device(loaded: TorchModel) -> None:
    before = embed._weights_identity(loaded._model)
    try:
        loaded._model.half()
        assert embed._weights_identity(loaded._model) != before  # so it is taken before
    finally:
        loaded._model.float()
