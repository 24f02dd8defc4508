"""Search through the real worker over a real folder."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from indexing import DRAIN_S, Indexed

from lsfs.errors import MissingPathError, UsageError
from lsfs.indexer import retrieval, search
from lsfs.indexer.client import WorkerIndex
from lsfs.indexer.connection import Connections
from lsfs.plan import Search, Similar
from lsfs.records import SearchResult
from lsfs.selector import Filters, SearchMode

ODD_NAME = os.fsdecode(b"caf\xe9 menu.txt")
TEXTS = {
    "notes/scheduling.md": "# Wakeup latency\n\nThe kernel puts a waking task on an idle core.\n\n"
    "## Numbers\n\nWorst case was 4 ms on the busy machine.\n",
    "notes/soup.txt": "Lentil soup\n\nWash the lentils, fry an onion with cumin, simmer.\n",
    "notes/bread.txt": "Feed the sourdough starter with flour and water the evening before.\n",
    "work/Budget2024Final.csv": "item,amount\nrent,900\ngroceries,310\n",
    "work/会议记录.md": "# 会议\n\n预算已经批准，下次会议讨论机器学习的进展。\n",
    "work/probe.py": "def measure_latency():\n    return 42\n",
    ODD_NAME: "Coffee, cake and a glass of wine.\n",
}
OLD = datetime(2020, 5, 1, tzinfo=timezone.utc).timestamp()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Indexed]:
    with Indexed(tmp_path_factory.mktemp("home")) as indexed:
        for path, text in TEXTS.items():
            indexed.write(path, text, mtime=OLD if "soup" in path else None)
        indexed.write("node_modules/x/readme.md", "kernel kernel kernel")
        indexed.write(".env", "TOKEN=hunter2")
        indexed.settle()
        yield indexed


def test_by_words_and_by_meaning(home: Indexed) -> None:
    assert home.found("kernel idle core")[0] == "notes/scheduling.md"
    assert home.found("how do I bake a loaf", mode="semantic")[0] == "notes/bread.txt"
    assert home.found("how do I bake a loaf", mode="hybrid")[0] == "notes/bread.txt"
    assert home.found("how do I bake a loaf", mode="lexical") == []


@pytest.mark.parametrize(
    ("query", "weak"),
    [
        ("how do I bake a loaf", False),
        ("kernel idle core", False),
        ("probe.py", False),
        ("sewing a wedding dress in the evening", True),
        ("blorptang fizzlewick", True),
        ("kernel idle core CVE-2021-44228", True),  # a number is meant exactly, or not at all
        ('hunting season "busy machine"', False),  # it holds what it had to
        ("hunting season ext:md +kernel", False),
        ("ext:md", False),
        ("机器学习的进展", False),
        ("驾驶执照的考试，机器", True),
    ],
)
def test_whether_anything_is_clearly_about_it(home: Indexed, query: str, weak: bool) -> None:
    found = home.index.search(Search(query=query))
    assert found.hits
    assert found.weak is weak
    assert (search.NOT_CLEAR in found.notices) is weak


def test_what_is_only_near_is_left_out_where_that_is_asked_for(home: Indexed) -> None:
    def asked(query: str, **fields: Any) -> SearchResult:
        return home.index.search(Search(query=query, **fields))

    query, cooking_of = "how a kernel puts a busy core to idle", "cooking on a busy machine"
    every, clear = asked(query), asked(query, clear=True)
    assert 0 < len(clear.hits) < len(every.hits) and not clear.weak
    scores = {hit.path: hit.score for hit in every.hits}
    assert all(scores[hit.path] == hit.score for hit in clear.hits)
    assert asked("hunting season", clear=True).hits == ()
    assert asked("hunting season", clear=True).weak
    assert asked("hunting season +kernel", clear=True).hits
    cooking = asked(cooking_of, containing="lentils")
    assert cooking.hits == asked(cooking_of, containing="lentils", clear=True).hits != ()
    assert asked("ext:md", clear=True).hits == asked("ext:md").hits


def test_each_mode_knows_what_is_only_nearest(home: Indexed) -> None:
    asked: list[tuple[str, SearchMode, bool]] = [
        ("how do I bake a loaf", "semantic", False),
        ("deliver a parcel to the embassy of Canada", "semantic", True),
        ("worst case of the kernel", "lexical", False),
        ("idle blorptang fizzlewick zzyzx qwertz yonderly asdf", "lexical", True),
    ]
    for query, mode, weak in asked:
        found = home.index.search(Search(query=query, mode=mode))
        assert found.hits and found.weak is weak, (query, mode)
    assert not home.index.search(Search(query="blorptang fizzlewick", mode="lexical")).weak
    assert not home.index.search(Search(query="wild boar", containing="lentils")).weak
    assert not home.index.similar(Similar(path="notes/soup.txt", limit=3)).weak


@pytest.mark.parametrize("gone", ["e.path = CAST('notes/soup.txt' AS BLOB)", "true"])
def test_what_has_no_vector_yet_is_judged_by_its_words(folder: Indexed, gone: str) -> None:
    query = "simmer cumin lentils embassy parcel Canada"
    assert folder.index.search(Search(query="deliver a parcel to the embassy of Canada")).weak
    with sqlite3.connect(folder.config.catalog_file) as connection:
        connection.execute(
            "DELETE FROM vectors WHERE chunk IN (SELECT c.id FROM chunks c"
            f" JOIN entries e ON e.id = c.entry WHERE {gone})"
        )
    connection.close()
    folder.index.close()
    folder.index = WorkerIndex(folder.config)  # it reads the vectors when it starts
    folder.index.drain(timeout_s=DRAIN_S)
    found = folder.index.search(Search(query=query))
    assert "notes/soup.txt" in [hit.path for hit in found.hits[:3]] and not found.weak


def test_a_hit_shows_its_place_and_why(home: Indexed) -> None:
    result = home.index.search(Search(query="busy machine worst case", explain=True))
    best = result.hits[0]
    assert best.path == "notes/scheduling.md" and 0 < best.score <= 1
    place = best.matches[0].place
    assert (place.line_from, place.line_to) == (1, 7)
    assert best.explain is not None and best.explain["lexical_rank"] == 1
    assert result.coverage.entries == result.coverage.indexed == len(TEXTS)
    assert result.coverage.embedded == len(TEXTS) and result.coverage.pending == 0


@pytest.mark.parametrize("mode", ["lexical", "hybrid"])
def test_chinese_is_found_without_a_model_for_it(home: Indexed, mode: str) -> None:
    assert home.found("机器学习", mode=mode) == ["work/会议记录.md"]


def test_names_are_found(home: Indexed) -> None:
    assert home.found("budget final", mode="lexical")[0] == "work/Budget2024Final.csv"
    assert ODD_NAME in home.found("menu")


@pytest.mark.parametrize("mode", ["lexical", "hybrid"])
def test_a_file_is_found_by_its_name_first(tmp_path: Path, mode: str) -> None:
    names = ["about.md", "id_rsa", "paper/vodafone.xlsx", "vodafone.txt", "Taxes 2024.ods"]
    with Indexed(tmp_path) as home:
        for name in names:
            home.write(name, "Nothing that is said here matters.\n")
        home.write("Budget 2024.ods", "Nor here.\n")
        for number in range(120):
            home.write(f"many/{number}.md", f"{' and '.join(names)}, note {number}\n")
        home.settle()
        for query, first in {
            "about.md": "about.md", "About": "about.md", "id_rsa": "id_rsa",
            "where is vodafone.xlsx": "paper/vodafone.xlsx", "paper/Vodafone.xlsx":
            "paper/vodafone.xlsx", "taxes 2024": "Taxes 2024.ods",
            "vodaf": "vodafone.txt",
        }.items():  # fmt: skip
            assert home.found(query, mode=mode)[0] == first, query


@pytest.mark.parametrize("mode", ["lexical", "hybrid"])
def test_words_that_all_names_have_are_found(tmp_path: Path, mode: str) -> None:
    """They tell nothing apart, and so weigh nothing; they are found all the same."""
    with Indexed(tmp_path) as home:
        home.write("pelican one.bin", b"\0\1\2")
        home.settle()
        assert home.found("pelican", mode=mode) == ["pelican one.bin"]
        home.write("pelican two.bin", b"\0\1\3")
        home.settle()
        assert set(home.found("pelican", mode=mode)) == {"pelican one.bin", "pelican two.bin"}


@pytest.mark.parametrize("mode", ["lexical", "semantic", "hybrid"])
def test_as_many_are_found_as_are_asked_for(tmp_path: Path, mode: str) -> None:
    """More files than candidates, most of them with more passages than one."""
    count = retrieval.CANDIDATES + 20
    with Indexed(tmp_path) as home:
        for number in range(count):
            text = f"The wallaby, a marsupial, report {number}.\n"
            home.write(f"{number}.txt", text * (60 if number < 10 else 1))
        home.settle()
        assert len(home.found("marsupial", mode=mode, limit=1000)) == count
        assert len(home.found("marsupial", mode=mode, limit=110)) == 110


@pytest.mark.parametrize(
    "query",
    [
        '"',
        'a "b',
        "AND OR NOT",
        "NEAR(a b",
        "x*",
        "col:val",
        "(((",
        "a-b ^c",
        "notes/",
        "'; DROP",
        "\0",
    ],
)
@pytest.mark.parametrize("mode", ["lexical", "semantic", "hybrid"])
def test_no_query_is_a_syntax_error(home: Indexed, query: str, mode: str) -> None:
    home.found(query, mode=mode)


def test_punctuation_alone_finds_nothing(home: Indexed) -> None:
    assert home.found("?!...") == []


def test_stop_words_alone_are_words(home: Indexed) -> None:
    assert home.found("the of with", mode="lexical")


def test_nothing_to_search_for_is_an_error(home: Indexed) -> None:
    with pytest.raises(UsageError):
        home.found("   ")


def test_filters_come_before_the_cut(tmp_path: Path) -> None:
    """One faint candidate among hundreds of better ones: only a filter applied first finds it."""
    with Indexed(tmp_path) as home:
        for number in range(220):
            home.write(f"many/{number}.txt", f"kernel scheduling kernel scheduling, note {number}")
        home.write(
            "few/one.log", "something about a kernel in a long text of other things", mtime=OLD
        )
        home.settle()
        for mode in ("lexical", "semantic", "hybrid"):
            assert home.found("kernel scheduling", mode=mode, under="few") == ["few/one.log"]
            assert home.found("kernel scheduling", mode=mode, extensions=["log"]) == ["few/one.log"]
        before = datetime(2021, 1, 1, tzinfo=timezone.utc)
        assert home.found("kernel scheduling", before=before) == ["few/one.log"]


def test_each_filter(home: Indexed) -> None:
    cut = datetime(2021, 1, 1, tzinfo=timezone.utc)
    assert home.found(before=cut) == ["notes/soup.txt"]
    assert "notes/soup.txt" not in home.found(after=cut)
    assert home.found(types=["code"]) == ["work/probe.py"]
    assert home.found(types=["spreadsheet"]) == ["work/Budget2024Final.csv"]
    assert home.found(name="*udget*") == ["work/Budget2024Final.csv"]
    assert set(home.found(path="notes/*.txt")) == {"notes/soup.txt", "notes/bread.txt"}
    assert home.found(path="**/probe.py") == ["work/probe.py"]
    assert home.found(path="*.py") == []
    sizes = {path: len(text.encode()) for path, text in TEXTS.items()}
    smallest = min(sizes.values())
    assert sizes[ODD_NAME] == smallest and home.found(size_max=smallest, name="c*") == [ODD_NAME]
    assert home.found(size_min=max(sizes.values())) == ["notes/scheduling.md"]
    assert home.found(under="notes", sort="name")[0] == "notes/bread.txt"
    assert home.found(under="note") == []
    assert home.found(sort="oldest", under="notes")[0] == "notes/soup.txt"
    assert len(home.found(under="notes", limit=2)) == 2


def test_an_order_alone_is_of_all(home: Indexed) -> None:
    """ "What are the five biggest files" had "nothing to search for"."""
    sizes = [(home.core.root / path).stat().st_size for path in home.found(sort="largest", limit=5)]
    assert len(sizes) == 5 and sizes == sorted(sizes, reverse=True)
    with pytest.raises(UsageError, match="nothing to search for"):
        home.found()


def test_a_pattern_that_is_none_is_told(home: Indexed) -> None:
    for field in ("path", "name"):
        with pytest.raises(UsageError, match=r"\[z-a\]\*: not a pattern"):
            home.found(**{field: "[z-a]*"})


def test_containing_is_exact_but_for_case_and_breaks(home: Indexed) -> None:
    assert home.found(containing="WORST CASE was") == ["notes/scheduling.md"]
    assert home.found(containing="lentil soup wash the") == ["notes/soup.txt"]
    assert home.found(containing="bUdGeT2024") == ["work/Budget2024Final.csv"]
    assert home.found(containing="worst case is") == []
    assert home.found("kernel", containing="onion") == []


def test_what_is_excluded_keeps_its_name_alone(home: Indexed) -> None:
    assert "node_modules/x/readme.md" not in home.found("kernel", mode="lexical")
    assert home.found("hunter2", mode="lexical") == []
    assert home.index.text(".env") == []
    assert ".env" not in [path for path, _, _ in home.index.failed()]


@pytest.mark.parametrize("mode", ["lexical", "semantic", "hybrid"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kernel +latency", {"notes/scheduling.md", "work/probe.py"}),
        ("+latency -kernel", {"work/probe.py"}),
        ("+latencies", {"notes/scheduling.md", "work/probe.py"}),
        ('"worst CASE was"', {"notes/scheduling.md"}),
        ('food "with cumin"', {"notes/soup.txt"}),
        ('"sure_laten"', {"work/probe.py"}),
        ('+starter -"with cumin" in:notes -ext:md', {"notes/bread.txt"}),
        ("latency ext:py", {"work/probe.py"}),
        ("soup before:2021-01-01T00:00:00+00:00", {"notes/soup.txt"}),
        ("type:spreadsheet", {"work/Budget2024Final.csv"}),
        ("-name:*.txt -in:work in:notes", {"notes/scheduling.md"}),
        ("+nothinglikeit kernel", set()),
        ("+预算", {"work/会议记录.md"}),
    ],
)  # fmt: skip
def test_signs(home: Indexed, query: str, expected: set[str], mode: str) -> None:
    assert set(home.found(query, mode=mode)) == expected


def test_files_that_say_the_same_are_folded(tmp_path: Path) -> None:
    paragraphs = [f"Wombat {number} digs a burrow. " * 25 for number in range(10)]
    text = "\n\n".join(paragraphs)
    with Indexed(tmp_path) as home:
        home.write("a.txt", text)
        home.write("b/a copy.txt", text)
        home.write("c.txt", text.replace("Wombat 9", "Wombat nine"))
        home.write("start.txt", paragraphs[0])
        home.write("other.txt", "A wombat, short.\n")
        home.settle()
        result = home.index.search(Search(query="wombat burrow", fold=True))
        same = {"a.txt", "b/a copy.txt", "c.txt"}
        folded = next(hit for hit in result.hits if hit.copies)
        assert {folded.path, *folded.copies} == same
        assert {hit.path for hit in result.hits} == {folded.path, "start.txt", "other.txt"}
        assert set(home.found("wombat burrow")) == {*same, "start.txt", "other.txt"}


def test_a_phrase_that_nothing_holds_is_its_words(home: Indexed) -> None:
    result = home.index.search(Search(query='"kernel on a core"'))
    assert result.hits[0].path == "notes/scheduling.md"
    assert result.notices == ('nothing holds "kernel on a core" as it is: searched for its words',)


@pytest.mark.parametrize(
    ("sign", "there"),
    [("in:Notes", "folder is written so, but notes"),
     ("path:NOTES/**", "path is written so, but notes/bread.txt"),
     ("name:Sched*", "name is written so, but notes/scheduling.md")],
)  # fmt: skip
def test_a_filter_in_other_letters_is_told_of(home: Indexed, sign: str, there: str) -> None:
    result = home.index.search(Search(query=f"kernel {sign}"))
    assert result.hits == ()
    assert result.notices == (f"no {there} is there",)
    assert home.index.search(Search(query="kernel in:notes")).notices == ()


def test_similar(home: Indexed) -> None:
    found = alike(home, "notes/bread.txt", limit=3)
    assert set(found[:2]) == {"notes/soup.txt", ODD_NAME}, "what is about food, itself left out"
    assert alike(home, "notes/bread.txt", filters=Filters(extensions=("md",))) == [
        path for path in alike(home, "notes/bread.txt") if path.endswith(".md")
    ]
    with pytest.raises(MissingPathError):
        alike(home, "nothing")
    with pytest.raises(UsageError, match="notes: a folder"):
        alike(home, "notes")


def test_similar_without_vectors(folder: Indexed) -> None:
    """By its first words where they are not made yet, by its name where there is no text."""
    folder.write("bread and soup.bin", b"\0\1")
    folder.settle()
    with sqlite3.connect(folder.config.catalog_file) as connection:
        connection.execute(
            "DELETE FROM vectors WHERE chunk IN (SELECT c.id FROM chunks c"
            " JOIN entries e ON e.id = c.entry WHERE e.path = CAST('notes/bread.txt' AS BLOB))"
        )
    connection.close()
    assert "notes/soup.txt" in alike(folder, "notes/bread.txt")[:2]
    result = folder.index.similar(Similar(path="bread and soup.bin"))
    assert "notes/soup.txt" in [hit.path for hit in result.hits[:2]]
    assert result.notices == ("bread and soup.bin has no text: compared by its name",)


def alike(home: Indexed, path: str, **fields: Any) -> list[str]:
    """Paths of what is similar, nearest first."""
    request = Similar(path=path, **fields)
    return [hit.path for hit in home.index.similar(request).hits]


def test_text_is_the_files_text(home: Indexed) -> None:
    chunks = home.index.text("notes/scheduling.md")
    assert "\n".join(chunk.text for chunk in chunks) == TEXTS["notes/scheduling.md"].rstrip("\n")


def test_embed(home: Indexed) -> None:
    near, far = (
        home.index.embed(["a cat", "a kitten", "tax law"])[0:2],
        home.index.embed(["tax law"]),
    )
    cosine = sum(a * b for a, b in zip(*near, strict=True))
    assert cosine > sum(a * b for a, b in zip(near[0], far[0], strict=True)) + 0.2
    assert abs(sum(a * a for a in near[0]) - 1) < 1e-5
    assert home.index.embed([]) == []


# -- change ----------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Indexed]:
    with Indexed(tmp_path) as indexed:
        for path, text in TEXTS.items():
            indexed.write(path, text)
        indexed.settle()
        yield indexed


def test_a_deleted_file_is_gone_at_once(folder: Indexed) -> None:
    assert "notes/soup.txt" in folder.found("lentil soup")
    (folder.root / "notes/soup.txt").unlink()
    assert "notes/soup.txt" not in folder.found("lentil soup"), "before the catalog knows"
    assert "notes/soup.txt" not in folder.found(under="notes")
    folder.settle()
    assert folder.rows("SELECT count(*) FROM chunks c JOIN entries e ON e.id = c.entry"
                       " WHERE e.gone_ns IS NOT NULL") == [(0,)]  # fmt: skip
    assert "notes/soup.txt" not in folder.found("lentil soup", mode="lexical")


@pytest.mark.parametrize("between", ["_sorted", "entry_rows", "chunk_rows"])
def test_a_file_may_go_in_the_middle_of_a_search(
    folder: Indexed, monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    step: Callable[..., object] = getattr(search, between)

    def gone_there(*given: object) -> object:
        found = step(*given)
        (folder.root / "notes/soup.txt").unlink(missing_ok=True)
        folder.core.observer.reconcile(["notes/soup.txt"])
        return step(*given) if between == "chunk_rows" else found

    connections = Connections(folder.config.catalog_file)
    searcher = search.Searcher(connections, folder.root)
    for request in (
        Search(query="", filters=Filters(under="notes")),
        Search(query="lentil latency sourdough", mode="lexical", sort="newest"),
        Search(query="", containing="fry an onion"),
    ):
        folder.write("notes/soup.txt", TEXTS["notes/soup.txt"])
        folder.settle()
        with monkeypatch.context() as patch:
            patch.setattr(search, between, gone_there)
            found = [hit.path for hit in searcher.search(request).hits]
        assert request.containing or "notes/bread.txt" in found
    connections.close()


def test_a_rename_follows_without_new_vectors(folder: Indexed) -> None:
    before = folder.rows("SELECT chunk, vector FROM vectors ORDER BY chunk")
    os.rename(folder.root / "notes", folder.root / "zettel")
    os.rename(folder.root / "zettel/soup.txt", folder.root / "zettel/dinner.txt")
    folder.settle()
    assert folder.rows("SELECT chunk, vector FROM vectors ORDER BY chunk") == before
    assert folder.found("dinner", mode="lexical") == ["zettel/dinner.txt"]
    assert folder.found("soup", mode="lexical") == ["zettel/dinner.txt"], "its text still says so"
    assert folder.found("notes", mode="lexical") == []


def test_a_rename_to_another_kind_of_file_is_read_as_that(folder: Indexed) -> None:
    folder.write("notes/tool.txt", "def walrus():\n    return 1\n")
    folder.settle()
    assert folder.found("walrus", types=("code",)) == []
    os.rename(folder.root / "notes/tool.txt", folder.root / "notes/tool.py")
    folder.settle()
    assert folder.found("walrus", types=("code",)) == ["notes/tool.py"]


def test_an_edit_embeds_only_what_is_new(folder: Indexed) -> None:
    sections = [f"# Part {n}\n\n" + f"Sentence {n} about topic {n}. " * 30 for n in range(6)]
    folder.write("long.md", "\n\n".join(sections))
    folder.settle()
    embedded = "SELECT c.id, c.text FROM chunks c JOIN vectors v ON v.chunk = c.id"
    before = set(folder.rows(embedded))
    sections[3] = "# Part 3\n\nRewritten: the harvest of plums was small."
    folder.write("long.md", "\n\n".join(sections))
    folder.settle()
    after = set(folder.rows(embedded))
    assert all("Part 3" in text for _, text in after - before) and len(after - before) == 1
    assert before - after and all("about topic 3." in text for _, text in before - after)
    assert folder.found("plum harvest")[0] == "long.md"
    assert folder.found("Sentence 3", mode="lexical", containing="topic 3.") == []


def test_equal_text_is_embedded_once(folder: Indexed) -> None:
    folder.write("copy of soup.txt", TEXTS["notes/soup.txt"])
    folder.settle()
    assert len(folder.rows(
        "SELECT v.vector FROM vectors v JOIN chunks c ON c.id = v.chunk WHERE c.text LIKE 'Lentil%'"
        " GROUP BY v.vector HAVING count(*) = 2"
    )) == 1  # fmt: skip


def test_a_large_file_costs_nothing(folder: Indexed) -> None:
    with (folder.root / "disk.img").open("wb") as file:
        file.truncate(2 << 30)
    folder.settle()
    assert "disk.img" in folder.found("disk", mode="lexical")
    (reason,) = [reason for path, _, reason in folder.index.failed() if path == "disk.img"]
    assert "max_file_bytes" in reason


def test_a_broken_file_is_tried_again_only_when_it_changes(folder: Indexed) -> None:
    folder.write("report.pdf", b"%PDF-1.4 broken")
    folder.settle()
    assert [path for path, _, _ in folder.index.failed()] == ["report.pdf"]
    assert folder.index.coverage().failed == 1
    folder.settle()
    assert folder.rows("SELECT count(*) FROM queue") == [(0,)]
    folder.write("report.pdf", "a text after all, about beekeeping")
    folder.settle()
    assert folder.index.failed() == []
    assert folder.found("beekeeping", mode="lexical") == ["report.pdf"]


def test_coverage_follows_every_change(folder: Indexed) -> None:
    def covered() -> tuple[int, int]:
        now = folder.index.search(Search(query="soup")).coverage
        return now.entries, now.indexed

    before = covered()
    assert covered() == before
    folder.write("more/one.txt", "one more about soup")
    folder.settle()
    assert covered() == (before[0] + 1, before[1] + 1)
    (folder.root / "more/one.txt").unlink()
    folder.settle()
    assert covered() == before
