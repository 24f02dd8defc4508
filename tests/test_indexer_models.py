"""Embedding models of other makers: what they are given to read, and what they can."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest
from indexing import Indexed
from models import embedding_model, sentence_pieces, word_pieces

from lsfs.indexer import packaged, words
from lsfs.indexer.connection import Connections
from lsfs.indexer.embed import TorchModel
from lsfs.indexer.evidence import MIN_COSINE
from lsfs.indexer.upgrade import answering_unlike

ENGLISH = (
    "the report on the garden was written in the evening", "water the tomatoes every morning",
    "a kernel task wakes on an idle core", "she sings in the choir of the old church",
)  # fmt: skip
OTHERS = (
    "отчёт о саде написан вечером", "поливайте помидоры каждое утро",
    "花园的报告是晚上写的", "每天早上给西红柿浇水", "تقرير عن الحديقة كتب في المساء",
    "η αναφορά για τον κήπο γράφτηκε το βράδυ", "บ้านและสวนของเรา",
)  # fmt: skip


@pytest.fixture(scope="module")
def multilingual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "multilingual-e5-tiny"
    return embedding_model(folder, sentence_pieces([*ENGLISH, *OTHERS]))


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "english"
    # BERT's English vocabulary has the letters of many alphabets, and no words of them
    letters = [" ".join(text) for text in OTHERS if not words.is_solid(text)]
    prompts = {"query": "ask: ", "passage": "text: "}
    return embedding_model(folder, word_pieces([*ENGLISH, *letters] * 5), prompts)


def test_each_text_is_read_behind_its_prompt(multilingual: Path, english: Path) -> None:
    for model, query, passage in (
        (TorchModel(str(multilingual), "cpu", 8), "query: ", "passage: "),  # as E5 was trained
        (TorchModel(str(english), "cpu", 8), "ask: ", "text: "),  # as its settings say
        (TorchModel(str(english), "cpu", 8, ("", None)), "", "text: "),  # as given
        (TorchModel(str(english), "cpu", 8, ("q: ", "p: ")), "q: ", "p: "),
    ):
        plain = TorchModel(str(multilingual if query == "query: " else english), "cpu", 8, ("", ""))
        asked, told = model.embed(ENGLISH), model.embed_bulk(ENGLISH)
        assert numpy.allclose(asked, plain.embed([query + text for text in ENGLISH]), atol=1e-5)
        assert numpy.allclose(told, plain.embed([passage + text for text in ENGLISH]), atol=1e-5)
        assert model.fingerprint != plain.fingerprint, "its passages are others"


def test_what_a_family_wants_is_known_by_its_name() -> None:
    from lsfs.indexer.embed import _prompts

    none: dict[str, str] = {"query": "", "document": ""}
    for name, expected in {
        "intfloat/multilingual-e5-small": ("query: ", "passage: "),
        "/models/e5-base-v2": ("query: ", "passage: "),
        "intfloat/multilingual-e5-large-instruct": ("", ""),
        "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2": ("", ""),
        "some/code5-small": ("", ""),
    }.items():
        assert _prompts(none, name, (None, None)) == expected


def test_whether_it_knows_a_writing(multilingual: Path, english: Path) -> None:
    reads_all, reads_one = (TorchModel(str(path), "cpu", 8) for path in (multilingual, english))
    for text in ENGLISH:
        assert reads_all.reads(text) and reads_one.reads(text)
    for text in OTHERS:
        assert reads_all.reads(text), text
        assert not reads_one.reads(text), text
    assert reads_one.reads("") and reads_one.reads("Käse für die Straße")
    assert not reads_all.reads("ქართული ენა"), "of this it has not even the letters"


def test_judging_a_text_changes_nothing_for_the_batch_in_hand(multilingual: Path) -> None:
    """How a tokenizer truncates is a state of it, which every call sets."""
    model = TorchModel(str(multilingual), "cpu", 8)
    embedding = model._model.tokenizer.backend_tokenizer
    model.embed_bulk([" ".join(OTHERS) * 30])
    assert embedding.truncation is not None
    model.reads(OTHERS[0])
    assert embedding.truncation is not None


def test_what_is_unlike_is_as_far_for_every_model(multilingual: Path) -> None:
    """Untrained, and E5 as it is, have nothing below .7."""
    strange = TorchModel(str(multilingual), "cpu", 8)
    usual = TorchModel(str(packaged.model_directory()), "cpu", 8)
    assert strange.unlike > 0.3
    assert usual.unlike == pytest.approx(MIN_COSINE, abs=0.1)


def test_a_model_by_configuration_finds_what_is_written_in_its_languages(
    tmp_path: Path, multilingual: Path
) -> None:
    with Indexed(tmp_path, model=str(multilingual)) as home:
        for number, text in enumerate((*ENGLISH, *OTHERS)):
            home.write(f"{number}.txt", text)
        home.settle()
        assert home.rows("SELECT count(DISTINCT model), count(*) FROM vectors") == [(1, 11)]
        connection = Connections(home.config.catalog_file).get()
        assert answering_unlike(connection) > 0.3  # what topics go by
        connection.close()
        for number, text in enumerate((*ENGLISH, *OTHERS)):
            assert home.found(text, mode="lexical")[0] == f"{number}.txt"
            assert f"{number}.txt" in home.found(text)  # where it stands is the model's say
