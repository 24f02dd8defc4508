"""What makes it uncertain that an act is asked for, or on what: then nothing is planned. Pure."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from ..request.hints import hint_words
from ..request.quoting import PATH, QUOTED
from .imperative import filler_words, verb_of
from .whole import strings

_HEDGED = re.compile(
    r"\b(?:maybe|perhaps|possibly|probably|i\s+(?:might|may|wonder|guess|suppose)|not\s+sure|"
    r"thinking\s+(?:of|about)|what\s+about|how\s+about)\b|"
    r"\b(?:after|before|while|once|as\s+soon\s+as|until)\s+(?:\w+ing\b|you\b|i\b|we\b|it\b|they\b)",
    re.I,
)
_NOT_NOW = re.compile(
    r"\b(?:nobody|no[\s-]one|no\s+(?:longer|more|need)|keep\s+from|later|tomorrow|"
    r"every\s+(?:day|week|month|night|morning)|in\s+an?\s+(?:hour|minute))\b", re.I,
)  # fmt: skip
_AMOUNT = re.compile(
    r"\b(?:some|half|most|many|several|(?:a\s+)?few|part|parts|bits?|a\s+(?:bit|couple|lot|number))\s+of\b|"
    r"^\w+(?:\s+(?:up|away|out|back))?\s+(?:some|half|most|many|several|a\s+few)\s+\w+s\b|"
    r"\b(?:and|or)\s+(?:so\s+on|such|the\s+(?:other|others|rest|like)|stuff|things|others|"
    r"everything(?:\s+else)?|more|etc)\b|\betc\b|\.\.\.",
    re.I,
)
_OPEN_STATEMENT = re.compile(
    r"\b(?:should|must|shall|ought|supposed|belongs?)\b.*\?\s*$", re.I | re.S
)


def refuse_uncertain(text: str, operation: BaseOperation) -> None:
    """Refuse an act whose wording hedges, gives a vague amount, or leaves a choice.

    Raises:
        NotUnderstoodError: it does.
    """
    bare = PATH.sub(" x ", QUOTED.sub(" ", text))
    if _HEDGED.search(bare):
        raise _refusal("I cannot hold to conditions and exceptions: say what to act on")
    if _AMOUNT.search(bare):
        raise _refusal("I do not know which and how many of them")
    if isinstance(operation, _WHOLE_FILES) and _PART_OF_FILE.search(bare):
        raise _refusal("I can do that with whole files, not with parts of them")
    if _NOT_NOW.search(bare) and isinstance(operation, plan.Remove | plan.Move | plan.Copy):
        raise _refusal("I cannot do that later, or not at all")
    to = getattr(operation, "to", None)
    if isinstance(to, str) and re.search(r'["“”]', to):
        raise _refusal("I did not understand where to")
    target = getattr(operation, "target", None)
    chosen = isinstance(target, Selector) and not target.is_literal()
    paths = target.paths if isinstance(target, Selector) else ()
    if any(one.startswith(f"{other}/") for one in paths for other in paths):
        raise _refusal("I do not know whether you mean the folder, or what is in it")
    if not chosen and re.search(r"\bor\b", bare) and " or " not in str(operation.model_dump()):
        raise _refusal("I do not know which of the two you mean")


_PART_OF_FILE = re.compile(
    r"\b(?:lines?|paragraphs?|sentences?|sections?|chapters?|pages?|rows?|columns?|cells?|headings?|"
    r"comments?|functions?)(?:\s+\d+(?:\s*(?:-|to|and)\s*\d+)?)?\s+(?:of|in|from)\b",
    re.I,
)
_WHOLE_FILES = (
    plan.Move, plan.Copy, plan.Link, plan.Remove, plan.Lock, plan.Unlock, plan.Share, plan.Touch,
)  # fmt: skip


def is_order(text: str, intent: str, operation: BaseOperation) -> bool:
    """Whether it begins as an order does, where what it acts on is only described."""
    target = getattr(operation, "target", None)
    if not isinstance(target, Selector) or target.is_literal():
        return True
    first = re.match(r"[a-z'-]*", text.casefold())
    leads = hint_words(intent) | _LEADS
    return verb_of(text) is not None or first is None or not first[0] or first[0] in leads


_LEADS = frozenset("in from of for with to under inside within every each all".split())


def is_open_statement(text: str) -> bool:
    """Whether it wonders what should be ("draft.txt should go to old?")."""
    polite = re.match(r"\W*(?:can|could|would|will)\s+(?:you|u|we)\b", text, re.I)
    return not polite and _OPEN_STATEMENT.search(QUOTED.sub(" ", text)) is not None


def _refusal(message: str) -> NotUnderstoodError:
    return NotUnderstoodError(message, hint="name the files, or say which by type, folder or time")


_CHECKED = (
    plan.Create, plan.Mkdir, plan.Write, plan.Append, plan.Move, plan.Copy, plan.Link, plan.Remove,
    plan.Join, plan.Lock, plan.Unlock, plan.Share, plan.Touch, plan.DropGroup, plan.Undo,
)  # fmt: skip
_PURPOSE = re.compile(r"\bfor\s+[^,;]+?(?=\s+(?:called|named|titled|in|inside|under)\b|\s*$)", re.I)
_RECIPIENT = re.compile(
    r"\b(?i:with|to)\s+(?:[A-Z][\w-]*(?:\s+[A-Z][\w-]*)?|(?i:my|the|our)\s+[a-z]+)(?:\s+and\s+[A-Z]\w*)?"
)
_WORD = re.compile(r"(?<![\w-])[a-z][\w'’-]*")


def refuse_unread_words(text: str, operation: BaseOperation, intent: str) -> None:
    """Every word of an act on what is named went into the operation, or is known to say nothing.

    Raises:
        NotUnderstoodError: one is left that may say something else is wanted.
    """
    target = getattr(operation, "target", None)
    chosen = isinstance(target, Selector) and not target.is_literal()
    if chosen or not isinstance(operation, _CHECKED):
        return
    bare = PATH.sub(" ", QUOTED.sub(" ", text))
    if isinstance(operation, plan.Mkdir | plan.Create):
        bare = _PURPOSE.sub(" ", bare)
    elif isinstance(operation, plan.Share):
        bare = _RECIPIENT.sub(" ", bare)
    bare = bare.casefold()
    said = {word for value in strings(operation.model_dump()) for word in _parts(value)}
    known = filler_words() | hint_words(intent) | said | set((verb_of(text) or "").split())
    if isinstance(operation, plan.Undo):
        known |= _act_words()
    for word in _WORD.findall(bare):
        if word.strip("'’-") not in known and not _is_part(word, said):
            raise NotUnderstoodError(
                f"I did not understand what {word!r} is to mean there",
                hint="leave it out, or put names and texts in quotes",
            )


@lru_cache(maxsize=1)
def _act_words() -> frozenset[str]:
    """What an undo may call the act that it turns back."""
    acts = "create mkdir write append replace move rename copy remove join group lock unlock share"
    return _DONE.union(*map(hint_words, acts.split()))


_DONE = frozenset(
    "did deletion removal renaming action actions moment ago oops ouch wrong no".split()
)


def _parts(value: str) -> list[str]:
    return re.findall(r"[^\W_]+", value.casefold())


def _is_part(word: str, said: set[str]) -> bool:
    """Whether it is, but for its ending or a slip, a word of the operation."""
    parts = _parts(re.sub(r"['’]s$", "", word))
    return all(
        part in said
        or any(
            len(part) > 2 and len(one) > 2 and (one.startswith(part) or part.startswith(one))
            for one in said
        )
        or bool(difflib.get_close_matches(part, said, 1, 0.75))
        for part in parts
    )
