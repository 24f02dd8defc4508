"""Acts on files that are described, in whatever order the words stand: the description is read
whole, or nothing is done."""

from __future__ import annotations

from typing import Any

import pytest
from judged_requests import flat
from words import trained_parser

from lsfs.errors import ConfirmationError, NotUnderstoodError, PolicyError

SETS: tuple[tuple[str, list[dict[str, Any]]], ...] = (
    ("Links to every PDF in Papers, to be placed in reading.",
     [{"op": "link", "to": "reading", "into": True, "types": ["pdf"], "under": "Papers"}]),
    ("Have the two newest PDFs in inbox copied to reading.",
     [{"op": "copy", "to": "reading", "into": True, "limit": 2, "sort": "newest", "types":
      ["pdf"], "under": "inbox"}]),
    ("just move everything thats in inbox over to archive",
     [{"op": "move", "to": "archive", "into": True, "under": "inbox"}]),
    ("Please delete in folder old all files which are older as 01.01.2024",
     [{"op": "remove", "before": "2024-01-01", "under": "old"}]),
    ("Copy everything I've got by Heaney into reading, would you?",
     [{"op": "copy", "to": "reading", "into": True, "author": "Heaney"}]),
    ('Throughout Recipes, replace "tbsp" with "tablespoon".',
     [{"op": "replace", "old": "tbsp", "new": "tablespoon", "under": "Recipes"}]),
    ('everywhere draft.txt says "Maeve", let it say "Niamh"',
     [{"op": "replace", "old": "Maeve", "new": "Niamh", "paths": ["draft.txt"]}]),
    ("Would it be possible to have a link to kv-cache.pdf placed in reading?",
     [{"op": "link", "to": "reading", "into": True, "paths": ["Papers/kv-cache.pdf"]}]),
    ("Have all the PDFs in inbox moved to archive",
     [{"op": "move", "to": "archive", "into": True, "types": ["pdf"], "under": "inbox"}]),
    ("I'd like the three newest pictures in Photos copied to old",
     [{"op": "copy", "to": "old", "into": True, "limit": 3, "sort": "newest", "types": ["image"],
      "under": "Photos"}]),
    ("Get every PDF in Papers copied into reading",
     [{"op": "copy", "to": "reading", "into": True, "types": ["pdf"], "under": "Papers"}]),
    ("move everything that's in Z1 over to Z2",
     [{"op": "move", "to": "Z2", "into": True, "under": "Z1"}]),
    ("shift whatever is in inbox to archive",
     [{"op": "move", "to": "archive", "into": True, "under": "inbox"}]),
    ("everything in inbox goes to archive",
     [{"op": "move", "to": "archive", "into": True, "under": "inbox"}]),
    ("all text files in Papers: copy them to old",
     [{"op": "copy", "to": "old", "into": True, "types": ["text"], "under": "Papers"}]),
    ("The pdfs from Papers, moved to reading please",
     [{"op": "move", "to": "reading", "into": True, "types": ["pdf"], "under": "Papers"}]),
    ("every jpg in Photos should be locked",
     [{"op": "lock", "extensions": ["jpg", "jpeg"], "under": "Photos"}]),
    ("Have everything by Emily Zhang moved to reading",
     [{"op": "move", "to": "reading", "into": True, "author": "Emily Zhang"}]),
    ("copy all that Emily Zhang wrote into reading",
     [{"op": "copy", "to": "reading", "into": True, "author": "Emily Zhang"}]),
    ("Please remove in folder old all files larger than 10 MB",
     [{"op": "remove", "under": "old", "size_min": 10000000}]),
    ("delete all files in old which are older than 2024",
     [{"op": "remove", "before": "2024-01-01", "under": "old"}]),
    ("in Papers delete all the pdfs about cache",
     [{"op": "remove", "query": "cache", "types": ["pdf"], "under": "Papers"}]),
    ('Throughout code, replace "foo" with "bar"',
     [{"op": "replace", "old": "foo", "new": "bar", "under": "code"}]),
    ('wherever plan.md says "Monday" make it "Tuesday"',
     [{"op": "replace", "old": "Monday", "new": "Tuesday", "paths": ["Documents/plan.md"]}]),
    ('everywhere in draft.txt change "cat" to "dog"',
     [{"op": "replace", "old": "cat", "new": "dog", "paths": ["draft.txt"]}]),
    ("put links to all the pdfs in Papers into reading",
     [{"op": "link", "to": "reading", "into": True, "types": ["pdf"], "under": "Papers"}]),
    ("make links to every markdown file under Documents in reading",
     [{"op": "link", "to": "reading", "into": True, "extensions": ["md"], "under": "Documents"}]),
    ("copies of every spreadsheet in Documents, to be put in archive",
     [{"op": "copy", "to": "archive", "into": True, "types": ["spreadsheet"], "under":
      "Documents"}]),
    ("take all the images in Photos and put them in old",
     [{"op": "move", "to": "old", "into": True, "types": ["image"], "under": "Photos"}]),
    ("The largest two files in Papers should go to archive",
     [{"op": "move", "to": "archive", "into": True, "limit": 2, "sort": "largest", "under":
      "Papers"}]),
    ("all of the pdfs about attention should be copied to reading",
     [{"op": "copy", "to": "reading", "into": True, "query": "attention", "types": ["pdf"]}]),
    ("I want all pictures from 2024 moved into archive",
     [{"op": "move", "to": "archive", "into": True, "after": "2024-01-01", "before": "2025-01-01",
      "types": ["image"]}]),
    ("any file in inbox bigger than 5 MB can go to old",
     [{"op": "move", "to": "old", "into": True, "under": "inbox", "size_min": 5000000}]),
    ("have all my photos from 2024 copied into archive please",
     [{"op": "copy", "to": "archive", "into": True, "after": "2024-01-01", "before": "2025-01-01",
      "types": ["image"]}]),
    ("I need every spreadsheet under Documents locked",
     [{"op": "lock", "types": ["spreadsheet"], "under": "Documents"}]),
    ("please get all the text files in Papers moved to old",
     [{"op": "move", "to": "old", "into": True, "types": ["text"], "under": "Papers"}]),
    ("could you have the newest pdf in Papers copied to inbox",
     [{"op": "copy", "to": "inbox", "into": True, "limit": 1, "sort": "newest", "types": ["pdf"],
      "under": "Papers"}]),
    ("I would like everything in Z1 moved to Z2",
     [{"op": "move", "to": "Z2", "into": True, "under": "Z1"}]),
    ("the oldest picture in Photos, to be deleted",
     [{"op": "remove", "limit": 1, "sort": "oldest", "types": ["image"], "under": "Photos"}]),
    ("all files in old that are bigger than 1 GB are to be deleted",
     [{"op": "remove", "under": "old", "size_min": 1000000000}]),
    ("all jpgs from Photos into archive",
     [{"op": "move", "to": "archive", "into": True, "extensions": ["jpg", "jpeg"], "under":
      "Photos"}]),
    ("links in reading to all pdfs in Papers",
     [{"op": "link", "to": "reading", "into": True, "types": ["pdf"], "under": "Papers"}]),
    ("symlinks to the pdfs in Papers, to be created in reading",
     [{"op": "link", "to": "reading", "into": True, "types": ["pdf"], "under": "Papers"}]),
    ("whatever you find by Emily Zhang, copy it to reading",
     [{"op": "copy", "to": "reading", "into": True, "author": "Emily Zhang"}]),
    ("whichever pdfs there are in inbox, move them to reading",
     [{"op": "move", "to": "reading", "into": True, "types": ["pdf"], "under": "inbox"}]),
    ("move the files in Z1, all of them, to Z2",
     [{"op": "move", "to": "Z2", "into": True, "under": "Z1"}]),
    ("from inbox remove everything older than last year",
     [{"op": "remove", "before": "2025-01-01", "under": "inbox"}]),
    ("take every jpg out of Photos and put it in archive",
     [{"op": "move", "to": "archive", "into": True, "extensions": ["jpg", "jpeg"], "under":
      "Photos"}]),
    ('everything with "draft" in the name goes to old',
     [{"op": "move", "to": "old", "into": True, "name": "*draft*"}]),
    ("let all the markdown files in Recipes be locked",
     [{"op": "lock", "extensions": ["md"], "under": "Recipes"}]),
    ('in every text file in code replace "foo" with "bar"',
     [{"op": "replace", "old": "foo", "new": "bar", "types": ["text"], "under": "code"}]),
    ('each time plan.md says "Monday" it should say "Tuesday"',
     [{"op": "replace", "old": "Monday", "new": "Tuesday", "paths": ["Documents/plan.md"]}]),
    ('across Documents, turn "Maeve" into "Niamh"',
     [{"op": "replace", "old": "Maeve", "new": "Niamh", "under": "Documents"}]),
    ("anything in inbox that is older than 2020 should be deleted",
     [{"op": "remove", "before": "2020-01-01", "under": "inbox"}]),
    ("all files in inbox: to archive",
     [{"op": "move", "to": "archive", "into": True, "under": "inbox"}]),
    ("what's in inbox goes to old", [{"op": "move", "to": "old", "into": True, "under": "inbox"}]),
    ("lock everything in Recipes", [{"op": "lock", "under": "Recipes"}]),
    ("unlock all of the files in code", [{"op": "unlock", "under": "code"}]),
    ("bin everything in old from before 2020",
     [{"op": "remove", "before": "2020-01-01", "under": "old"}]),
    ('replace "tbsp" with "tablespoon" everywhere in Recipes',
     [{"op": "replace", "old": "tbsp", "new": "tablespoon", "under": "Recipes"}]),
    ("sling every jpg in Photos over to archive",
     [{"op": "move", "to": "archive", "into": True, "extensions": ["jpg", "jpeg"], "under":
      "Photos"}]),
    ("bung the two newest pdfs in inbox into reading",
     [{"op": "move", "to": "reading", "into": True, "limit": 2, "sort": "newest", "types":
      ["pdf"], "under": "inbox"}]),
    ("hurl the pdfs in inbox into old",
     [{"op": "move", "to": "old", "into": True, "types": ["pdf"], "under": "inbox"}]),
    ("copy all PDFs of Papers to reading",
     [{"op": "copy", "to": "reading", "into": True, "types": ["pdf"], "under": "Papers"}]),
    ("move all text files of Recipes to old",
     [{"op": "move", "to": "old", "into": True, "types": ["text"], "under": "Recipes"}]),
    ("delete all photos of Photos", [{"op": "remove", "types": ["image"], "under": "Photos"}]),
    ("All what is in inbox please move to archive",
     [{"op": "move", "to": "archive", "into": True, "under": "inbox"}]),
    ("I would like that all PDFs of Papers are copied in reading",
     [{"op": "copy", "to": "reading", "into": True, "types": ["pdf"], "under": "Papers"}]),
    ("Please to remove all the files of old that are bigger than 2 MB",
     [{"op": "remove", "under": "old", "size_min": 2000000}]),
    ("Put me all the pictures in the folder old",
     [{"op": "move", "to": "old", "into": True, "types": ["image"]}]),
    ("The three biggest files in Papers: into old with them",
     [{"op": "move", "to": "old", "into": True, "limit": 3, "sort": "largest",
      "under": "Papers"}]),
    ("make sure all PDFs in Papers are locked",
     [{"op": "lock", "types": ["pdf"], "under": "Papers"}]),
    ("see that every jpg in Photos gets copied to archive",
     [{"op": "copy", "to": "archive", "into": True, "extensions": ["jpg", "jpeg"],
      "under": "Photos"}]),
    ("anything by Emily Zhang belongs in reading",
     [{"op": "move", "to": "reading", "into": True, "author": "Emily Zhang"}]),
    ('in all text files of Recipes write "cup" instead of "mug"',
     [{"op": "replace", "old": "mug", "new": "cup", "types": ["text"], "under": "Recipes"}]),
)  # fmt: skip
NEVER = """
no PDFs in Papers should be deleted
none of the PDFs in Papers should be deleted
no file in Papers may be deleted
hardly any PDFs in Papers should be deleted
ensure that no PDFs in Papers are deleted
make sure nothing in Papers is deleted
I want no PDFs deleted
have no PDFs in Papers moved to old
let no PDFs in Papers be deleted
make sure plan.md is not moved to archive
all the pdfs in inbox, copied to archive last week
everything in inbox: move it?
replace "a" with "b" across all folders
in inbox delete everything that is not a pdf
in inbox delete everything but the pdfs
move whichever you like to old
have you moved all the PDFs in inbox to archive
have all the PDFs in inbox been moved to archive?
have the PDFs in inbox moved to archive?
I have all the PDFs in inbox moved to archive already
have all the PDFs in inbox moved to archive unless they are new
have some of the PDFs in inbox moved to archive
have the nice PDFs in inbox moved to archive
have all PDFs but invoice.pdf moved to archive
have all PDFs moved to archive tomorrow
get all files deleted in october
get the files that I deleted yesterday
links to every PDF in Papers
links to every PDF in Papers, never to be placed in reading
the oldest picture in Photos, not to be deleted
all files in old are not to be deleted
all files in old were to be deleted
throughout the year, replace "foo" with "bar"
across all of it, replace "foo" with "bar"
everywhere draft.txt says "Maeve", does it say "Niamh"
wherever somebody says "Maeve", let it say "Niamh"
everywhere but in draft.txt change "cat" to "dog"
any file in inbox can stay
any file in inbox may have gone to old
everything in inbox might go to old
some files in inbox can go to old
copy everything I've got
copy everything I've got by Heaney but one into reading
delete in folder old all files which are not older as 2024 or so
in Papers delete nothing about cache
shunt all pdfs in inbox to nowhere
shunt all pdfs except invoice.pdf to reading
don't sling every jpg in Photos over to archive
did you sling every jpg in Photos over to archive
love all the pdfs in inbox
compress all the pdfs in inbox into old
print all the pdfs into old
""".strip().splitlines()


@pytest.mark.parametrize(("text", "expected"), SETS)
def test_an_act_on_a_set_is_read_whole(text: str, expected: list[dict[str, Any]]) -> None:
    assert [flat(one) for one in trained_parser().parse(text, "test").operations] == expected


@pytest.mark.parametrize("text", NEVER)
def test_what_is_not_read_whole_changes_nothing(text: str) -> None:
    try:
        plan = trained_parser().parse(text, "test")
    except (NotUnderstoodError, ConfirmationError, PolicyError):
        return
    assert not plan.changes_something(), [flat(one) for one in plan.operations]


def test_a_verb_that_nobody_listed_is_only_likely_meant() -> None:
    assert trained_parser().parse("sling every jpg in Photos over to archive", "test").is_proposal
