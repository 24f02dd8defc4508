"""Requests to find, as strangers put them: clauses round what they look for, ranks, places, forms
and times in any wording."""

from __future__ import annotations

from typing import Any

import pytest
from judged_requests import flat
from words import trained_parser

from lsfs.errors import LsfsError
from lsfs.prompts.english.lead_ins import peeled


def planned(text: str) -> list[dict[str, Any]]:
    return [flat(operation) for operation in trained_parser().parse(text, "test").operations]


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (
            "Passport copies, I believe I scanned those in September",
            {"query": "passport copies", "after": "2026-09-01", "before": "2026-10-01"},
        ),
        (
            "the rental contract - it has to be here somewhere, please find it",
            {"query": "rental contract"},
        ),
        (
            "Soil samples spreadsheet. Where is it?",
            {"query": "soil samples", "types": ["spreadsheet"]},
        ),
        (
            "In October I wrote a speech about bees, look for it",
            {"query": "speech about bees", "after": "2026-10-01", "before": "2026-11-01"},
        ),
        (
            "which recordings did we make last week",
            {"after": "2026-11-09", "before": "2026-11-16", "types": ["audio"]},
        ),
        (
            "what receipts did I save last month?",
            {"query": "receipts", "after": "2026-10-01", "before": "2026-11-01"},
        ),
        (
            "One picture of the lighthouse will do",
            {"limit": 1, "query": "lighthouse", "types": ["image"]},
        ),
        ("who can tell me where my tax assessment is", {"query": "tax assessment"}),
        (
            "can anybody find me the minutes of the parents' evening?",
            {"query": "minutes of the parents' evening"},
        ),
        ("seating plans, they should be pdfs", {"query": "seating plans", "types": ["pdf"]}),
        (
            "harvest figures, only the ones from this month",
            {"query": "harvest figures", "after": "2026-11-01"},
        ),
        (
            "the lab protocol, I mean the one from yesterday",
            {"query": "lab protocol", "after": "2026-11-17", "before": "2026-11-18"},
        ),
        (
            "Haven't I once drafted a letter to the insurance? Show me",
            {"query": "letter to the insurance"},
        ),
        (
            "didn't we save some photos of the old barn? find them",
            {"query": "old barn", "types": ["image"]},
        ),
        ("whatever I've got on beekeeping", {"query": "beekeeping"}),
        ("everything I have about kidney stones please", {"query": "kidney stones"}),
        ("anything we've got concerning the roof repair", {"query": "roof repair"}),
        (
            "Please to show me files what I changed yesterday",
            {"after": "2026-11-17", "before": "2026-11-18"},
        ),
        (
            "I am looking for the knitting patterns for socks",
            {"query": "knitting patterns for socks"},
        ),
        (
            "I've misplaced my vaccination certificate, can you help?",
            {"query": "vaccination certificate"},
        ),
        (
            "where could I have put the guarantee for the fridge",
            {"query": "guarantee for the fridge"},
        ),
        (
            "my landlord wants the handover protocol, where is it",
            {"query": "landlord wants the handover protocol"},
        ),
        (
            "I can't find the timetable for the winter term anymore",
            {"query": "timetable for the winter term"},
        ),
        ("I know there is a list of allergens here somewhere", {"query": "list of allergens"}),
        ("there must be a poem about autumn in here", {"query": "poem about autumn"}),
        ("I seem to remember a note on fermenting cabbage", {"query": "fermenting cabbage"}),
        ("I'd be interested in anything about wind turbines", {"query": "wind turbines"}),
        (
            "the warranty card for the washing machine, do I still have it?",
            {"query": "warranty card for the washing machine"},
        ),
        (
            "Budgets. Only excel, and only from last week.",
            {
                "query": "budgets",
                "after": "2026-11-09",
                "before": "2026-11-16",
                "types": ["spreadsheet"],
            },
        ),
        (
            "please help me find the speech for grandma's birthday",
            {"query": "speech for grandma's birthday"},
        ),
        (
            "Somebody sent me a quotation for solar panels, where did it go?",
            {"query": "quotation for solar panels"},
        ),
        ("I urgently need the emergency contact list", {"query": "emergency contact list"}),
        ("hello, where can I find the garage contract?", {"query": "garage contract"}),
        (
            "I'm after the minutes of the last board meeting",
            {"query": "minutes of the last board meeting"},
        ),
        ("is the guest list for the party saved anywhere?", {"query": "guest list for the party"}),
        ("Kitchen renovation - what do I have?", {"query": "kitchen renovation"}),
        ("Got any photos from the zoo?", {"query": "zoo", "types": ["image"]}),
        ("show whatever mentions the word 'deposit'", {"containing": "deposit"}),
        ("old letters from the landlord?", {"query": "old letters from the landlord"}),
        ("could somebody give me the notes about enzymes", {"query": "enzymes"}),
        (
            "spreadsheets with the budget for 2027, please",
            {"query": "budget for 2027", "types": ["spreadsheet"]},
        ),
        (
            "give me a list of all presentations about marketing",
            {"query": "marketing", "types": ["presentation"]},
        ),
        (
            "which of the pdfs in Papers are about attention",
            {"query": "attention", "types": ["pdf"], "under": "Papers"},
        ),
        (
            "the biggest spreadsheet in Documents",
            {"limit": 1, "sort": "largest", "types": ["spreadsheet"], "under": "Documents"},
        ),
        (
            "what did Anna send me last week",
            {"after": "2026-11-09", "before": "2026-11-16", "author": "Anna"},
        ),
        ("everything from Anna about invoices", {"query": "invoices", "author": "Anna"}),
        (
            "Some notes I took during the workshop on Monday",
            {"query": "workshop", "after": "2026-11-16", "before": "2026-11-17"},
        ),
        (
            "cat pictures that are larger than 3 MB",
            {"query": "cat", "types": ["image"], "size_min": 3000000},
        ),
        ("documents older than two years", {"before": "2024-11-18T15:30"}),
        (
            "files I was working on yesterday afternoon",
            {"after": "2026-11-17T12:00", "before": "2026-11-17T18:00"},
        ),
        (
            "a handout on the water cycle for year 5",
            {"query": "handout on the water cycle for year 5"},
        ),
        ("Find: bicycle insurance", {"query": "bicycle insurance"}),
        ("bicycle insurance???", {"query": "bicycle insurance"}),
        ("the thing about the bees", {"query": "bees"}),
        ("need that pdf on tax classes asap", {"query": "tax classes", "types": ["pdf"]}),
        (
            "i remember writing about stoicism last month, which file was that",
            {"query": "stoicism", "after": "2026-10-01", "before": "2026-11-01"},
        ),
        (
            "I'd like to see all the videos of the school play",
            {"query": "school play", "types": ["video"]},
        ),
        ("Have we got anything that covers data protection?", {"query": "data protection"}),
        (
            "The seating chart for 7b, it was a spreadsheet I believe",
            {"query": "seating chart for 7b", "types": ["spreadsheet"]},
        ),
        (
            "spelling test of last friday",
            {"query": "spelling test", "after": "2026-11-13", "before": "2026-11-14"},
        ),
        ("where did the field trip consent form end up", {"query": "field trip consent form"}),
        (
            "I typed up a letter to the parents about lice, can u find that",
            {"query": "letter to the parents about lice"},
        ),
        (
            "pics from sports day, june",
            {
                "query": "sports day",
                "after": "2026-06-01",
                "before": "2026-07-01",
                "types": ["image"],
            },
        ),
        ("anything at all on Ancient Egypt for year 6", {"query": "ancient egypt for year 6"}),
        (
            "Show me the slides I used on 12 October",
            {"after": "2026-10-12", "before": "2026-10-13", "types": ["presentation"]},
        ),
        ("timetable pdf", {"query": "timetable", "types": ["pdf"]}),
        (
            "minutes staff meeting 9 november",
            {"query": "minutes staff meeting", "after": "2026-11-09", "before": "2026-11-10"},
        ),
        ("Quick: the fire drill instructions!", {"query": "fire drill instructions"}),
        (
            "Locate five articles discussing retrieval augmented generation, ideally from 2025 on.",
            {"limit": 5, "query": "retrieval augmented generation", "after": "2025-01-01"},
        ),
        (
            "papers by Lecun on self-supervised learning",
            {"query": "self-supervised learning", "author": "Lecun"},
        ),
        ("which preprints treat Bayesian optimisation?", {"query": "bayesian optimisation"}),
        (
            "Retrieve all PDF files pertaining to graph transformers in Papers",
            {"query": "graph transformers", "types": ["pdf"], "under": "Papers"},
        ),
        ("the csv with benchmark timings", {"query": "benchmark timings", "extensions": ["csv"]}),
        ("tex sources of the thesis", {"query": "thesis", "extensions": ["tex"]}),
        (
            "python scripts that plot loss curves",
            {"query": "plot loss curves", "extensions": ["py"]},
        ),
        ('Which of these papers mention "RLHF"?', {"containing": "RLHF"}),
        (
            "Summarise what llm-base says about data filtering in 3 sentences",
            {
                "op": "summarize",
                "sentences": 3,
                "about": "data filtering",
                "paths": ["Papers/llm-base.pdf"],
            },
        ),
        (
            "explain system-architecture in 120 words",
            {"op": "summarize", "words": 120, "paths": ["Papers/system-architecture.pdf"]},
        ),
        ("related work on tokenisation", {"query": "related work on tokenisation"}),
        (
            "everything published by Anna Schmidt between 2020 and 2022",
            {"after": "2020-01-01", "before": "2023-01-01", "author": "Anna Schmidt"},
        ),
        ("drafts newer than 1 November", {"query": "drafts", "after": "2026-11-01"}),
        (
            "top 3 most similar documents to attention.pdf",
            {"op": "similar", "limit": 3, "path": "Papers/attention.pdf"},
        ),
        (
            "Could you kindly show me the pictures of my grandchildren, dear?",
            {"query": "grandchildren", "types": ["image"]},
        ),
        ("I can not find my pension letter any more", {"query": "pension letter"}),
    ],
)
def test_clauses_round_what_is_looked_for(text: str, plan: dict[str, Any]) -> None:
    assert planned(text) == [{"op": "search", **plan}]


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (
            "the 6 articles most strongly associated with soil erosion",
            {"limit": 6, "query": "soil erosion"},
        ),
        (
            "Retrieve three studies closely connected to sleep deprivation",
            {"limit": 3, "query": "sleep deprivation"},
        ),
        (
            "the two papers with the highest relevance to 'graph sampling'",
            {"limit": 2, "query": "graph sampling"},
        ),
        (
            "Find the one note that best describes the deployment process",
            {"limit": 1, "query": "deployment process"},
        ),
        ("at most four pdfs about tariffs", {"limit": 4, "query": "tariffs", "types": ["pdf"]}),
        (
            "no more than three presentations regarding onboarding",
            {"limit": 3, "query": "onboarding", "types": ["presentation"]},
        ),
        ("top 3 matches for coral bleaching", {"limit": 3, "query": "coral bleaching"}),
        ("5 best hits on 'lattice gauge theory'", {"limit": 5, "query": "lattice gauge theory"}),
        (
            "Locate the 2 publications most similar in topic to protein folding",
            {"limit": 2, "query": "protein folding"},
        ),
        (
            "which three papers deal most directly with catalyst poisoning?",
            {"limit": 3, "query": "catalyst poisoning"},
        ),
        ("papers on sparse attention, 5 at most", {"limit": 5, "query": "sparse attention"}),
        ("hiking maps, three will do", {"limit": 3, "query": "hiking maps"}),
        (
            "the four documents that fit 'emergency procedures' best",
            {"limit": 4, "query": "emergency procedures"},
        ),
        (
            "Return 7 preprints strongly related to dark matter halos",
            {"limit": 7, "query": "dark matter halos"},
        ),
        ("the photo I took last", {"limit": 1, "sort": "newest", "types": ["image"]}),
        (
            "which spreadsheet did I edit most recently",
            {"limit": 1, "sort": "newest", "types": ["spreadsheet"]},
        ),
        (
            "six papers that come closest to 'protein design'",
            {"limit": 6, "query": "protein design"},
        ),
        (
            "the 8 most relevant texts for climate migration",
            {"limit": 8, "query": "climate migration"},
        ),
    ],
)
def test_ranks_and_counts(text: str, plan: dict[str, Any]) -> None:
    assert planned(text) == [{"op": "search", **plan}]


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (
            "3 largest pdfs, Papers",
            {"limit": 3, "sort": "largest", "types": ["pdf"], "under": "Papers"},
        ),
        (
            "in Documents and about salaries: which ones?",
            {"query": "salaries", "under": "Documents"},
        ),
        ("Recipes: anything with lentils?", {"query": "lentils", "under": "Recipes"}),
        ("inbox: unpaid invoices", {"query": "unpaid invoices", "under": "inbox"}),
        ("quantization, restricted to Papers", {"query": "quantization", "under": "Papers"}),
        (
            "meeting minutes, only in Documents/notes",
            {"query": "meeting minutes", "under": "Documents/notes"},
        ),
        (
            "sailing pictures, Photos folder only",
            {"query": "sailing", "types": ["image"], "under": "Photos"},
        ),
        (
            "limit it to the Papers directory: notes on pruning",
            {"query": "pruning", "under": "Papers"},
        ),
        ("look only in archive for the lease", {"query": "lease", "under": "archive"}),
        (
            "pdfs about heat pumps, but only those in inbox",
            {"query": "heat pumps", "types": ["pdf"], "under": "inbox"},
        ),
        (
            "the Orion project: all slides please",
            {"query": "orion project", "types": ["presentation"]},
        ),
        ("school: maths worksheets", {"query": "school: maths worksheets"}),
        ("in the archive folder, about pensions", {"query": "pensions", "under": "archive"}),
        (
            "Documents/reports: anything from last month?",
            {"after": "2026-10-01", "before": "2026-11-01", "under": "Documents/reports"},
        ),
        ("pasta dishes, Recipes only", {"query": "pasta dishes", "under": "Recipes"}),
        ("under Papers, the ones about retrieval", {"query": "retrieval", "under": "Papers"}),
        ("the org chart in pdf form", {"query": "org chart", "types": ["pdf"]}),
        ("csv exports of the sensor readings", {"query": "sensor readings", "extensions": ["csv"]}),
        (
            "balance for May in Excel",
            {
                "query": "balance",
                "after": "2026-05-01",
                "before": "2026-06-01",
                "types": ["spreadsheet"],
            },
        ),
        ("price lists as pdf", {"query": "price lists", "types": ["pdf"]}),
        ("floor plans, png or jpg", {"query": "floor plans", "extensions": ["png", "jpg", "jpeg"]}),
        (
            "contracts in Word format from last month",
            {
                "query": "contracts",
                "after": "2026-10-01",
                "before": "2026-11-01",
                "types": ["document"],
            },
        ),
        ("mileage log in xlsx", {"query": "mileage log", "extensions": ["xlsx"]}),
        (
            "the annual accounts in spreadsheet form",
            {"query": "annual accounts", "types": ["spreadsheet"]},
        ),
        (
            "data files changed yesterday",
            {"after": "2026-11-17", "before": "2026-11-18", "types": ["data"]},
        ),
        ("my cover letter as a Word document", {"query": "cover letter", "types": ["document"]}),
        (
            "meeting protocol, pdf or word",
            {"query": "meeting protocol", "types": ["pdf", "document"]},
        ),
        ("price comparison (xlsx)", {"query": "price comparison", "extensions": ["xlsx"]}),
        ("articles of Hinton", {"author": "Hinton"}),
        (
            "the essay from Anna Schmidt about exile",
            {"query": "essay exile", "author": "Anna Schmidt"},
        ),
        (
            "Presentations authored by Jonas Weber in October",
            {
                "after": "2026-10-01",
                "before": "2026-11-01",
                "types": ["presentation"],
                "author": "Jonas Weber",
            },
        ),
        ("Emails written by Petra", {"types": ["email"], "author": "Petra"}),
        ("anything by Tolkien", {"author": "Tolkien"}),
        (
            "Slides by Maria Lopez on onboarding",
            {"query": "onboarding", "types": ["presentation"], "author": "Maria Lopez"},
        ),
        ("photos of Rome", {"query": "rome", "types": ["image"]}),
        ("papers from Stanford University", {"query": "stanford university"}),
        ("the thesis of Nina Berg", {"query": "thesis", "author": "Nina Berg"}),
        (
            "Emails from Peter about the car",
            {"query": "car", "types": ["email"], "author": "Peter"},
        ),
        ("who wrote about salmon farming", {"query": "salmon farming"}),
        ("cats vs dogs", {"query": "cats vs dogs"}),
        ("rust vs. go", {"query": "rust vs. go"}),
        ("quote for the kitchen floor", {"query": "quote for the kitchen floor"}),
        ("quotes from Goethe", {"query": "quotes from goethe"}),
        ("contract with the gym", {"query": "contract with the gym"}),
        ("move-in checklist", {"query": "move-in checklist"}),
        (
            "which of my spreadsheets deal with terminals",
            {"query": "terminals", "types": ["spreadsheet"]},
        ),
        ("kids' swimming badge??", {"query": "kids' swimming badge"}),
        ("stuff, any stuff, about cacti", {"query": "cacti"}),
        ("text in which it says 'pay by friday'", {"containing": "pay by friday"}),
    ],
)
def test_places_forms_and_authors(text: str, plan: dict[str, Any]) -> None:
    assert planned(text) == [{"op": "search", **plan}]


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (
            "ward round slides october",
            {
                "query": "ward round",
                "after": "2026-10-01",
                "before": "2026-11-01",
                "types": ["presentation"],
            },
        ),
        (
            "payslips, September",
            {"query": "payslips", "after": "2026-09-01", "before": "2026-10-01"},
        ),
        ("invoices october", {"query": "invoices", "after": "2026-10-01", "before": "2026-11-01"}),
        (
            "sales reports from the second half of 2025",
            {"query": "sales reports", "after": "2025-07-01", "before": "2026-01-01"},
        ),
        (
            "minutes of the first half of this year",
            {"query": "minutes", "after": "2026-01-01", "before": "2026-07-01"},
        ),
        (
            "H1 2025 forecasts",
            {"query": "forecasts", "after": "2025-01-01", "before": "2025-07-01"},
        ),
        ("files created on 09/30/2026", {"after": "2026-09-30", "before": "2026-10-01"}),
        (
            "pictures taken 10/31/2026",
            {"after": "2026-10-31", "before": "2026-11-01", "types": ["image"]},
        ),
        (
            "bank statements, 1.9.2026 to 30.9.2026",
            {"query": "bank statements", "after": "2026-09-01", "before": "2026-10-01"},
        ),
        (
            "bank statements 01.09.2026 - 30.09.2026",
            {"query": "bank statements", "after": "2026-09-01", "before": "2026-10-01"},
        ),
        ("on 5.10.2026 changed documents", {"after": "2026-10-05", "before": "2026-10-06"}),
        ("anything about rents since 2.11.", {"query": "rents", "after": "2026-11-02"}),
        (
            "studies on obesity, 2019 to 2021",
            {"query": "obesity", "after": "2019-01-01", "before": "2022-01-01"},
        ),
        (
            "studies on obesity 2019-2021",
            {"query": "obesity", "after": "2019-01-01", "before": "2022-01-01"},
        ),
        (
            "class lists dating from 1 September 2026 or later",
            {"query": "class lists", "after": "2026-09-01"},
        ),
        ("protest march photos", {"query": "protest march", "types": ["image"]}),
        ("lecture 3 slides optics", {"query": "lecture 3 optics", "types": ["presentation"]}),
        (
            "lecture slides november",
            {
                "query": "lecture",
                "after": "2026-11-01",
                "before": "2026-12-01",
                "types": ["presentation"],
            },
        ),
        (
            "gas bills from H2 2025",
            {"query": "gas bills", "after": "2025-07-01", "before": "2026-01-01"},
        ),
        (
            "tax documents for the first half of last year",
            {"query": "tax documents", "after": "2025-01-01", "before": "2025-07-01"},
        ),
        (
            "everything changed between 1.10. and 15.10.",
            {"after": "2026-10-01", "before": "2026-10-16"},
        ),
        (
            "work reports 2023-2024",
            {"query": "work reports", "after": "2023-01-01", "before": "2025-01-01"},
        ),
    ],
)
def test_times(text: str, plan: dict[str, Any]) -> None:
    assert planned(text) == [{"op": "search", **plan}]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("any chance you could locate the lease", "the lease"),
        ("I wonder where my bike went", "my bike"),
        ("I know there is a list of wines", "a list of wines"),
        ("whatever I have on bees", "on bees"),
        ("find bees", "find bees"),
        ("move the lease to old", "move the lease to old"),
        ("only " * 200 + "x", "only " * 200 + "x"),
    ],
)
def test_what_leads_up_to_a_thing_is_taken_off(text: str, what: str) -> None:
    assert peeled(text) == what


@pytest.mark.parametrize(
    "text",
    [
        "I want all photos moved to old, please find them",
        "the drafts in old, I don't need them, delete them",
        "Good morning! Please delete everything, would you?",
        "move the pdfs to old, can you find them?",
        "I lost draft.txt, get it back",
        "there should be a folder Trips in Documents",
        "quick, delete draft.txt, I think it is here somewhere",
    ],
)
def test_an_act_is_no_search(text: str) -> None:
    try:
        operations = planned(text)
    except LsfsError:
        return
    assert all(one["op"] not in ("search", "remove") for one in operations)
