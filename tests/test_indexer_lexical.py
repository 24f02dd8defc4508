"""Ranking by words where very many passages hold one of them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from indexing import Indexed

from lsfs.indexer import lexical
from lsfs.indexer.connection import Connections
from lsfs.indexer.evidence import Candidate

COMMON = "self return value name type list item data".split()


def test_commonest_words_alone_rank_nothing_where_rarer_ones_are_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is ranked has the score that it has among all, and all that is best is ranked."""
    chance = random.Random(9)
    with Indexed(tmp_path) as home:
        for number in range(60):
            said = [chance.choice(COMMON) for _ in range(30)]
            said += [word for word in ("walrus", "otter") if chance.random() < 0.3]
            chance.shuffle(said)
            home.write(f"{number}.txt", " ".join(said))
        home.settle()
        connection = Connections(home.config.catalog_file).get()

        def best(query: str, limit: int, ranked: int) -> dict[Candidate, float]:
            monkeypatch.setattr(lexical, "RANKED", ranked)
            return lexical.retrieve(connection, query, None, limit).lexical

        for query in ("walrus self return", "walrus otter data data name", "walrus walrus self"):
            whole = best(query, 60, 10**6)
            few = best(query, 5, 40)
            assert list(few) == list(whole)[:5]
            assert list(few.values()) == pytest.approx(list(whole.values())[:5])
            assert set(best(query, 60, 40)) == set(whole)  # rarer ones are not enough
