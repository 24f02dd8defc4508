"""Which file or folder a name means: a path that is there is never taken for another."""

from __future__ import annotations

import functools
import os
from typing import Any

import pytest
from judged_requests import flat
from words import parser_over

from lsfs.errors import ConfirmationError, NotUnderstoodError
from lsfs.prompts.parser import RequestParser

DIRECTORIES = ["s", "s/notes", "s/my stuff", "todo", "x", "x/plan", "a", "Reading", "v1.2 old"]
FILES = [
    "s/notes.txt", "s/notes.tar", "s/notes/x.txt", "s/my stuff/a.txt", "my stuff.txt", "todo.txt",
    "F.txt", "plan.md", "report", "x/report.txt", "a/b.txt", "Reading.md", "UPPER.txt", "upper.txt",
    "old.txt",
]  # fmt: skip
SECONDS_AGO = "to how it was 3 seconds ago"


@functools.lru_cache(maxsize=1)
def parser() -> RequestParser:
    """A parser over the names above."""
    return parser_over(DIRECTORIES, FILES)


def planned(text: str) -> dict[str, Any]:
    """The one operation of the plan."""
    (operation,) = parser().parse(text, "test").operations
    return flat(operation)


@pytest.mark.parametrize(
    "name",
    [
        "s/notes", "'s/notes'", '"s/notes"', "s/notes/", "the folder s/notes", "folder s/notes",
        "the s/notes folder", "the directory s/notes/", "the folder 's/notes'", "notes", "'notes'",
        "the notes folder",
    ],
)  # fmt: skip
def test_a_folder_wins_over_files_of_the_same_stem(name: str) -> None:
    """`s/notes.txt` was rolled back where the folder `s/notes` was named."""
    restored = planned(f"restore {name} {SECONDS_AGO}")
    assert (restored["op"], restored["path"]) == ("restore", "s/notes")
    assert planned(f"what changed in {name} since yesterday")["path"] == "s/notes"


@pytest.mark.parametrize(
    "text",
    [
        "history s/notes", "history of s/notes", "delete s/notes", "rm s/notes", "mv s/notes x/",
        "move s/notes to x", "copy s/notes to x", "rename s/notes to s/n2", "lock s/notes",
        "similar s/notes", "diff s/notes", "how big is s/notes", "list s/notes", "read s/notes",
        "group s/notes as g", "rollback s/notes --to yesterday", "restore s/notes --to yesterday",
    ],
)  # fmt: skip
def test_a_path_that_is_there_is_meant_by_every_verb(text: str) -> None:
    operation = planned(text)
    assert "s/notes" in (operation.get("path"), *operation.get("paths", ()))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("delete report", "report"),
        ("read report", "report"),
        ("delete UPPER.txt", "UPPER.txt"),
        ("delete upper.txt", "upper.txt"),
        ("delete todo", "todo"),
        ("delete todo.txt", "todo.txt"),
        ("delete 'my stuff'", "s/my stuff"),
        ("delete 's/my stuff'", "s/my stuff"),
        ("delete the folder my stuff", "s/my stuff"),
        ("delete folder plan", "x/plan"),
        ("delete the folder 'v1.2 old'", "v1.2 old"),
    ],
)
def test_the_exact_name_wins(text: str, path: str) -> None:
    assert planned(text)["paths"] == [path]


@pytest.mark.parametrize(
    "text",
    [
        f"restore the folder F {SECONDS_AGO}",
        f"restore the folder F.txt {SECONDS_AGO}",
        f"restore the folder F from backup {SECONDS_AGO}",
        "delete the folder F",
        "delete the folder F.txt",
        "delete the folder notes and the folder F",
        "what changed in the folder F since yesterday",
        "how big is the folder F",
        "delete the file todo",
    ],
)
def test_what_is_called_a_folder_is_no_file(text: str) -> None:
    with pytest.raises(NotUnderstoodError, match="folder"):
        planned(text)


@pytest.mark.parametrize("name", ["s/gone/", "the folder s/gone", "'s/gone/'", "F/"])
def test_a_folder_that_is_gone_is_restored_as_one(name: str) -> None:
    """The engine knows whether there was one; no file of nearly that name is touched."""
    operation = planned(f"restore {name} {SECONDS_AGO}")
    assert (operation["op"], operation["path"]) == (
        "restore",
        name.strip("'").split()[-1].strip("/"),
    )


@pytest.mark.parametrize(
    "text",
    ["delete x/repor", f"restore my stuff {SECONDS_AGO}", "delete s/plan", "delete s/F"],
)
def test_an_act_on_a_path_that_is_not_there_asks(text: str) -> None:
    try:
        operation = planned(text)
    except ConfirmationError as question:
        assert question.hint
    else:
        assert operation["paths"] == [text.split()[-1]]  # itself: the engine will say


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("delete b.txt in a", "a/b.txt"),
        ("delete b.txt in x", "x/b.txt"),
        ("delete b.txt in the x folder", "x/b.txt"),
        ("move b.txt from x to s", "x/b.txt"),
        ("copy the file plan.md in x to s", "x/plan.md"),
        ("rename b.txt in x to c.txt", "x/b.txt"),
        ("append 'y' to todo.txt in x", "x/todo.txt"),
        ("read the plan in x", "x/plan"),
    ],
)
def test_the_folder_that_is_said_counts(text: str, path: str) -> None:
    """`delete b.txt in x` removed `a/b.txt`."""
    operation = planned(text)
    assert path in (operation.get("path"), *operation.get("paths", ()))


@pytest.mark.parametrize(
    "text",
    [
        "delete the report in x/plan",
        "delete the plan in the folder Reading",
        "delete b.txt in nowhere",
        "delete b.txt in a/gone",
        "append 'y' to b.txt in the folder gone",
    ],
)
def test_what_is_not_in_the_folder_that_is_said_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        planned(text)


@pytest.mark.parametrize("name", ["s/gone.txt", "s/gone", "the folder s/gone"])
def test_what_is_gone_can_still_be_named(name: str) -> None:
    assert planned(f"history of {name}")["path"] == name.split()[-1]


def test_every_name_of_a_list_is_taken() -> None:
    assert planned("move plan.md and report to x")["paths"] == ["plan.md", "report"]
    assert planned("delete the folders s/notes and todo")["paths"] == ["s/notes", "todo"]


@functools.lru_cache(maxsize=1)
def album() -> RequestParser:
    return parser_over(
        ["Album", "Pictures"],
        ["Pictures/photo.jpg", "Pictures/beach.jpg", "videos.zip", "notes.txt"],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("move photos to Album", {"types": ["image"]}),
        ("move the photos to Album", {"types": ["image"]}),
        ("copy photos from Pictures to Album", {"types": ["image"], "under": "Pictures"}),
        ("delete photos", {"types": ["image"]}),
        ("delete videos", {"types": ["video"]}),
        ("delete photo", {"paths": ["Pictures/photo.jpg"]}),
        ("delete the file videos", {"paths": ["videos.zip"]}),
        ("delete notes", {"paths": ["notes.txt"]}),
    ],
)
def test_files_of_a_kind_are_never_the_one_that_is_called_so(
    text: str, expected: dict[str, Any]
) -> None:
    """`move photos to Album` moved photo.jpg alone."""
    (operation,) = album().parse(text, "test").operations
    assert expected.items() <= flat(operation).items()


@pytest.mark.parametrize("text", ["share photos", "rename photos to pics", "delete pictures"])
def test_files_of_a_kind_are_asked_about_where_one_is_meant(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        album().parse(text, "test")


@functools.lru_cache(maxsize=1)
def odd() -> RequestParser:
    names = ["Safe", "New", "All", "It", "Here", "Everything", "Top", "Trash"]
    return parser_over([*names, "Album"], ["plan.md", *(f"{name}/x.txt" for name in names)])


@pytest.mark.parametrize("name", ["Safe", "New", "All", "It", "Here", "Everything", "Top", "Trash"])
def test_a_folder_called_like_a_word_of_the_grammar_is_one(name: str) -> None:
    for said in (f"the {name} folder", f"the folder {name}", f'"{name}"', f"{name}/"):
        for verb, more in (("delete", ""), ("move", " to Album")):
            (operation,) = odd().parse(f"{verb} {said}{more}", "test").operations
            assert flat(operation)["paths"] == [name], said
        (operation,) = odd().parse(f"move plan.md to {said}", "test").operations
        assert flat(operation)["to"] == name, said
        (operation,) = odd().parse(f"create a.txt in {said}", "test").operations
        assert flat(operation)["path"] == f"{name}/a.txt", said


@pytest.mark.parametrize(
    "text", ["delete it", "delete everything", "delete all", "move plan.md there"]
)
def test_the_words_themselves_stay_words(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        odd().parse(text, "test")


def test_a_quoted_folder_is_the_place_of_a_new_file() -> None:
    """`create a.txt in "x"` made a.txt in the root, with the text "x"."""
    assert planned('create n.txt in "x"') == {"op": "create", "path": "x/n.txt"}
    with pytest.raises(NotUnderstoodError, match="nowhere"):
        planned('create n.txt in "nowhere"')


@functools.lru_cache(maxsize=1)
def hostile() -> RequestParser:
    return parser_over(["x"], ["x/bad\x1bname.txt", "new\nline.txt", os.fsdecode(b"caf\xe9.txt")])


@pytest.mark.parametrize(
    ("printed", "path"),
    [
        (r"bad\x1bname.txt", "x/bad\x1bname.txt"),
        (r"x/bad\x1bname.txt", "x/bad\x1bname.txt"),
        (r"new\nline.txt", "new\nline.txt"),
        ("caf%E9.txt", os.fsdecode(b"caf\xe9.txt")),
    ],
)
def test_a_name_is_understood_as_it_is_printed(printed: str, path: str) -> None:
    for text in (f"delete {printed}", f'delete "{printed}"', f"删除 {printed}"):
        (operation,) = hostile().parse(text, "test", folder="").operations
        assert flat(operation) == {"op": "remove", "paths": [path]}


@pytest.mark.parametrize(
    "text",
    ["move q.txt to receips", "copy q.txt into the folder receips", "把 q.txt 移到 receips",
     "q.txt ought to live in receips/ from now on"],
)  # fmt: skip
def test_a_slip_is_no_new_folder(text: str) -> None:
    names = parser_over(["recipes", "notes 2025"], ["q.txt"])
    with pytest.raises(ConfirmationError, match="receips") as asked:
        names.parse(text, "test")
    assert "did you mean recipes?" in (asked.value.hint or "")
    for told in ("the new folder receips", '"receips"', "notes 2026", "archive"):
        (move,) = names.parse(f"move q.txt to {told}", "test").operations
        assert flat(move)["to"].strip() in told


def test_a_folder_is_a_folder_whatever_its_name_looks_like() -> None:
    assert planned('create folder "rename n.txt to x.md"') == {
        "op": "mkdir", "path": "rename n.txt to x.md",
    }  # fmt: skip
    assert planned("create folder 'report.txt'") == {"op": "mkdir", "path": "report.txt"}


@pytest.mark.parametrize(
    "text",
    ["create folder move n.txt to x", "make a new folder move the pdfs in x there",
     "create new.txt saying hello in x", "delete the article"],
)  # fmt: skip
def test_nothing_that_was_said_is_left_out(text: str) -> None:
    names = parser_over(["x"], ["n.txt", "all_of_the_article_first.txt"])
    with pytest.raises((NotUnderstoodError, ConfirmationError)):
        names.parse(text, "test")
    (copied,) = names.parse("copy n.txt to new.txt in x", "test").operations
    assert flat(copied) == {"op": "copy", "paths": ["n.txt"], "to": "x/new.txt"}
    (moved,) = names.parse("move the first article to x", "test").operations
    assert flat(moved)["paths"] == ["all_of_the_article_first.txt"]


@pytest.mark.parametrize(
    "text",
    [
        "move bees to old", "copy wasps into old", "lock wasps", "unlock bees", "share wasps",
        "rename wasps to x.md", "link bees into old", "delete wasps", "append 'x' to bees",
        "roll back wasps to yesterday", "join bees and plan.md into both.md",
    ],
)  # fmt: skip
def test_one_word_of_a_long_name_is_asked_about(text: str) -> None:
    names = parser_over(["old"], ["notes on bees and wasps of the north.md", "plan.md"])
    with pytest.raises(ConfirmationError, match="nothing is called") as refused:
        names.parse(text, "test")
    assert "notes on bees and wasps of the north.md" in str(refused.value.hint)
    (read,) = names.parse("read wasps", "test").operations
    assert flat(read)["paths"] == ["notes on bees and wasps of the north.md"]


@pytest.mark.parametrize("text", ["lock the picture", "move the video to old", "share the pdf"])
def test_what_is_only_a_kind_is_no_part_of_a_name(text: str) -> None:
    names = parser_over(["old"], ["epub_picture.epub", "my video.txt", "pdf notes.md"])
    with pytest.raises((ConfirmationError, NotUnderstoodError)):
        names.parse(text, "test")
    (named,) = names.parse("lock the epub picture", "test").operations
    assert flat(named)["paths"] == ["epub_picture.epub"]


@pytest.mark.parametrize("name", ["boys', girls.txt", "draft.txt first", "a.txt, like b"])
def test_a_new_name_in_quotes_is_taken_whole(name: str) -> None:
    names = parser_over(["old"], ["draft.txt"])
    (renamed,) = names.parse(f'rename draft.txt to "{name}"', "test").operations
    assert flat(renamed)["to"] == name
