"""The reranker: a real cross-encoder, small and untrained, by path as a user would name it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from indexing import Indexed
from models import cross_encoder
from sentence_transformers import CrossEncoder

from lsfs.config import SearchConfig
from lsfs.errors import UnavailableError
from lsfs.indexer import packaged
from lsfs.indexer.embed import has_nvidia_driver
from lsfs.indexer.rerank import Reranker
from lsfs.paths import percent_escaped
from lsfs.plan import Search
from lsfs.records import SearchResult

KINDS = "kernel", "garden", "lentil", "harbour", "violin", "glacier"
TEXTS = {
    f"{KINDS[number % 6]} {number}.txt": f"A report on the {KINDS[number % 6]}, number {number}, of"
    f" which {KINDS[number % 5]} says {'much ' * (number % 7)}."
    for number in range(40)
}
QUERY, COUNT = "report on the garden", 25


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cross_encoder(tmp_path_factory.mktemp("model") / "cross", TEXTS.values())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[Indexed]:
    settings = {
        "reranker": str(model), "rerank_device": "cpu", "rerank_count": COUNT, "rerank_ms": 30_000.0
    }  # fmt: skip
    with Indexed(tmp_path_factory.mktemp("home"), search=settings) as indexed:
        for path, text in TEXTS.items():
            indexed.write(path, text)
        indexed.write("kernel 3.txt", "said twice: " + TEXTS["kernel 0.txt"])
        indexed.write("report \udce9.txt", "A report on the garden, with a name of bytes.")
        indexed.settle()
        yield indexed


def asked(home: Indexed, query: str = QUERY, **fields: Any) -> SearchResult:
    return home.index.search(Search(query=query, limit=100, **fields))


def paths(result: SearchResult) -> list[str]:
    return [hit.path for hit in result.hits]


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "semantic"])
def test_the_first_are_in_the_order_of_the_model(home: Indexed, model: Path, mode: str) -> None:
    plain, found = asked(home, mode=mode, rerank=False), asked(home, mode=mode, explain=True)
    assert found.notices == ()
    named = [percent_escaped(hit.path) for hit in plain.hits[:COUNT]]
    assert "report %E9.txt" in named
    texts = [hit.matches[0].text for hit in plain.hits]
    pairs = [(QUERY, f"{name}\n{text}") for name, text in zip(named, texts, strict=False)]
    scores = CrossEncoder(str(model), device="cpu").predict(pairs, batch_size=4).tolist()
    order = sorted(range(COUNT), key=lambda number: -scores[number])
    assert paths(found)[:COUNT] == [plain.hits[number].path for number in order]
    assert order != sorted(order) and paths(found)[COUNT:] == paths(plain)[COUNT:]
    assert [hit.score for hit in found.hits] == [hit.score for hit in plain.hits]
    for rank, hit in enumerate(found.hits, 1):
        assert hit.explain is not None
        assert hit.explain["rerank_rank"] == (rank if rank <= COUNT else None)
        if rank <= COUNT:
            assert hit.explain["rerank_score"] == pytest.approx(scores[order[rank - 1]], abs=1e-5)


def test_a_file_whose_name_is_asked_for_stays_first(home: Indexed) -> None:
    assert paths(asked(home, "violin 34.txt"))[0] == "violin 34.txt"


def test_another_order_is_not_touched(home: Indexed) -> None:
    for fields in ({"sort": "name"}, {"mode": "semantic", "sort": "newest"}):
        assert paths(asked(home, **fields)) == paths(asked(home, **fields, rerank=False))
    assert asked(home, "?!", explain=True).hits == ()


def opened(**settings: Any) -> Reranker:
    reranker = Reranker(SearchConfig(**{"rerank_device": "cpu", "rerank_ms": 30_000, **settings}))
    after = threading.Event()
    reranker.start(after)
    with pytest.raises(UnavailableError, match="still being loaded"):
        reranker.scores("x", ["y"])
    after.set()
    assert reranker.wait_loaded(120)
    return reranker


PASSAGES = list(TEXTS.values()) * 10


def test_what_is_scored_in_time_counts(model: Path) -> None:
    patient, hasty = opened(reranker=str(model)), opened(reranker=str(model), rerank_ms=60)
    scores = patient.scores(QUERY, PASSAGES)
    assert len(scores) == len(PASSAGES) and patient.scores(QUERY, []) == []
    hasty._model, asked_for = Slow(hasty._model), 0
    while asked_for < 4:
        try:
            some = hasty.scores(QUERY, PASSAGES)
        except UnavailableError as error:
            assert "60 ms" in error.message
            continue
        assert 0 < len(some) < len(PASSAGES) and some == pytest.approx(
            scores[: len(some)], abs=1e-5
        )
        asked_for += 1
    nothing = opened(reranker=str(model), rerank_ms=0.001)
    with pytest.raises(UnavailableError, match=r"no passage was scored within 0.001 ms"):
        nothing.scores(QUERY, PASSAGES)


class Slow:
    """A processor that takes 20 ms a batch, at least."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def predict(self, pairs: Any, **options: Any) -> Any:
        threading.Event().wait(0.02)
        return self.model.predict(pairs, **options)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"reranker": "/nowhere/model"}, "there is no such directory"),
        ({"reranker": "nobody/has-this"}, "search.reranker nobody/has-this: cannot be loaded"),
        ({"reranker": str(packaged.model_directory())}, "not a cross-encoder with one score"),
        ({"reranker": "two labels"}, "not a cross-encoder with one score"),
    ],
)
def test_without_a_model_it_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], told: str
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # no hub to be reached
    if settings["reranker"] == "two labels":
        settings = {"reranker": str(cross_encoder(tmp_path / "two", TEXTS.values(), labels=2))}
    with pytest.raises(UnavailableError, match=told):
        opened(**settings).scores(QUERY, PASSAGES)


@pytest.mark.skipif(has_nvidia_driver(), reason="there is a GPU")
def test_without_a_gpu_it_is_off_unless_the_processor_is_named(model: Path) -> None:
    for device in ("auto", "cuda"):
        with pytest.raises(UnavailableError, match=r"there is no GPU \(search"):
            opened(reranker=str(model), rerank_device=device).scores(QUERY, PASSAGES)


class Full:
    """A device with room for two pairs."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def predict(self, pairs: Any, **options: Any) -> Any:
        import torch

        if len(pairs) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self.model.predict(pairs, **options)


def test_out_of_memory_is_told_and_halves_the_batch(model: Path) -> None:
    reranker = opened(reranker=str(model))
    reranker._model = Full(reranker._model)
    with pytest.raises(UnavailableError, match="no room"):
        reranker.scores(QUERY, PASSAGES[:8])
    assert len(reranker.scores(QUERY, PASSAGES[:8])) == 8


def test_scores_that_are_no_numbers_are_not_used(model: Path) -> None:
    import torch

    reranker = opened(reranker=str(model))
    with torch.no_grad():
        reranker._model.model.classifier.bias.fill_(float("nan"))
    with pytest.raises(UnavailableError, match="no numbers"):
        reranker.scores(QUERY, PASSAGES[:8])


def test_a_search_goes_on_without_it(tmp_path: Path) -> None:
    with Indexed(tmp_path, search={"reranker": "/nowhere/model", "rerank_device": "cpu"}) as home:
        home.write("garden.txt", "A report on the garden.\n")
        home.settle()
        found = asked(home)
        assert paths(found) == ["garden.txt"]
        (notice,) = found.notices
        assert notice.startswith("not reranked: search.reranker /nowhere/model: there is no such")
        assert asked(home, rerank=False).notices == ()
