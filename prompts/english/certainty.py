"""What makes it uncertain that an act is asked for, or on what: then nothing is planned. Pure."""

from __future__ import annotations

import re

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from ..request.hints import hint_words
from ..request.quoting import PATH, QUOTED
from .imperative import framed_intents, verb_of, words_of
from .politeness import plain
from .unread_words import WHOLE_FILES, without_adjuncts
from .whole import strings

_HEDGED = re.compile(
    r"\b(?:maybe|perhaps|possibly|probably|i\s+(?:might|may|wonder|guess|suppose)|not\s+sure|"
    r"thinking\s+(?:of|about)|what\s+about|how\s+about)\b|"
    r"\b(?:after|before|while|once|as\s+soon\s+as|until)\s+(?:\w+ing\b|you\b|i\b|we\b|it\b|they\b)",
    re.I,
)
_NOT_NOW = re.compile(
    r"\b(?:nobody|no[\s-]one|no\s+(?:longer|more|need)|keep\s+from|later(?:\s+on)?|"
    r"(?:every|each)\s+(?:day|week|month|year|hour|night|morning|evening|\w+day)|in\s+an?\s+(?:hour|"
    r"minute|week|month|day)|(?<!until )(?<!till )(?<!by )(?:tomorrow|tonight)|daily|weekly|"
    r"monthly|"
    r"nightly|eventually|soon|some\s?day|sometime|at\s+some\s+point|from\s+time\s+to\s+time|"
    r"regularly|gradually|next\s+time|for\s+(?:an?|the|one|two|three|\d+)\s+(?:\w+\s+)?(?:minute|hour|day|week|"
    r"weekend|month|year|night)s?|(?:until|till)\s+(?:tomorrow|tonight|\w+day|next|further|i|we|the\s+(?:end|"
    r"weekend)))\b", re.I,
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
    late = _NOT_NOW.search(without_adjuncts(bare, operation))
    if late and late[0] not in set(strings(operation.model_dump())):
        raise _refusal("I cannot do that later, or not at all")
    if (into := _AS_TYPE.search(bare)) and into[1].casefold() in words_of("conversions"):
        raise _refusal(f"lsfs does not turn files into other types ({into[1]})")
    to = getattr(operation, "to", None)
    if isinstance(to, str) and re.search(r'["“”]', to):
        raise _refusal("I did not understand where to")
    target = getattr(operation, "target", None)
    chosen = isinstance(target, Selector) and not target.is_literal()
    paths = target.paths if isinstance(target, Selector) else ()
    if any(one.startswith(f"{other}/") for one in paths for other in paths):
        raise _refusal("I do not know whether you mean the folder, or what is in it")
    if isinstance(operation, WHOLE_FILES) and _is_part(bare, target):
        raise _refusal("I can do that with whole files, not with parts of them")
    if chosen and _FOLDER_TOO.search(bare):
        raise _refusal("I do not know which folder you mean")
    if not chosen and re.search(r"\bor\b", bare) and " or " not in str(operation.model_dump()):
        raise _refusal("I do not know which of the two you mean")


def _is_part(bare: str, target: object) -> bool:
    """Whether a described set is of things within files: "all mentions of Anna in plan.md"."""
    if not isinstance(target, Selector) or target.is_literal():
        return False
    said = f"{target.query or ''} {target.containing or ''}"
    if any("." in name[0] and "*" not in name[0] for name in PATH.finditer(QUOTED.sub(" ", said))):
        return True
    head = _HEAD.match(bare)
    return head is not None and (
        head[1].casefold() in words_of("parts") or _FOLDER_NOUN.fullmatch(head[1]) is not None
    )


_AS_TYPE = re.compile(r"\bas\s+(?:an?\s+)?(\w+)(?:\s+(?:file|document|format))?\s*$", re.I)
_FOLDER_NOUN = re.compile(r"(?:sub-?)?(?:folders?|director(?:y|ies))", re.I)
_HEAD = re.compile(
    r"^\w+(?:\s+(?:of|up|away|out|down|rid))*\s+"
    r"(?:(?:all|every|each|any|the|that|those|these|my|our|both|of|blank|empty|"
    r"first|last|second|third|two|three|\d+|single|trailing|double)\s+)*([\w-]+)",
    re.I,
)
_FOLDER_TOO = re.compile(
    r"\band\s+(?:also\s+)?(?:the|that|this|its)\s+(?:whole\s+)?(?:folder|directory)"
    r"(?:\s+(?:too|as\s+well|itself))?\s*$",
    re.I,
)


def is_order(text: str, intent: str, operation: BaseOperation) -> bool:
    """Whether it begins as an order does: "my wife deletes draft.txt" tells of an act."""
    if isinstance(operation, plan.Undo | plan.Redo | plan.Rollback | plan.Restore):
        return True
    first = re.match(r"[a-z'-]*", text.casefold())
    if verb_of(text) is not None or framed_intents(text) or first is None or first[0] in _LEADS:
        return True
    target = getattr(operation, "target", None)
    is_described = isinstance(target, Selector) and not target.is_literal()
    return is_described and (not first[0] or first[0] in hint_words(intent))


_LEADS = frozenset("in from of for with to at under inside within into every each all new".split())


def is_open_statement(text: str) -> bool:
    """Whether it wonders what should be, or is: "draft.txt should go to old?", "cv.pdf locked?"."""
    bare = QUOTED.sub(" ", text)
    if re.match(r"\W*(?:can|could|would|will)\s+(?:you|u|we)\b", text, re.I):
        return False
    if _OPEN_STATEMENT.search(bare):
        return True
    return bare.rstrip().endswith("?") and not (verb_of(plain(text)) or _ASKS.search(bare))


_ASKS = re.compile(
    r"\b(?:can|could|would|will|may)\s+(?:you|u|we|i)\b|\bmind\b|"
    r"\bwould\s+it\s+be\s+possible\s+to\b|"
    r"^\W*could\s.+\sbe\s+(?:please\s+)?(?:(?:put|brought|taken|set|rolled)\s+back|restored|reverted)\b",
    re.I,
)


def _refusal(message: str) -> NotUnderstoodError:
    return NotUnderstoodError(message, hint="name the files, or say which by type, folder or time")
