"""The mood of a request: negated, conditional, a question, a tale of what was done. Pure."""

from __future__ import annotations

import re

from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation, Search

from ..request.quoting import PATH, QUOTED

_NEGATED = re.compile(
    r"\b(?:do not|don'?t|dont|never|must not|mustn'?t|should not|shouldn'?t|cannot|can'?t you "
    r"not|no longer want)\b"
    r"(?! (?:have|know|remember|need|want to keep|mean|think|find|care|see))|不要|别|不能|勿",
    re.IGNORECASE,
)
_TO_NONE = re.compile(
    r"\W*(?:(?:please|kindly|ensure|make\s+sure|see\s+to\s+it|(?:i|we)(?:['’]d|\s+would)?\s+(?:want|need|like)|have|let|keep|get)"
    r"\s+(?:that\s+|to\s+have\s+)?)*(?:no(?!\W*[,.])|hardly\s+any|barely\s+any|scarcely\s+any|none\s+of|nothing|nobody)\s.*"
    r"\b(?:deleted|removed|erased|trashed|moved|copied|renamed|locked|unlocked|shared|changed|replaced|gone|go|linked|grouped|"
    r"merged|joined|touched|edited)\b",
    re.I | re.S,
)
_ASKED = re.compile(
    r"^\W*(?:should (?:i|we)|shall (?:i|we)|what (?:would|will|happens|if)|what'?s the "
    r"(?:risk|danger)|"
    r"is it (?:safe|ok|okay|wise|a good idea|possible)|may i|am i allowed|would it be|do you "
    r"think|how (?:do|can|would) i|"
    r"should\b|shall\b|why (?:did|was|were|is|are)|did (?:i|you|we)|have you|was it you|"
    r"do i (?:really "
    r")?(?:need|have) to|are you going to|"
    r"(?:can|could|may|might|must|does|do|did|has|have|had|is|are|was|were|am|who|whose|when|"
    r"why|how|where|which|what)\b"
    r"(?! (?:you|u|we)\b(?! (?:just )?(?:already )?(?:delete|remove|erase|move|change|rename|"
    r"overwrite)d?\b.*\?)))\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:i|we|you|someone|somebody|it|he|she|they)(?:'ve| have| had|'d)?(?: (?:just|"
    r"accidentally|wrongly|already|recently))*"
    r" (?:deleted|removed|erased|overwrote|overwritten|lost|moved|renamed|trashed|binned|"
    r"messed up|broke)\b",
    re.IGNORECASE,
)


def is_negated(text: str) -> bool:
    """Whether it says what not to do ("don't delete", "never overwrite"), quotes aside."""
    return bool(_NEGATED.search(QUOTED.sub(" ", text)))


def is_done_to_none(text: str) -> bool:
    """Whether it says that nothing is to be done to any: "no PDFs in Papers should be deleted"."""
    return bool(_TO_NONE.match(QUOTED.sub(" x ", text)))


def is_question_about(text: str) -> bool:
    """Whether it asks about an act instead of asking for it ("should I remove ...")."""
    return bool(_ASKED.search(QUOTED.sub(" x ", text)))


def tells_of_past(text: str) -> bool:
    """Whether it tells what somebody did ("I deleted X by accident"): no order to do it."""
    return bool(_PAST.search(QUOTED.sub(" ", text)))


_UNDOING = r"(?:undo(?:ne|ing)?|undid|reverted?)"
_UNDO_TAKEN_BACK = re.compile(
    rf"\bundo\s+(?:the|that|my|your)\s+(?:last\s+)?undo\b|^(?!.*\b(?:about|on|regarding)\b).*\b{_UNDOING}\b.*"
    rf"\b(?:by\s+(?:mistake|accident)|after\s+all|again\s+after)\b|"
    rf"\b(?:did\s?n['o]?t|did\s+not|should\s?n['o]?t\s+have|should\s+not\s+have|never|wrong\s+to)"
    rf"\s+(?:really\s+)?(?:mean|meant|want|wanted|intend)?\s*(?:to\s+|you\s+to\s+)?(?:have\s+)?{_UNDOING}\b|"
    rf"(?:^|[,;.]\s*|\b(?:and|then|to|you|please|now|actually|no|oops)\s+)redo\s*(?:$|[,.!]|(?:it|that|this|them|again|what|"
    rf"everything|please|now|the\s+(?:last|undone|previous|latest|same|change|action|step|operation|deletion|removal|move|"
    rf"copy|rename))\b)|\b(?:back|again)\s+what\s+(?:i|you|we)\s+(?:just\s+)?{_UNDOING}\b",
    re.IGNORECASE,
)


FOLDER_FIRST = re.compile(
    r"\W*(?:please\s+)?(?:create|make|add)\s+(?:(?:a|an|the|new|another|empty)\s+)*(?:folder|directory)\b"
    r"(?!\s+with\b)", re.I,
)  # fmt: skip
OTHER_ORDER = re.compile(
    r"\W*(?:please\s+)?(?:copy|move|rename|delete|remove|lock|unlock|open|read|write|create|duplicate|link|"
    r"share|touch|append|add)\b", re.I,
)  # fmt: skip


def refuse_dropped(text: str, operation: BaseOperation) -> None:
    """Refuse a look of which the other half is an act: "open plan.md and replace foo with bar".

    Raises:
        NotUnderstoodError: it is one.
    """
    act = None if isinstance(operation, Search) else _AND_ACT.search(QUOTED.sub(" ", text))
    if operation.effect == "read" and act:
        raise NotUnderstoodError(
            f"I did not understand {act[0]!r} there", hint="ask for one thing after the other"
        )


_AND_ACT = re.compile(
    r"\b(?:and|then)\s+(?:replace|delete|remove|move|rename|zip|compress|overwrite|append|save|write|swap|"
    r"change|copy|lock|print|email)\s+\S+",
    re.I,
)


def makes_many(text: str) -> bool:
    """Whether it orders folders to be made: "make folders 2024 and 2025 in Documents"."""
    return _MANY_FOLDERS.match(text) is not None


_MANY_FOLDERS = re.compile(
    r"\W*(?:please\s+)?(?:create|make|add|mkdir)\s+(?:(?:the|some|new|empty|these|[2-9]|two|three|four|five)\s+)*"
    r"(?:sub-?)?(?:folders|directories)\b(?!.*\b(?:by|per|according)\b)", re.I,
)  # fmt: skip


def takes_undo_back(text: str) -> bool:
    """Whether it says that an undo shall be undone, and names no file."""
    bare = QUOTED.sub(" 'x.txt' ", text)
    asks = re.search(r"\b(?:do\s?n['o]?t|not|never)\s+redo\b|\d|\?$", bare, re.I)
    if OTHER_ORDER.match(bare):
        return False
    return not asks and not PATH.search(bare) and bool(_UNDO_TAKEN_BACK.search(bare)) and (
        len(bare.split()) <= 14
    )  # fmt: skip


_REGRETS = re.compile(
    r"\W*(?:(?:oh\s+no|oh|no|ah|ugh|damn|sorry|wait|hm+|blunder|mistake|argh)\W+)*"
    r"(?:(?:oops|whoops|oopsie)(?:\W+(?:(?:please\s+)?(?:undo|take)\s+(?:that|it|this)(?:\s+back)?|that\s+was\s+(?:wrong|a\s+mistake)|"
    r"my\s+(?:mistake|bad)|sorry|wrong\s+(?:one|file)))?|"
    r"(?:that|this|it)\s+was\s+(?:(?:all|completely|totally|quite)\s+)?(?:wrong|a\s+mistake|an\s+error|not\s+what\s+i\s+(?:meant|wanted))|"
    r"(?:go\s+back\W+)?i\s+did\s?n['’]?t\s+mean\s+(?:to\s+do\s+(?:that|this|it)|that|this|it)|"
    r"(?:please\s+)?take\s+back\s+what\s+you\s+(?:just\s+)?did|"
    r"(?:please\s+)?(?:take\s+(?:that|it|this)\s+back|put\s+(?:it|that|this|them)\s+back))(?:\W+please)?\W*",
    re.I,
)


def regrets(text: str) -> bool:
    """Whether it says no more than that what was done last was wrong, likely to be undone."""
    return _REGRETS.fullmatch(text) is not None


_CONDITION = re.compile(
    r"\b(?:not|except|excepting|excluding|but not|other than|apart from|aside from|besides|"
    r"but (?:for )?(?:an?|one|two|three|\d+|that|this|these|those|mine|the (?:last|first|one))|"
    r"minus|leaving out|skipping|ignoring|omitting|neither|"
    r"unless|if|without|"
    r"instead of deleting|only when|whenever)\b|n['’]t\b|除了|如果|除非",
    re.IGNORECASE,
)


def has_condition(text: str) -> bool:
    """Whether it sets a condition or an exception, which no plan can hold ("all but", "unless")."""
    bare = " ".join(QUOTED.sub(" ", text).split())
    return bool(_CONDITION.search(IF_EMPTY.sub(" ", bare)))


IF_EMPTY = re.compile(
    r"\s*,?\s*(?:but\s+)?(?:only\s+)?(?:if|when|in\s+case|provided(?:\s+that)?)\s+(?:(?:it(?:['’]s|\s+is)\s+)?empty|"
    r"there(?:['’]s|\s+is)\s+nothing\s+in\s+it)\s*$",
    re.I,
)
"""The one condition that a plan can hold: of a folder."""


def corrects_itself(text: str) -> bool:
    """Whether it takes back what it has said: "to old, no, to archive"."""
    return bool(_CORRECTED.search(QUOTED.sub(" ", text)))


_CORRECTED = re.compile(
    r"(?:\.\.+|,|-|;)\s*(?:no|wait|i mean|or rather|sorry|scratch that)\b|\bi mean\b|\bor "
    r"rather\b|\b(?:nvm|never\s?mind|jk|just\s+kidding|only\s+joking)\W*$",
    re.IGNORECASE,
)
