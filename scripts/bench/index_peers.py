"""Index passages with another project's pipeline: run by index.py, in an environment with both.

    python index_peers.py (chromadb|txtai) MODEL_DIR PASSAGES.json

chromadb gets a SentenceTransformer of the packaged model (fp32), as its default path gives every
text to MiniLM; txtai gets the same directory. Both are given the passages, and many at a time;
neither reads a file. Prints JSON: seconds to be ready to start, seconds to be searchable, and what
a question finds.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

AT_ONCE = 256


def with_chromadb(model: str, passages: list[str], folder: str) -> Callable[[str], int]:
    """A collection on disk."""
    import chromadb
    from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

    client = chromadb.PersistentClient(folder, chromadb.Settings(anonymized_telemetry=False))
    embed = SentenceTransformerEmbeddingFunction(model_name=model)
    collection = client.create_collection("passages", embedding_function=embed)
    ready()
    for start in range(0, len(passages), AT_ONCE):
        part = passages[start : start + AT_ONCE]
        collection.add(ids=[str(start + i) for i in range(len(part))], documents=part)
    return lambda query: int(collection.query(query_texts=[query], n_results=1)["ids"][0][0])


def with_txtai(model: str, passages: list[str], folder: str) -> Callable[[str], int]:
    """An index of words and vectors with its texts, as txtai calls hybrid."""
    from txtai import Embeddings

    embeddings = Embeddings(path=model, content=True, hybrid=True)
    ready()
    embeddings.index(enumerate(passages))
    embeddings.save(os.path.join(folder, "index"))
    return lambda query: int(embeddings.search(query, 1)[0]["id"])


def ready() -> None:
    """Imports and the model's load are done."""
    moments.append(time.perf_counter())


moments: list[float] = []


def main() -> None:
    """Index and answer."""
    began = time.perf_counter()
    peer, model, file = sys.argv[1:]
    passages: list[str] = json.loads(Path(file).read_text(encoding="utf-8"))
    index = {"chromadb": with_chromadb, "txtai": with_txtai}[peer]
    with tempfile.TemporaryDirectory(prefix="lsfs-bench-") as folder:
        search = index(model, passages, folder)
        done = time.perf_counter()
        sought = len(passages) // 2
        found = search(passages[sought])
        if passages[found] != passages[sought]:
            raise SystemExit(f"{peer} finds passage {found} for the text of {sought}")
    print(json.dumps({"ready_s": moments[0] - began, "index_s": done - moments[0]}))


if __name__ == "__main__":
    main()
