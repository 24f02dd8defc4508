"""Requests that name files by a description, ask several things, or nothing that lsfs does; and
paths that begin with a slash."""

from __future__ import annotations

from typing import Any

import pytest
from judged_requests import flat
from words import parser_over, trained_parser

from lsfs.errors import NotUnderstoodError, PolicyError
from lsfs.prompts.english.questions import questions_of


def planned(text: str) -> list[dict[str, Any]]:
    return [flat(operation) for operation in trained_parser().parse(text, "test").operations]


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("read me /Documents/plan", {"op": "read", "paths": ["Documents/plan.md"]}),
        ("open /Recipes/pasta.md", {"op": "read", "paths": ["Recipes/pasta.md"]}),
        (
            "show the contents of /Documents/notes/todo",
            {"op": "read", "paths": ["Documents/notes/todo.txt"]},
        ),
        (
            "show the text of the landlord letter",
            {"op": "read", "paths": ["Documents/letters/landlord.docx"]},
        ),
        ('open the file "pasta"', {"op": "read", "paths": ["Recipes/pasta.md"]}),
        ("open 'shopping list'", {"op": "read", "paths": ["shopping list.txt"]}),
        ("let me see the shopping list", {"op": "read", "paths": ["shopping list.txt"]}),
        ("let me view plan.md", {"op": "read", "paths": ["Documents/plan.md"]}),
        (
            "let us read the annual report",
            {"op": "read", "paths": ["Documents/reports/annual-report-2025.pdf"]},
        ),
        (
            "show me the whole text of the annual report 2025",
            {"op": "read", "paths": ["Documents/reports/annual-report-2025.pdf"]},
        ),
        (
            "show me draft.txt, then plan.md",
            {
                "op": "several",
                "operations": [
                    {"op": "read", "paths": ["draft.txt"]},
                    {"op": "read", "paths": ["Documents/plan.md"]},
                ],
            },
        ),
        (
            "display the text of cnn and of quantum",
            {"op": "read", "paths": ["Papers/cnn.txt", "Papers/quantum.txt"]},
        ),
        (
            "read me the newest file in inbox",
            {"op": "read", "limit": 1, "sort": "newest", "under": "inbox"},
        ),
        (
            "open the latest note in Documents/notes",
            {"op": "read", "limit": 1, "sort": "newest", "under": "Documents/notes"},
        ),
        ("what does the apple pie recipe say", {"op": "read", "paths": ["Recipes/apple pie.md"]}),
        ("let me have a look at todo.txt", {"op": "read", "paths": ["Documents/notes/todo.txt"]}),
        ("open my shopping list so I can check it", {"op": "read", "paths": ["shopping list.txt"]}),
        ('show the full text of "apple pie"', {"op": "read", "paths": ["Recipes/apple pie.md"]}),
        ("show me everything in inbox", {"op": "list", "path": "inbox"}),
        ("which files are in Documents/notes", {"op": "list", "path": "Documents/notes"}),
        ("can I see what's inside Recipes", {"op": "list", "path": "Recipes"}),
        ("contents of the archive directory", {"op": "list", "path": "archive"}),
        (
            "give me annual-report-2025 in fifty words",
            {"op": "summarize", "words": 50, "paths": ["Documents/reports/annual-report-2025.pdf"]},
        ),
        (
            "llm-base in three sentences please",
            {"op": "summarize", "sentences": 3, "paths": ["Papers/llm-base.pdf"]},
        ),
        (
            "I want kv-cache in 80 words",
            {"op": "summarize", "words": 80, "paths": ["Papers/kv-cache.pdf"]},
        ),
        (
            "What does kv-cache say about eviction?",
            {"op": "summarize", "about": "eviction", "paths": ["Papers/kv-cache.pdf"]},
        ),
        (
            "what does the q3 report say about staffing",
            {"op": "summarize", "about": "staffing", "paths": ["Documents/reports/q3-report.docx"]},
        ),
        (
            "what can I read about latency in system-architecture",
            {"op": "summarize", "about": "latency", "paths": ["Papers/system-architecture.pdf"]},
        ),
        (
            "does llm-base mention tokenizers?",
            {"op": "summarize", "about": "tokenizers", "paths": ["Papers/llm-base.pdf"]},
        ),
        (
            "what is said in llm-base about scaling",
            {"op": "summarize", "about": "scaling", "paths": ["Papers/llm-base.pdf"]},
        ),
        (
            "boil the annual report 2025 down to 60 words",
            {"op": "summarize", "words": 60, "paths": ["Documents/reports/annual-report-2025.pdf"]},
        ),
        (
            "does the q3 report cover hiring?",
            {"op": "summarize", "about": "hiring", "paths": ["Documents/reports/q3-report.docx"]},
        ),
        (
            "how big is cv.pdf and what did I change in it last week?",
            {
                "op": "several",
                "operations": [
                    {"op": "stat", "paths": ["Documents/cv.pdf"]},
                    {
                        "op": "change_summary",
                        "path": "Documents/cv.pdf",
                        "since": "2026-11-09",
                        "until": "2026-11-16",
                    },
                ],
            },
        ),
        (
            "When was plan.md last changed, and which versions of it are there?",
            {
                "op": "several",
                "operations": [
                    {"op": "stat", "paths": ["Documents/plan.md"]},
                    {"op": "history", "path": "Documents/plan.md"},
                ],
            },
        ),
        (
            "what is in inbox, and what is in old?",
            {
                "op": "several",
                "operations": [{"op": "list", "path": "inbox"}, {"op": "list", "path": "old"}],
            },
        ),
        (
            "Read todo.txt and tell me how big it is",
            {
                "op": "several",
                "operations": [
                    {"op": "read", "paths": ["Documents/notes/todo.txt"]},
                    {"op": "stat", "paths": ["Documents/notes/todo.txt"]},
                ],
            },
        ),
        (
            "what happened to the files in Papers since Monday? in words please",
            {"op": "change_summary", "path": "Papers", "since": "2026-11-16"},
        ),
        (
            "What has been going on in Documents since 1 November?",
            {"op": "change_summary", "path": "Documents", "since": "2026-11-01"},
        ),
        (
            "tell me in words what changed in Recipes last week",
            {
                "op": "change_summary",
                "path": "Recipes",
                "since": "2026-11-09",
                "until": "2026-11-16",
            },
        ),
        (
            "what did I do to plan.md since Friday",
            {"op": "change_summary", "path": "Documents/plan.md", "since": "2026-11-13"},
        ),
        (
            "describe what became of budget.xlsx since October",
            {"op": "change_summary", "path": "Documents/budget.xlsx", "since": "2026-10-01"},
        ),
        (
            "what's been going on in Papers since last week?",
            {"op": "change_summary", "path": "Papers", "since": "2026-11-09"},
        ),
        ("when did I last edit the shopping list?", {"op": "stat", "paths": ["shopping list.txt"]}),
        (
            "when was the q3 report last changed",
            {"op": "stat", "paths": ["Documents/reports/q3-report.docx"]},
        ),
        ("how many bytes has plan.md", {"op": "stat", "paths": ["Documents/plan.md"]}),
        (
            "how old is the landlord letter",
            {"op": "stat", "paths": ["Documents/letters/landlord.docx"]},
        ),
        (
            "how big is the annual report",
            {"op": "stat", "paths": ["Documents/reports/annual-report-2025.pdf"]},
        ),
        ("when was the budget last touched?", {"op": "stat", "paths": ["Documents/budget.xlsx"]}),
        (
            "translate the landlord letter to English please",
            {
                "op": "translate",
                "language": "English",
                "paths": ["Documents/letters/landlord.docx"],
            },
        ),
        (
            "I need pasta.md in German",
            {"op": "translate", "language": "German", "paths": ["Recipes/pasta.md"]},
        ),
        ("how many kilobytes does cv.pdf have", {"op": "stat", "paths": ["Documents/cv.pdf"]}),
        ("tell me the size of the budget", {"op": "stat", "paths": ["Documents/budget.xlsx"]}),
        ("when was beach.jpg taken or changed", {"op": "stat", "paths": ["Photos/beach.jpg"]}),
        ("details of main.c", {"op": "stat", "paths": ["code/main.c"]}),
        (
            "how does plan.md differ from its last version",
            {"op": "diff", "path": "Documents/plan.md"},
        ),
        (
            "compare versions 2 and 5 of todo.txt",
            {"op": "diff", "path": "Documents/notes/todo.txt", "from_version": 2, "to_version": 5},
        ),
        ("which versions of cv.pdf are there", {"op": "history", "path": "Documents/cv.pdf"}),
        ("show the history of the budget", {"op": "history", "path": "Documents/budget.xlsx"}),
        ("how many versions does plan.md have", {"op": "history", "path": "Documents/plan.md"}),
        (
            "what was changed in the budget yesterday",
            {
                "op": "change_summary",
                "path": "Documents/budget.xlsx",
                "since": "2026-11-17",
                "until": "2026-11-18",
            },
        ),
        (
            "what's the difference between the last two versions of plan.md",
            {"op": "diff", "path": "Documents/plan.md"},
        ),
        ("show me cv.pdf", {"op": "read", "paths": ["Documents/cv.pdf"]}),
        ("which files look like beach.jpg", {"op": "similar", "path": "Photos/beach.jpg"}),
        (
            "summarize everything in Documents/notes",
            {"op": "summarize", "under": "Documents/notes"},
        ),
        (
            "a short summary of attention.pdf, max 100 words",
            {"op": "summarize", "words": 100, "paths": ["Papers/attention.pdf"]},
        ),
        (
            "could you give me plan.md in French",
            {"op": "translate", "language": "French", "paths": ["Documents/plan.md"]},
        ),
        ("what did you just do?", {"op": "log"}),
        ("list Photos/2024", {"op": "list", "path": "Photos/2024"}),
    ],
)
def test_files_that_are_described(text: str, plan: dict[str, Any]) -> None:
    assert planned(text) == plan.get("operations", [plan])


@pytest.mark.parametrize(
    "text",
    [
        "print the budget three times",
        "print cv.pdf on the office printer",
        "please never delete my photos",
        "tidy up my desktop, would you",
        "clean up this mess please",
        "sort out my papers a bit",
        "email the q3 report to Anna",
        "convert cv.pdf into a word file",
        "make my computer faster",
        "what's for dinner?",
        "how are things?",
        "what time is it",
        "will it rain tomorrow",
        "you are great",
        "play some music",
        "turn off the lights",
        "don't ever touch my letters",
        "order a new printer cartridge for me",
        "call my mother",
        "don't ever delete my letters",
        "clean my inbox up",
        "who are you",
        "sing me a song",
        "print all pdfs on paper",
        "fax plan.md to my lawyer",
        "thanks, that was helpful",
        "what can you do",
        "I'm bored",
        "set an alarm for 7",
        "what is 5 times 7",
        "scan the document on my desk",
        "record a voice memo",
        "do not move anything",
        "resize wedding.jpg to 800 px",
        "upload my photos to the cloud",
        "why is my computer so slow",
        "good night",
        "how do I install lsfs",
        "are you a robot?",
        "ok",
        "I love you",
        "write me a poem about autumn",
        "make me a sandwich",
        "draw a cat",
    ],
)
def test_what_is_no_request(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        planned(text)


def test_questions_are_cut_where_each_asks() -> None:
    assert questions_of("how big is a.md and what is in it") == ["how big is a.md", "what is in it"]
    assert questions_of("how big is 'x and what is y'") == []


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("read /Letters/bank", {"op": "read", "paths": ["Letters/bank.md"]}),
        (
            "move /Letters/bank to /old/",
            {"op": "move", "paths": ["Letters/bank.md"], "to": "old", "into": True},
        ),
        ("create /Letters/new.md", {"op": "create", "path": "Letters/new.md"}),
        ("make a folder /Letters/2026", {"op": "mkdir", "path": "Letters/2026"}),
        ("read /etc/hosts.md", {"op": "read", "paths": ["etc/hosts.md"]}),
    ],
)
def test_a_leading_slash_may_mean_the_root(text: str, plan: dict[str, Any]) -> None:
    (operation,) = parser_over(_FOLDERS, _FILES).parse(text, "test").operations
    assert flat(operation) == plan


@pytest.mark.parametrize(
    "text",
    [
        "read /etc/passwd",
        "delete /etc/passwd",
        "copy /etc/passwd to old",
        "create /etc/x.md",
        "move /Letters/bank.md to /tmp/x",
        "make a folder /home/me",
        "read ~/bank.md",
        "read ~root/bank.md",
        "read /nowhere/bank.md",
        "copy /Letters/bank.md to /Letters/../../x",
        "delete /Letters/../../x.md",
        "move /Letters/bank.md to ..",
    ],
)
def test_outside_stays_outside(text: str) -> None:
    with pytest.raises(PolicyError):
        parser_over(_FOLDERS, _FILES).parse(text, "test")


_FOLDERS = ["Letters", "old", "etc"]
_FILES = ["Letters/bank.md", "etc/hosts.md"]
