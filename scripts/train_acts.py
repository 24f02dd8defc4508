"""Learns the examples of what is likely meant: `python scripts/train_acts.py`.

Writes lsfs/prompts/data/acts.en.npz, acts.zh.npz and stories.en.npz, so that the first request of a
machine needs no training. To be run after a change of the examples (`examples.en.toml`,
`acts.*.toml`, `marked.en.txt`, `stories.en.toml`), of the hints (`words.toml`), or of how they are
learnt; tests/test_prompts_likely.py says when it was forgotten.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from judged_requests import PackagedEmbedder

from lsfs.prompts.intents import CHINESE, LIKELY, STORIES, IntentClassifier

DATA = Path(__file__).resolve().parents[1] / "lsfs" / "prompts" / "data"


def main() -> None:
    embedder = PackagedEmbedder()
    for learning in (LIKELY, CHINESE, STORIES):
        file = DATA / str(learning.shipped)
        IntentClassifier(embedder, None, learning).save(file)
        print(f"{file.name}: {len(learning.examples())} examples, {file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
