"""Index texts with another project's pipeline and ask it: run by peers.py, in an environment with
both.

    python peer_pipelines.py (chromadb|txtai|txtai-hybrid) MODEL_DIR GIVEN.json ANSWER.json

chromadb gets a SentenceTransformer of the packaged model (fp32), as its default path gives every
text to MiniLM; txtai gets the same directory, stores the texts, and as txtai-hybrid indexes their
words as well. Both are given the texts, and many at a time; neither reads a file.

GIVEN: `texts`, `questions`, `limit`, how many texts a question asks for, and `timed`, questions
that are asked once more. ANSWER: `ready_s`, seconds until imports and the model's load are done,
`index_s`, seconds from then on until all is searchable, `ranked`, for each question the numbers of
the texts it finds, best first, and `ms`, how long each of `timed` took.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

AT_ONCE = 256

Ask = Callable[[str, int], list[int]]
"""A question and how many texts it asks for -> their numbers."""


def with_chromadb(model: str, texts: list[str], folder: str) -> Ask:
    """A collection on disk."""
    import chromadb
    from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

    client = chromadb.PersistentClient(folder, chromadb.Settings(anonymized_telemetry=False))
    embed = SentenceTransformerEmbeddingFunction(model_name=model)
    collection = client.create_collection("texts", embedding_function=embed)
    ready()
    for start in range(0, len(texts), AT_ONCE):
        part = texts[start : start + AT_ONCE]
        collection.add(ids=[str(start + i) for i in range(len(part))], documents=part)

    def ask(question: str, limit: int) -> list[int]:
        found = collection.query(query_texts=[question], n_results=min(limit, len(texts)))
        return [int(id_) for id_ in found["ids"][0]]

    return ask


def with_txtai(model: str, texts: list[str], folder: str, *, hybrid: bool = False) -> Ask:
    """An index of vectors with its texts; `hybrid`, as txtai calls it, also of words."""
    from txtai import Embeddings

    embeddings = Embeddings(path=model, content=True, hybrid=hybrid)
    ready()
    embeddings.index(enumerate(texts))
    embeddings.save(os.path.join(folder, "index"))
    return lambda question, limit: [int(hit["id"]) for hit in embeddings.search(question, limit)]


PIPELINES: dict[str, Callable[[str, list[str], str], Ask]] = {
    "chromadb": with_chromadb,
    "txtai": with_txtai,
    "txtai-hybrid": functools.partial(with_txtai, hybrid=True),
}


def ready() -> None:
    """Imports and the model's load are done."""
    moments.append(time.perf_counter())


moments: list[float] = []


def main() -> None:
    """Index and answer."""
    began = time.perf_counter()
    peer, model, given_file, answer_file = sys.argv[1:]
    given = json.loads(Path(given_file).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as folder:
        ask = PIPELINES[peer](model, given["texts"], folder)
        done = time.perf_counter()
        ranked = [ask(question, given["limit"]) for question in given["questions"]]
        times_ms = []
        for question in given["timed"]:
            asked = time.perf_counter()
            ask(question, given["limit"])
            times_ms.append((time.perf_counter() - asked) * 1000)
    answer = {
        "ready_s": moments[0] - began, "index_s": done - moments[0],
        "ranked": ranked, "ms": times_ms,
    }  # fmt: skip
    Path(answer_file).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main()
