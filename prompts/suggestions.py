"""What a person is told who was not understood: the nearest things that can be done. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsfs.errors import NotUnderstoodError, UsageError
from lsfs.worded import LONGEST_REQUEST

from .english.imperative import intents_of
from .request.quoting import QUOTED, masked

EXAMPLES = {
    "search": "find notes about scheduling from last week", "list": "what is in Documents",
    "read": "read todo.txt", "stat": "how big is budget.xlsx",
    "summarize": "summarise q3-report.docx",
    "change_summary": "summarise what changed in plan.md since Monday",
    "similar": "files similar to pasta.md", "groups": "which groups are there",
    "history": "history plan.md", "diff": "what changed in plan.md", "log": "log",
    "create": "create ideas.md", "mkdir": "make a folder called travel",
    "write": "write 'some text' into notes.txt", "append": "append 'one more line' to todo.txt",
    "replace": "replace 'colour' with 'color' in plan.md", "move": "move draft.txt to archive/",
    "rename": "rename draft.txt to chapter1.txt", "copy": "copy budget.xlsx to old/",
    "put_over": "change the content of new.txt to old.txt", "remove": "delete draft.txt",
    "join": "merge a.txt and b.txt into c.txt", "group": "group everything about taxes as taxes",
    "drop_group": "forget the group taxes", "rollback": "roll back plan.md by 2 versions",
    "undo": "undo", "redo": "redo", "lock": "lock cv.pdf", "unlock": "unlock cv.pdf",
    "share": "share budget.xlsx for 7 days", "unshare": "unshare 4", "touch": "touch plan.md",
    "link": "link draft.txt into reading/", "translate": "translate letter.docx into English",
}  # fmt: skip
"""A request for each intent."""
_NEAREST = 3
_NEAR = 0.08
"""A chance below this says nothing: what is asked for most is named instead."""
_OFTEN = ("search", "summarize", "move", "group", "rollback", "undo")
_ASKS_FOR_HELP = re.compile(
    r"\W*(?:help(?: me)?|\?|what (?:can|do) (?:you|i|lsfs) (?:do|ask|say)(?: here| for me)?|"
    r"how does (?:this|it) work|(?:show|list) (?:me )?(?:the |all )?(?:commands|examples)|"
    r"帮助|你(?:会|能)(?:做|干)?(?:什么|啥))\W*",
    re.I,
)


_ANSWERS = re.compile(
    r"\W*(?:y|n|yes|no|yep|yeah|nope|ok|okay|k|sure|fine|go ahead|do it|confirm|[a-z]|\d{1,3}|"
    r"是的?|好的?|对的?|行|可以|嗯+|不|不是|不要|不用|确认|确定)\W*",
    re.I,
)
"""What answers a question that nobody asked."""


_COMMAND = re.compile(
    r"\s*(?:lsfs\s+)?(?P<name>gc|verify|doctor|status|config|umount|serve)\s*"
    r"|\s*lsfs\s+(?P<other>init|mount|stop|index|shares|eval|completion)\s*"
)
_DICTATES = re.compile(
    r"\W*(?:please\s+)?(?:note|write|jot|take|put)\s+(?:(?:this|that|it)\s+)?down\b\s*[:,;-]?\s+",
    re.I,
)
""" "Note down: delete x": a text, and not what it says."""


def _refuse_commands(text: str) -> None:
    if command := _COMMAND.fullmatch(text):
        name = command["name"] or command["other"]
        raise NotUnderstoodError(
            f"{name} is a command of its own",
            hint=f"outside of a session: lsfs {name}; to look for the word: search '{name}'",
        )
    dictates = _DICTATES.match(text)
    if dictates and intents_of(masked(text[dictates.end() :])):
        raise NotUnderstoodError(
            "I did not understand in which file to write that",
            hint=f"for example: {EXAMPLES['append']}; to have it done, say that alone",
        )


def refuse_to_chat(text: str) -> None:
    """Answer "what can you do?" with what can be asked for, and commands, and
    dictation without a file, with how they are said; refuse a stray "y" or "42".

    Raises:
        NotUnderstoodError: that is the request; `hint` is an example of each.
    """
    if _ANSWERS.fullmatch(text):
        raise NotUnderstoodError(
            f"{text.strip()!r} answers no question: nothing was asked",
            hint=f"say what to do; to look for it: search '{text.strip()}'"
            ' (in a session, one that was shown is "the second one")',
        )
    _refuse_commands(text)
    if _ASKS_FOR_HELP.fullmatch(text):
        raise NotUnderstoodError(
            "ask in your own words", hint=f"for example: {' · '.join(EXAMPLES.values())}"
        )


MOST_UNCLOSED = 50
"""Each is looked for to the end of the request, by each pattern."""
_DOUBLED = re.compile(r"(?<=\w)''(?=\w)")
""" "'it''s.txt'": in words no quotation mark stands for itself by standing twice."""
_DOUBLE_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")
_OPENING = re.compile(r"(?<!\w)['\"“‘«「`]")


def checked(request: str) -> str:
    """The request without white space around it.

    Raises:
        UsageError: it is empty, too long, or its quotation marks are doubled, or never closed.
    """
    if not request.strip():
        raise UsageError("the request is empty", hint=f"for example: {EXAMPLES['search']}")
    if len(request) > LONGEST_REQUEST:
        raise UsageError(
            f"the request has {len(request)} characters; {LONGEST_REQUEST} are read",
            hint="put long texts into a file",
        )
    if _DOUBLED.search(_DOUBLE_QUOTED.sub(" ", request)):
        raise UsageError(
            "a quotation mark is written twice within a word",
            hint="put a name that has an apostrophe in double quotes",
        )
    unclosed = len(_OPENING.findall(QUOTED.sub(" ", request)))
    if unclosed > MOST_UNCLOSED:
        raise UsageError(
            f"{unclosed} quotation marks of the request are never closed",
            hint="put each name, and each text, in a pair of quotes",
        )
    return request.strip()


def not_understood(message: str, ranked: Sequence[tuple[str, float]]) -> NotUnderstoodError:
    """The error, with examples of the likeliest intents in `ranked` (intent, chance)."""
    near = [intent for intent, chance in ranked if chance >= _NEAR and intent in EXAMPLES]
    nearest = [EXAMPLES[intent] for intent in dict.fromkeys((*near, *_OFTEN))][:_NEAREST]
    return NotUnderstoodError(message, hint="I can, for example: " + " · ".join(nearest))
