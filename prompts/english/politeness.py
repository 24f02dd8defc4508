"""A request without its politeness. Pure functions, any thread."""

from __future__ import annotations

import re
from itertools import pairwise

from ..request.quoting import QUOTED

_POLITE = re.compile(
    r"^(?:would you mind\s+|gimme\s+|hi there[\s,]+|may i (?:see|have|get)\s+|"
    r"is it possible to (?=(?:see|find|show|list|search)\b)|i was wondering (?:whether|if)\s+|"
    r"(?:hey|hi|hello|ok|okay|so|well|now|oh|lsfs|please|plz|pls|kindly|just|quickly|"
    r"then)\b[\s,!]*|"
    r"(?:can|could|would|will) (?:you|u|we)(?: (?:please|plz|pls|kindly|maybe|also|just))*\s+|"
    r"(?:plz|please|pls) can (?:you|u)\s+|(?:can|could|might) (?:i|we) (?:please )?(?:get|have|"
    r"see)\s+|"
    r"please to (?=[a-z])|(?:omg|oof|ugh|argh|tbh|ngl|btw|fyi)\b[\s,!.]+|"
    r"(?:u+h*m+|u+h+|e+r+m*|h+m+|yo+|hi+|he+y+|basically|right (?:then|so)|like(?=,))\b[\s,!.]+|"
    r"i(?:'d| would| should) like (?:you )?to\s+|i (?:want|need) (?:you )?to\s+|i wanna\s+|"
    r"we (?:want|need|have) to\s+|i have to\s+|let'?s\s+|"
    r"(?:can|could|may|might) i ask you to\s+|would it be possible to (?=\w)|(?:it(?:'| i)?s )?"
    r"time to\s+|"
    r"(?:yes|yep|yeah|sure|right|alright|all right|sorry|fine|great)(?:,\s*|(?= (?:please|and|"
    r"then)\b)\s)|"
    r"you (?:can|may) (?:now |also |safely |just )?(?!do\b|see\b|find\b|have\b|be\b)|"
    r"(?:please )?go ahead and\s+|would you be (?:so kind as|able|willing) to\s+|"
    r"i(?:'d| would) (?:appreciate it|be (?:grateful|glad|happy)) if you (?:could|would)\s+|"
    r"it would be (?:nice|great|good|lovely|helpful) if you (?:could|would)\s+|"
    r"(?:do me a favou?r|be a dear)(?: and|,|:)\s+|(?:make sure|remember|be sure) to\s+|"
    r"let (?:me|us) (?=(?:see|view|read|have a look at|look at)\b)|"
    r"make (?:me|us) (?=see\b)|quick (?:one|question)\s*[:,-]\s*|"
    r"intimate (?:me\s+)?(?=which|what|whether)|(?:would you )?be so good as to\s+|"
    r"be so kind (?:as to|and)\s+|help me (?:to )?|(?:请|麻烦|帮我|你能)+)",
    re.IGNORECASE,
)


_EMOJI = re.compile(
    "^[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f\\s]+|[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f\\s]+$"
)
_POLITE_END = re.compile(
    r"[\s,]*\b(?:(?:pretty )?please|plz|pls|thanks|thank you|thx|for me|"
    r"if you can|would you|will you|"
    r"if possible|may i ask|if i may(?: ask)?|before i forget(?: again)?|"
    r"if you (?:please|don['’]?t mind)|asap|ok|okay|wouldja|ty|tysm|tyvm|rn|lol|lmao|lah|lor|leh|"
    r"(?<=,)\s*(?:love|mate|pal|sweetie|sweetheart|honey|hun|darling|dear|cheers|ta|bro|buddy|man|then|yeah|eh))"
    r"\s*[.!?]*$",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """The request without politeness, closing marks and doubled spaces."""
    text = _EMOJI.sub("", _single_spaced(text)).strip()
    while True:
        shorter = _POLITE_END.sub("", _POLITE.sub("", text)).strip()
        shorter = (
            shorter.rstrip("?!。？！").rstrip() if not shorter.endswith(('"', "'")) else shorter
        )
        if shorter == text or not shorter:
            return text.rstrip(".") if not text.endswith("..") else text
        text = shorter


def _single_spaced(text: str) -> str:
    """The text with single spaces, quotes as they are."""
    edges = [0, *(edge for m in QUOTED.finditer(text) for edge in m.span()), len(text)]
    parts = [text[a:b] for a, b in pairwise(edges)]
    return "".join(
        re.sub(r"\s+", " ", part) if i % 2 == 0 else part for i, part in enumerate(parts)
    )
