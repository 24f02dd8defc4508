"""What is no order to do a thing now, with that whole file, changes nothing: family by family."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from judged_requests import flat
from words import trained_parser

from lsfs.errors import ConfirmationError, NotUnderstoodError, PolicyError

FAMILIES: dict[str, Sequence[str]] = {
    "forbidden": (
        "share cv.pdf with nobody", "share cv.pdf with no one", "share cv.pdf no more",
        "lock plan.md no longer", "lock plan.md no more", "there is no need to delete draft.txt",
        "delete draft.txt. no", "delete draft.txt? no", "keep from deleting draft.txt",
        "refrain from moving draft.txt to archive", "no sharing of cv.pdf", "no deleting draft.txt",
        "under no circumstances delete draft.txt", "nobody shall delete draft.txt",
        "stop deleting draft.txt", "avoid renaming plan.md to roadmap.md",
        "by no means lock cv.pdf",
        "let draft.txt stay, delete nothing", "draft.txt need not be deleted",
        "hands off draft.txt",
        "share plan.md with none of them", "delete draft.txt? nope", "unlock cv.pdf? better not",
        "hold off deleting draft.txt", "leave draft.txt alone", "keep draft.txt", "spare draft.txt",
        "delete draft.txt, nah", "share cv.pdf any less", "delete no files but draft.txt",
    ),
    "another time": (
        "delete draft.txt later", "delete draft.txt tomorrow", "delete draft.txt every week",
        "delete draft.txt once", "lock cv.pdf for 2 hours", "lock plan.md until tomorrow",
        "lock plan.md. unlock cv.pdf later", "unlock cv.pdf tonight", "touch plan.md every day",
        "share cv.pdf tomorrow", "share cv.pdf next week", "share cv.pdf on friday",
        "share cv.pdf at 5pm", "rename draft.txt to x.txt on friday",
        "copy plan.md to archive daily", "append 'x' to todo.txt tomorrow",
        "move draft.txt to archive eventually", "delete draft.txt soon", "delete draft.txt someday",
        "lock cv.pdf for a week", "create ideas.md next monday",
        "merge draft.txt and aios.txt into "
        "all.txt tonight", "delete draft.txt at some point", "roll back plan.md later",
        "delete draft.txt in a week", "unlock cv.pdf for an hour", "restore plan.md tomorrow",
        "move plan.md to archive on monday", "move draft.txt to archive in the evening",
        "write 'x' into todo.txt every morning", "back up plan.md to old every night",
    ),
    "told, not asked": (
        "my wife wants to delete draft.txt", "my wife deleted draft.txt",
        "the boss deleted draft.txt",
        "i will delete draft.txt", "we are going to delete draft.txt", "draft.txt was deleted",
        "anyone deleted draft.txt?", "draft.txt deleted?", "nobody edits plan.md",
        "people share cv.pdf", "Anna moved plan.md to archive", "the team will lock plan.md",
        "he renamed draft.txt to plan2.md", "they are sharing cv.pdf", "draft.txt gets deleted",
        "someone will remove draft.txt", "my brother is moving plan.md to archive",
        "the file draft.txt has been removed", "you copied plan.md to archive", "we share cv.pdf",
        "plan.md is locked", "plan.md was renamed to roadmap.md", "i am deleting draft.txt",
        "the intern could delete draft.txt", "cv.pdf is being shared", "i shared cv.pdf",
        "our teacher locks plan.md", "deleting draft.txt would be sad", "draft.txt went to archive",
    ),
    "a part of it": (
        "delete the contents of draft.txt", "delete the text in draft.txt",
        "erase the title of plan.md",
        "delete the notes in plan.md", "remove my name from cv.pdf", "remove the photo from cv.pdf",
        "remove the title from plan.md", "remove the images from q3-report.docx",
        "delete draft.txt content", "delete draft.txt first line", "delete the last line draft.txt",
        "move the photo in cv.pdf to Photos", "share the photo in cv.pdf",
        "lock the pictures in q3-report.docx", "delete photos of plan.md",
        "erase the text of todo.txt",
        "delete the letter in landlord.docx", "copy the pictures of slides.pptx to Photos",
        "remove all images from slides.pptx", "delete the second note in todo.txt",
        "share the report in q3-report.docx", "move the text of draft.txt to archive",
        "delete the heading of plan.md", "remove the files from draft.txt",
        "delete plan.md's title",
        "delete the name in cv.pdf", "remove the date from plan.md", "delete what plan.md says",
        "delete the words of draft.txt", "lock the first part of plan.md",
        "delete half of draft.txt",
        "unlock the sheet in budget.xlsx", "copy the document in cv.pdf to archive",
        "restore only the title of plan.md", "restore the second paragraph of plan.md",
        "roll back the heading of plan.md", "revert the last sentence in plan.md",
        "bring back the pictures in q3-report.docx", "restore the name in cv.pdf",
    ),
    "beside it": (
        "remove cv.pdf from the results", "delete the copy of plan.md",
        "delete the backup of plan.md",
        "delete the duplicate of plan.md", "delete the pdf version of q3-report.docx",
        "delete the shortcut to plan.md", "delete the folder of draft.txt",
        "delete the files next to draft.txt", "move the copy of plan.md to archive",
        "delete the files around plan.md", "delete the notes about plan.md",
        "lock the backup of plan.md",
        "share the pdf of plan.md", "delete the folder containing draft.txt",
        "delete the documents beside cv.pdf", "remove the papers like attention.pdf",
        "delete the file after draft.txt", "delete the picture behind wedding.jpg",
        "remove cv.pdf from the list", "remove plan.md from the index",
        "lock the folder of plan.md",
        "share the folder of cv.pdf", "copy the notes on plan.md to archive",
        "delete the versions of plan.md", "delete all copies of plan.md",
        "delete both backups of cv.pdf",
        "unlock the copy of cv.pdf", "rename the copy of plan.md to p2.md",
    ),
    "something else of it": (
        "reset permissions of plan.md", "reset the timestamp of plan.md",
        "reset the password of cv.pdf",
        "restore plan.md from the backup drive", "restore plan.md from the cloud",
        "undo the lock on plan.md", "undo the renaming of plan.md", "undo the move of plan.md",
        "undo the copy of plan.md", "undo the sharing of cv.pdf", "revert the name of plan.md",
        "roll back the permissions of cv.pdf", "undo the copying of budget.xlsx",
        "reset the owner of plan.md", "restore the colours of beach.jpg", "reset plan.md's date",
        "undo the merge of all.txt", "restore the old name of plan.md",
        "reset the size of beach.jpg",
    ),
    "added, but no text": (
        "add password to cv.pdf", "add write protection to cv.pdf", "add protection to plan.md",
        "add page numbers to q3-report.docx", "add subtitles to plan.md",
        "add a watermark to cv.pdf",
        "add headers to todo.txt", "put a signature on cv.pdf", "add line numbers to parser.py",
        "add tags to plan.md", "add colour to beach.jpg", "add captions to wedding.jpg",
        "add a table of contents to plan.md", "add permissions to todo.txt",
        "put a stamp on cv.pdf",
        "add encryption to todo.txt", "add bookmarks to cv.pdf", "add comments to main.c",
        "add formatting to todo.txt", "add a cover page to q3-report.docx",
        "add charts to budget.xlsx",
    ),
    "turned round": (
        "let nobody see cv.pdf", "please let no one read cv.pdf", "make cv.pdf no more available",
        "let me see plan.md", "can you let me view budget.xlsx", "give me access to cv.pdf",
        "let us read plan.md", "give nobody access to cv.pdf", "allow no one to see cv.pdf",
        "let none of them see cv.pdf", "make cv.pdf hardly available", "make cv.pdf less public",
        "give us access to plan.md", "let no colleague download cv.pdf",
        "let me access budget.xlsx",
        "make plan.md never available", "give no one access to plan.md", "let me download cv.pdf",
        "substitute foo for bar in plan.md", "substitute Anna for Tom in todo.txt",
    ),
    "a share that stays": (
        "keep link 4", "renew link 4", "check share 4", "extend share 4", "open link 4",
        "copy link 4",
        "update share 4", "send link 4", "prolong link 7", "visit link 4", "count share 4",
        "test link 2",
    ),
    "looked for": (
        "find notes about how to redo the kitchen", "search for redo bathroom",
        "which photos did not undo", "find emails about the payment that was reverted by mistake",
        "redo bathroom ideas", "articles on how to undo a knot", "notes about redo logs",
        "anything about undoing a git commit by mistake", "the redo list of the house",
        "where are the plans to redo the garden", "redo log size notes", "undo button design",
    ),
    "left as it is": (
        "cancel", "cancel please", "please cancel", "cancel!", "never mind",
        "forget it", "stop", "no, cancel", "ok cancel", "abort",
    ),
    "no name": (
        "move plan.md next to draft.txt", "copy plan.md next to draft.txt",
        "move draft.txt to the end of todo.txt", "copy draft.txt to the bottom of todo.txt",
        "move plan.md to the folder of nosuch.txt", "move all photos to archive but the newest",
        "copy plan.md to archive twice", "move plan.md to archive. No",
        "rename draft.txt to the same name as plan.md", "move draft.txt to archive after lunch",
        "move plan.md to archive for now", "move plan.md to old as soon as possible maybe",
        "copy draft.txt to archive as well as old", "move plan.md to archive with care",
        "move plan.md to archive by hand", "rename plan.md to what it was called before",
        "rename plan.md to the title of cv.pdf", "move draft.txt to a better place",
        "copy cv.pdf to archive three times", "rename draft.txt to plan2.md or plan3.md",
        "move draft.txt to archive or old", "move cv.pdf to the top of the list",
        "rename draft.txt to the name of its author", "move cv.pdf from here to there",
        "move plan.md to archive while i am away", "move plan.md to archive unless it is open",
    ),
    "described, not named": (
        "rename draft.txt to uppercase", "rename draft.txt to its old name",
        "copy draft.txt as pdf",
        "rename draft.txt to something better", "rename plan.md to lowercase",
        "rename plan.md to pdf",
        "copy plan.md as docx", "rename cv.pdf to its title", "rename draft.txt to another name",
        "rename draft.txt to a shorter name", "rename draft.txt to snake_case",
        "save plan.md as pdf",
        "rename plan.md to whatever you like", "rename cv.pdf to today's date",
        "rename draft.txt to the date", "rename beach.jpg to when it was taken",
        "rename draft.txt to anything", "rename plan.md to the previous name",
        "copy cv.pdf as text",
        "rename draft.txt to title case", "move plan.md as pdf", "rename plan.md to a new name",
    ),
    "which folder": (
        "move draft.txt to archive then delete the folder",
        "copy draft.txt to archive and then delete the folder",
        "move cv.pdf to old and remove the folder", "make the folder private",
        "make the folder read-only", "make the directory public", "make the folder smaller",
        "make the folder writable", "make the folder available to Anna", "set up the folder nicely",
    ),
    "of a set": (
        "delete all mentions of Anna in plan.md", "delete all mentions of Anna in Documents",
        "remove every comment in code", "delete the headings in Documents",
        "delete all photos in Photos tomorrow", "lock all photos for a week",
        "move all pdfs to archive next week", "unlock all pdfs for an hour", "delete no photos",
        "anna deleted all photos in Photos", "my wife moves all photos to archive",
        "nobody may delete photos", "delete photos in Photos but keep the best",
        "delete all photos that are blurry", "delete a photo", "delete the photo",
        "share all photos", "delete all folders", "delete empty folders in Documents",
        "delete the folders that hold photos", "delete all groups", "delete all versions",
        "copy all photos twice to archive", "rename all photos to their date",
        "delete photos later",
        "move all emails to archive every friday", "lock all pdfs until monday",
    ),
    "other work": (
        "copy draft.txt to usb", "reverse plan.md", "split plan.md into chapters",
        "shorten draft.txt",
        "share cv.pdf with hardly anyone", "move draft.txt to the right folder",
        "move draft.txt to the travel folder", "make plan.md bold", "make draft.txt shorter",
        "tidy up the mess in Documents", "clean up draft.txt", "empty the bin", "clear the history",
        "group chat with anna", "delete the group of plan.md", "print cv.pdf",
        "sort the lines of todo.txt",
        "set plan.md as favourite", "mark draft.txt as done", "assign plan.md to Tom",
        "touch up beach.jpg",
        "lock the door", "unlock my phone", "share my screen", "drop the subject", "kill time",
        "put the kettle on", "roll the dice", "restore my faith", "call me later",
        "join the meeting",
        "move on", "copy that", "note to self", "make me a sandwich", "merge conflict in parser.py",
    ),
    "named first": (
        "draft.txt, don't delete it", "draft.txt: never delete it", "not draft.txt, delete it",
        "the photos, my wife deletes them", "whatever, delete it", "as for draft.txt, leave it",
        "draft.txt, or better aios.txt, delete it", "everything but draft.txt, delete it",
        "the title of plan.md, delete it", "page 3 of cv.pdf, delete it",
        "the copy of plan.md, delete it",
        "some photos, delete them", "useless pdfs, delete them", "draft.txt, delete it tomorrow",
        "todo: delete draft.txt", "note: move plan.md to archive", "anna: delete draft.txt",
    ),
    "half a step": (
        "lock plan.md but not now", "move draft.txt to archive but keep a copy",
        "delete draft.txt but first copy it to archive", "move draft.txt to archive and aios.txt",
        "move draft.txt to archive and to old", "rename draft.txt to a.txt and b.txt to the end",
        "read & delete plan.md", "search & destroy", "move & copy", "delete the original",
        "copy cv.pdf to archive and delete the originals",
        "move draft.txt to archive, then aios.txt",
        "copy draft.txt to draft-old.txt first, and then change 'a' to 'b' in draft.txt",
        "copy draft.txt to draft-old.txt quickly", "copy draft.txt to draft-old.txt my friend",
    ),
    "a wish for something else": (
        "I want draft.txt", "I need cv.pdf in archive", "I want cv.pdf in word", "I need a folder",
        "I want budget.xlsx back on my desk", "I want a copy of anna's notes", "time to go",
        "cv.pdf can go to hell", "cv.pdf can go online", "plan.md can be moved by anyone",
        "you can delete files with rm", "sorry, i deleted draft.txt", "mark plan.md", "lift me up",
        "would it be possible that anna deleted draft.txt", "turn off sharing", "return home",
        "give me plan.md back as pdf", "update cv.pdf with my new address", "yes, do it",
    ),
    "only a place": (
        "delete from archive", "delete in archive", "lock in archive", "remove from inbox",
        "unlock in Documents", "move from inbox", "erase from old", "share from Documents",
        "replace everything in archive with 'x'", "write 'x' into Documents",
    ),
    "asked by its mark": (
        "plan.md writable?", "plan.md read-only?", "cv.pdf locked?", "draft.txt moved to archive?",
        "delete draft.txt because it is old unless you need it", "restore files?",
        "share with anna@example.com", "name the photo folder nicely", "cv.pdf shared with Anna?",
    ),
    "smaller": (
        "delete the group photo", "delete my group photo", "remove the group picture",
        "share cv.pdf for the next hour", "share cv.pdf for as long as needed",
        "share cv.pdf only with wife", "generate cv.pdf", "generate budget.xlsx",
        "dump budget.xlsx",
        "delete the text files in archive and the folder", "erase the group photos",
        "delete pdfs in archive and the folder inbox too", "generate slides.pptx from plan.md",
        "unlock cv.pdf for my wife", "lock cv.pdf against thieves", "delete draft.txt gradually",
        "delete draft.txt from the internet", "copy cv.pdf to my phone", "delete draft.txt partly",
        "rename draft.txt back", "move plan.md nowhere", "delete draft.txt less",
    ),
}  # fmt: skip
"""Requests by what keeps each from being an act."""


LEFT_TO_CHANCE = """
delete three files in Recipes
delete any two pdfs
move four notes to archive
delete Papers/..
move Papers/.. to archive
delete Papers/../draft.txt
move plan.md to archive quickly
copy plan.md to archive one day
move all notes into their own folder
move plan.md to its own folder
"""


@pytest.mark.parametrize("text", LEFT_TO_CHANCE.strip().splitlines())
def test_nothing_is_left_to_chance(text: str) -> None:
    assert planned_change(text) is None


@pytest.mark.parametrize(
    "text",
    [pytest.param(text, id=f"{name}: {text}") for name in FAMILIES for text in FAMILIES[name]],
)
def test_never_an_act(text: str) -> None:
    assert planned_change(text) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("delete the folder", ["Photos/beach.jpg"]),
        ("remove the directory", ["Documents/cv.pdf"]),
        ("delete the last file in archive", ["Documents/plan.md", "Documents/cv.pdf"]),
        ("lock the first file in inbox", ["Documents/plan.md", "Documents/cv.pdf"]),
        ("delete the last file in archive", ["draft.txt", "Documents/plan.md", "aios.txt"]),
        ("delete the document about soup and this", ["Photos/beach.jpg"]),
        ("delete the second one under archive", ["Documents/plan.md", "Documents/cv.pdf"]),
    ],
)
def test_never_an_act_on_what_was_shown(text: str, shown: list[str]) -> None:
    assert planned_change(text, shown) is None


def planned_change(text: str, shown: Sequence[str] = ()) -> object:
    """The first operation of a plan that changes something."""
    try:
        plan = trained_parser().parse(text, "test", shown)
    except (NotUnderstoodError, ConfirmationError, PolicyError):
        return None
    return flat(plan.operations[0]) if plan.changes_something() else None
