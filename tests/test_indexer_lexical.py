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


def test_what_says_a_part_and_the_other_words_is_found_among_many_parts(tmp_path: Path) -> None:
    """It is not of the first passages with the part; a filter changes no score."""
    with Indexed(tmp_path) as home:
        for number in range(12):
            home.write(f"a{number:02}.txt", f"the gatewayservice of department {number} was sent")
        for number in range(4):
            home.write(f"b{number}.txt", f"otter number {number} swims")
        for number in range(40):
            home.write(f"c{number:02}.txt", f"some text {number} about nothing")
        home.settle()
        home.write("z.txt", "an otter looks at the gatewayservice")
        home.settle()
        ((entry,),) = home.rows("SELECT id FROM entries WHERE path = CAST('z.txt' AS BLOB)")
        connection = Connections(home.config.catalog_file).get()
        among_all = lexical.retrieve(connection, "gateway otter", None, 5).lexical
        alone = lexical.retrieve(connection, "gateway otter", [entry], 5).lexical
        (candidate,) = alone
        assert next(iter(among_all)) == candidate
        assert among_all[candidate] == pytest.approx(alone[candidate])


def test_what_is_indexed_during_a_search_breaks_no_weight(tmp_path: Path) -> None:
    with Indexed(tmp_path) as home:
        home.write("first.txt", "The zeppelin waits in its hangar.")
        home.settle()
        table = lexical._Table(Connections(home.config.catalog_file).get(), "passages")
        for number in range(9):
            home.write(f"{number}.txt", f"The zeppelin number {number} flies.")
        home.settle()
        found = table.count('"zeppelin"')
        assert found == table.rows == 1
        assert table.smoothed_weight(found) > 0 <= table.weight(found)
