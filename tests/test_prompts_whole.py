"""No half names, nothing dropped, nothing re-pointed: what a newcomer found."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from judged_requests import flat
from words import parser_over

from lsfs.errors import ConfirmationError, NotUnderstoodError, PolicyError
from lsfs.prompts.parser import RequestParser

DIRECTORIES = [
    "Documents", "Notes", "Recipes", "Pictures", "Health", "Projects", "Projects/photo-tools",
]  # fmt: skip
FILES = [
    "Notes/today.md", "Notes/meeting log.md", "Notes/mixed cores.md", "Notes/Ä Öl prüfung.txt",
    "Notes/garden diary.txt", "Recipes/lentil soup.txt", "Recipes/sourdough.md",
    "Recipes/caf\udce9-menu.txt", "Pictures/a.jpg", "Pictures/b.png", "Documents/tiny.pdf",
    "Documents/hostname", "it's here.txt", "b.txt", "todo.txt", "plan.md",
    "Health/MEDRPT-2026_medical_report_scan.pdf", "Projects/photo-tools/rename_photos.sh",
]  # fmt: skip


@functools.lru_cache(maxsize=1)
def parser() -> RequestParser:
    """A parser over the names above."""
    return parser_over(DIRECTORIES, FILES)


def planned(text: str) -> dict[str, Any]:
    """The one operation of the plan, flat and whole."""
    (operation,) = parser().parse(text, "test").operations
    return flat(operation)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "delete all jpg files in Pictures",
            {"op": "remove", "extensions": ["jpg", "jpeg"], "under": "Pictures"},
        ),
        ("delete all jpg and png files", {"op": "remove", "extensions": ["jpg", "jpeg", "png"]}),
        ("delete every png in Pictures", {"extensions": ["png"], "under": "Pictures"}),
        ("find all photos in Pictures", {"types": ["image"], "under": "Pictures"}),
        ("create 'a b.txt'", {"op": "create", "path": "a b.txt"}),
        ("write 'a  b\nc' into todo.txt", {"op": "write", "text": "a  b\nc"}),
        ("rename tiny.pdf to Tiny Paper.pdf", {"to": "Documents/Tiny Paper.pdf"}),
        ("rename sourdough.md to 'bread'", {"to": "Recipes/bread"}),
        ("rename sourdough.md to bread", {"to": "Recipes/bread.md"}),
        ("create a folder called Summer Holiday 2027", {"path": "Summer Holiday 2027"}),
        (
            "create a folder called Summer Holiday 2027 in Documents",
            {"op": "mkdir", "path": "Documents/Summer Holiday 2027"},
        ),
        (
            "create a file called birthday ideas.txt containing 'cake'",
            {"op": "create", "path": "birthday ideas.txt", "text": "cake"},
        ),
        (
            "rename it's here.txt to its here.txt",
            {"op": "move", "paths": ["it's here.txt"], "to": "its here.txt"},
        ),
        ("delete /Notes/today.md", {"op": "remove", "paths": ["Notes/today.md"]}),
        ("append '/usr/bin' to todo.txt", {"path": "todo.txt", "text": "/usr/bin"}),
        (
            "move lentil soup.txt to Some Place",
            {"paths": ["Recipes/lentil soup.txt"], "to": "Some Place", "into": True},
        ),
        ("move lentil soup.txt to soup2.txt", {"to": "Recipes/soup2.txt"}),
        ("append 'x' to out/hostname", {"op": "append", "path": "out/hostname"}),
        ("create a file shopping.txt: eggs, butter", {"op": "create", "text": "eggs, butter"}),
        (
            "put plan.md in a folder called Scripts",
            {"op": "move", "paths": ["plan.md"], "to": "Scripts", "into": True},
        ),
        (
            "move Notes/meeting log.md to Old Stuff",
            {"paths": ["Notes/meeting log.md"], "to": "Old Stuff", "into": True},
        ),
        ("what is in Notes/mixed cores.md", {"op": "read", "paths": ["Notes/mixed cores.md"]}),
        (
            "rename Notes/Ä Öl prüfung.txt to x.txt",
            {"paths": ["Notes/Ä Öl prüfung.txt"], "to": "Notes/x.txt"},
        ),
        ("append 'x' to Notes/garden diary.txt", {"path": "Notes/garden diary.txt", "text": "x"}),
        (
            "show me the medical report",
            {"op": "read", "paths": ["Health/MEDRPT-2026_medical_report_scan.pdf"]},
        ),
        ("show me the tax report", {"op": "search", "query": "tax report"}),
        ("create \udcff\udcfe.txt", {"op": "create", "path": "\udcff\udcfe.txt"}),
        ("delete caf\udce9-menu.txt", {"op": "remove", "paths": ["Recipes/caf\udce9-menu.txt"]}),
    ],
)
def test_the_whole_name_and_every_part(text: str, expected: dict[str, object]) -> None:
    got = planned(text)
    assert {key: got.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    "text",
    [
        "append 'hello' to three words.md",
        "create a file birthday ideas.txt",
        "create Notes/my ideas",
        "create a file called War and Peace.txt",
        "create a file called War and Peace",
        "make a folder called War and Peace",
        "create a file shopping.txt with eggs, butter",
        "create a file called x.txt in Nowhere",
        "put the photos script in a folder called Scripts",
        "move todo.txt to Letters to Mum.txt",
        "delete tiny paper.pdf",
        "delete 'a b.txt'",
        "delete all jpg files in Nowhere",
    ],
)
def test_in_doubt_it_refuses_with_a_hint(text: str) -> None:
    with pytest.raises((NotUnderstoodError, ConfirmationError)) as caught:
        planned(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "copy todo.txt to '/tmp/y'",
        "copy todo.txt to /tmp/y",
        "write 'x' into /tmp/evil.txt",
        "copy todo.txt to ~/y",
        "delete /etc/passwd",
        "rm /etc/passwd",
        "delete ~/x.txt",
        "delete everything in /etc",
        "mv todo.txt /tmp/",
        "mkdir /tmp/x",
        "create x.md in /tmp",
        "make a folder '~/x'",
        "move Notes/today.md to ../outside.md",
        "move Notes/today.md to ..",
        "merge todo.txt and plan.md into /tmp/all.md",
    ],
)
def test_nothing_outside_is_pointed_inside(text: str) -> None:
    with pytest.raises(PolicyError, match="outside the root"):
        planned(text)


def test_small_talk_is_not_called_a_question_about_an_act() -> None:
    with pytest.raises(NotUnderstoodError, match="did not understand what to do") as caught:
        planned("what's the weather")
    assert "for example" in str(caught.value.hint)


def test_a_bare_name_does_not_mean_a_longer_one() -> None:
    assert planned("delete here.txt")["paths"] == ["here.txt"]  # not "it's here.txt"
