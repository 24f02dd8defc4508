"""What requests to find ask for, in wordings of all kinds: every part of a selection anywhere."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from judged_requests import flat
from words import trained_parser

from lsfs.errors import NotUnderstoodError
from lsfs.prompts.english.sizes import take_size
from lsfs.prompts.request.kinds import take_kinds
from lsfs.prompts.request.spoken import CUT, Spoken
from lsfs.prompts.times.untouched import untouched_since

NOW = datetime(2026, 11, 18, 15, 30, tzinfo=timezone.utc)


def planned(text: str) -> dict[str, Any]:
    (operation,) = trained_parser().parse(text, "test").operations
    return flat(operation)


def search(**fields: Any) -> dict[str, Any]:
    return {"op": "search", **fields}


@pytest.mark.parametrize(
    ("text", "types", "extensions"),
    [
        ("pdfs and slides about robots", ("pdf", "presentation"), ()),
        ("jpg or png from the trip", (), ("jpg", "jpeg", "png")),
        ("photos, videos and recordings", ("image", "video", "audio"), ()),
        ("every .md or .txt file", (), ("md", "txt")),
        ("csv files and spreadsheets", ("spreadsheet",), ()),
        ("mp3s", (), ("mp3",)),
        ("caching, pdf only", ("pdf",), ()),
        ("mails about the rent", ("email",), ()),
        ("the wedding video", ("video",), ()),
        ("jupyter notebooks", (), ("ipynb",)),
        ("html pages", ("web",), ()),
        ("image segmentation papers", (), ()),
        ("sheet music for piano", (), ()),
        ("music theory books", (), ()),
        ("video game reviews", (), ()),
        ("email etiquette guide", (), ()),
        ("zip code list", (), ()),
        ("json parsing in rust", (), ()),
    ],
)
def test_kinds(text: str, types: tuple[str, ...], extensions: tuple[str, ...]) -> None:
    found = take_kinds(Spoken(text))
    assert (found.get("types", ()), found.get("extensions", ())) == (types, extensions)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("archives over 2 gb", 2 * 10**9, None),
        ("photos above 3 megs", 3 * 10**6, None),
        ("files > 5MB", 5 * 10**6, None),
        ("10 MB or more", 10**7, None),
        ("at least one gigabyte", 10**9, None),
        ("not smaller than 4 kb", 4000, None),
        ("no bigger than 2 MB", None, 2 * 10**6),
        ("50 kilobytes at most", None, 50_000),
        ("less than a megabyte", None, 10**6),
        ("up to 1.5 MB in size", None, 1_500_000),
        ("files larger then 1 KiB", 1024, None),
        ("between 2 and 5 MB", 2 * 10**6, 5 * 10**6),
        ("over 3mb but under 10mb", 3 * 10**6, 10**7),
        ("exactly 10 MB", 10**7, 10**7),
        ("empty files", None, 0),
        ("more than 3 pictures", None, None),
    ],
)
def test_sizes(text: str, least: int | None, most: int | None) -> None:
    found = take_size(Spoken(text))
    assert (found.get("size_min"), found.get("size_max")) == (least, most)


def test_what_is_quoted_is_read_as_a_whole() -> None:
    spoken = Spoken('find "over 2 gb of pdfs" in old')
    assert take_size(spoken) == {} and take_kinds(spoken) == {}
    assert spoken.said(spoken.rest) == 'find "over 2 gb of pdfs" in old'
    spoken.cut(0, 4)
    assert spoken.rest.strip().startswith(CUT)


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("not touched since 2024", "2024-01-01T00:00:00+00:00"),
        ("I haven't opened since March", "2026-03-01T00:00:00+00:00"),
        ("unchanged for 2 years", "2024-11-18T15:30:00+00:00"),
        ("not used in the last year", "2025-11-18T15:30:00+00:00"),
        ("changed since March", None),
    ],
)
def test_untouched(text: str, before: str | None) -> None:
    found = untouched_since(text, 0, NOW)
    assert (found.first.isoformat() if found else None) == before


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (
            "presentations, november",
            {"types": ["presentation"], "after": "2026-11-01", "before": "2026-12-01"},
        ),
        ("pdf caching budget", {"types": ["pdf"], "query": "caching budget"}),
        ("newest pdf Papers", {"types": ["pdf"], "under": "Papers", "sort": "newest"}),
        (
            "slides onboarding oldest",
            {"types": ["presentation"], "query": "onboarding", "sort": "oldest"},
        ),
        (
            "the most recent three spreadsheets",
            {"types": ["spreadsheet"], "sort": "newest", "limit": 3},
        ),
        ("my last 4 letters", {"sort": "newest", "limit": 4, "query": "letters"}),
        ("order all pictures by size", {"types": ["image"], "sort": "largest"}),
        ("papers on energy by date, ascending", {"query": "energy", "sort": "oldest"}),
        ("everything in inbox, alphabetically", {"under": "inbox", "sort": "name"}),
        ("biggest files overall", {"sort": "largest"}),
        ("what's the biggest video I have", {"limit": 1, "sort": "largest", "types": ["video"]}),
        ("which file is the smallest in code", {"sort": "smallest", "limit": 1, "under": "code"}),
        (
            "first 6 hits for soil chemistry, markdown only",
            {"limit": 6, "query": "soil chemistry", "extensions": ["md"]},
        ),
    ],
)
def test_keywords_orders_and_counts(text: str, plan: dict[str, Any]) -> None:
    assert planned(text) == search(**plan)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("files whose names begin with invoice", {"name": "invoice*"}),
        ("documents with 'plan' in their title", {"name": "*plan*"}),
        ("files that end with .bak", {"name": "*.bak"}),
        ("a spreadsheet named forecast", {"name": "*forecast*", "types": ["spreadsheet"]}),
        ("look for *.tmp in old", {"name": "*.tmp", "under": "old"}),
        ("texts in which the word mortgage appears", {"containing": "mortgage"}),
        ("where is 'net income' mentioned", {"containing": "net income"}),
        ("code where load_config is called", {"containing": "load_config", "types": ["code"]}),
        ("grep retry_count in code", {"containing": "retry_count", "under": "code"}),
        ("files with both 'alpha' and 'beta' in them", {"query": '"alpha" "beta"'}),
        ("notes that mention apples and pears", {"query": "+apples +pears"}),
        ("all mentions of Project Heron", {"containing": "Project Heron"}),
        ("search the inbox for receipts", {"query": "receipts", "under": "inbox"}),
    ],
)
def test_names_and_contents(text: str, plan: dict[str, Any]) -> None:
    plan = {key: value.casefold() if key == "query" else value for key, value in plan.items()}
    assert planned(text) == search(**plan)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("papers on tides but not surveys", {"query": "tides -surveys"}),
        ("soups without onions", {"query": "soups -onions"}),
        ("all pdfs except those in archive", {"types": ["pdf"], "query": "-in:archive"}),
        ("everything about dogs other than pictures", {"query": "dogs -type:image"}),
        ("files that don't mention tax", {"query": "-tax"}),
        ("photos but no screenshots", {"types": ["image"], "query": "-screenshots"}),
        ("notes on travel minus 'winter trip'", {"query": 'travel -"winter trip"'}),
        (
            "slides about pricing, not by Tom",
            {"types": ["presentation"], "query": 'pricing -author:"tom"'},
        ),
        ("files containing neither foo nor bar", {"query": "-foo -bar"}),
    ],
)
def test_what_is_left_out(text: str, plan: dict[str, Any]) -> None:
    assert planned(text) == search(**plan)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("what did Lena Fischer write about kilns", {"author": "Lena Fischer", "query": "kilns"}),
        ("mails from Lena about the move", {"types": ["email"], "author": "Lena", "query": "move"}),
        (
            "documents written by lena fischer in 2024",
            {"author": "lena fischer", "after": "2024-01-01", "before": "2025-01-01"},
        ),
        (
            "Lena Fischer's reports on glaze",
            {"author": "Lena Fischer", "query": "reports on glaze"},
        ),
        ("stuff written by me last month", {"after": "2026-10-01", "before": "2026-11-01"}),
        ("what was I working on over the weekend", {"after": "2026-11-14", "before": "2026-11-16"}),
        ("anything I touched in the past 3 hours", {"after": "2026-11-18T12:30"}),
        (
            "texts on kilns from the summer of 2024",
            {"query": "kilns", "after": "2024-06-01", "before": "2024-09-01"},
        ),
        ("pdfs from Q1 2025", {"types": ["pdf"], "after": "2025-01-01", "before": "2025-04-01"}),
        (
            "images from early March",
            {"types": ["image"], "after": "2026-03-01", "before": "2026-03-11"},
        ),
        ("slides not older than 03.09.2026", {"types": ["presentation"], "after": "2026-09-03"}),
        (
            "In old, which spreadsheets are above 2 MB?",
            {"under": "old", "types": ["spreadsheet"], "size_min": 2000000},
        ),
        ("i am searching document about kilns", {"query": "kilns"}),
        ("please to find me the file where is written about glaze", {"query": "glaze"}),
        ("any idea where the lease for the kiln is", {"query": "lease for the kiln"}),
        ("something about glaze, I think a pdf", {"query": "glaze", "types": ["pdf"]}),
        ("how many pictures do I have", {"types": ["image"], "count": True}),
    ],
)
def test_authors_times_and_ways_of_asking(text: str, plan: dict[str, Any]) -> None:
    assert planned(text) == search(**plan)


@pytest.mark.parametrize(
    "text",
    [
        "shwo me the pdfs abuot tides",
        "gimme the pdfs about tides",
        "would you mind finding the pdfs about tides",
        "I was wondering whether there are pdfs on tides",
        "tides (pdf)",
        "just pdfs re: tides",
        "the pdfs, which are about tides",
        "search my pdfs for tides",
        "lookign for pdfs that deal with tides",
    ],
)
def test_politeness_slips_and_order_do_not_matter(text: str) -> None:
    assert planned(text) == search(types=["pdf"], query="tides")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("papers on undo logging", "undo logging"),
        ("show me the paper on version control", "version control"),
        ("documents about deleting accounts", "deleting accounts"),
        ("find my share of the rent", "share of the rent"),
    ],
)
def test_a_topic_orders_no_act(text: str, query: str) -> None:
    assert planned(text) == search(query=query)


@pytest.mark.parametrize("text", ["which files could not be read", "list the unreadable pdfs"])
def test_what_could_not_be_read_is_told_by_status(text: str) -> None:
    with pytest.raises(NotUnderstoodError) as caught:
        trained_parser().parse(text, "test")
    assert "lsfs status --failed" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("summarise plan.md in at most 120 words", {"words": 120, "paths": ["Documents/plan.md"]}),
        (
            "plan.md in one sentence: summarise it please",
            {"sentences": 1, "paths": ["Documents/plan.md"]},
        ),
        (
            "explain attention.pdf to me in 60 words",
            {"words": 60, "paths": ["Papers/attention.pdf"]},
        ),
        (
            "what does plan.md say about the budget",
            {"about": "budget", "paths": ["Documents/plan.md"]},
        ),
        (
            "what is said about kernels in scheduling.md",
            {"about": "kernels", "paths": ["Documents/notes/scheduling.md"]},
        ),
        (
            "does attention.pdf mention positional encodings",
            {"about": "positional encodings", "paths": ["Papers/attention.pdf"]},
        ),
        (
            "summarise cnn.txt with a focus on training",
            {"about": "training", "paths": ["Papers/cnn.txt"]},
        ),
        ("what is the q3 report about", {"paths": ["Documents/reports/q3-report.docx"]}),
    ],
)
def test_summaries(text: str, plan: dict[str, Any]) -> None:
    assert planned(text) == {"op": "summarize", **plan}


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (
            "the last four revisions of cv.pdf",
            {"op": "history", "path": "Documents/cv.pdf", "limit": 4},
        ),
        (
            "pdfs similar to attention.pdf",
            {"op": "similar", "path": "Papers/attention.pdf", "types": ["pdf"]},
        ),
        ("list my last 12 operations", {"op": "log", "limit": 12}),
        ("which files changed today, just 3", {"op": "search", "after": "2026-11-18", "limit": 3}),
        (
            "pdfs changed yesterday, give me 3",
            {
                "op": "search",
                "types": ["pdf"],
                "limit": 3,
                "after": "2026-11-17",
                "before": "2026-11-18",
            },
        ),
        ("log by vim", {"op": "log", "actor": "vim"}),
        ("what was done last week", {"op": "log", "after": "2026-11-09", "before": "2026-11-16"}),
        ("list the members of the exhibition group", {"op": "groups", "name": "exhibition"}),
        ("what's in my 'kv cache' group", {"op": "groups", "name": "kv cache"}),
        (
            "which files are similar to cnn.txt? just 3",
            {"op": "similar", "path": "Papers/cnn.txt", "limit": 3},
        ),
        (
            "what did the agent do this morning?",
            {"op": "log", "after": "2026-11-18", "before": "2026-11-18T12:00"},
        ),
        ("what have you been up to", {"op": "log"}),
        ("what did I do about the hedge", {"op": "search", "query": "hedge"}),
        ("go to Papers", {"op": "list", "path": "Papers"}),
    ],
)
def test_other_ways_of_looking(text: str, plan: dict[str, Any]) -> None:
    assert planned(text) == plan


@pytest.mark.parametrize(
    "text",
    [
        "photos from 2024 into archive",
        "files that should be deleted",
        "I want all photos moved to old",
        "pdfs except cv.pdf should go to old",
    ],
)
def test_a_noun_first_does_not_make_an_act_a_search(text: str) -> None:
    try:
        operation = planned(text)
    except NotUnderstoodError:
        return
    assert operation["op"] != "search"
    assert operation["op"] != "move" or operation.keys() & {"types", "query"}


@pytest.mark.parametrize(
    "text",
    ["find files in Recipes", "all files in Recipes", "find everything in the Recipes folder",
     "查找Recipes里的文件", "Recipes里的所有文件"],
)  # fmt: skip
def test_what_is_sought_in_a_folder_is_sought_however_deep(text: str) -> None:
    (operation,) = trained_parser().parse(text, "test").operations
    found = flat(operation)
    assert (found["op"], found["under"]) == ("search", "Recipes")


def test_what_is_listed_is_all_that_is_acted_on() -> None:
    """ "list the files in Recipes and copy them" copied what lies deeper as well."""
    _, copy = (
        trained_parser().parse("list the files in Recipes and copy them to old", "t").operations
    )
    assert flat(copy)["path"] == "Recipes/*"
