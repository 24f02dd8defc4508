"""What leads up to the things that are looked for: "any chance you could locate ...", "I know there
is ...", "where did I put ...", "whatever I have on ...".

It is taken off unit by unit, in any order and number. Words stand in `data/asking.toml`. Pure.
"""

from __future__ import annotations

import re

from ..request.data import load


def any_of(section: str, key: str = "words") -> str:
    """A pattern for the words of a list of `data/asking.toml`."""
    return f"(?:{'|'.join(load('asking')[section][key].split())})"


SEEKING = any_of("seeking", "verbs")
"""What asks to find, in its plain form."""
PARTICLE = any_of("seeking", "particles")
"""What may follow that: "find |me", "dig |out"."""
DONE = any_of("done", "verbs")
"""What was done with files before."""
PERSON = any_of("persons")
"""Who asks, or is asked."""
ADVERB = rf"(?:\s+(?:{any_of('adverbs')}|\w+ly))*"
"""Adverbs, each with the space before it."""
SOFTLY = rf"(?:{any_of('softeners')}[\s,]+)*"
"""Words that only soften what follows: "so ", "well, "."""
MODAL = r"(?:can|could|would|will|may|might|should|must|do|does|did|has|have)(?:\s*n['’]?t)?"
SURELY = r"(?:(?:should|must|may|might|could|would|ought\s+to|has\s+to|have\s+to)\s+be)"
BEING = rf"(?:is|are|was|were|used\s+to\s+be|{SURELY})"
HAVE = r"(?:\s*['’](?:ve|d|m)|\s+(?:have|had|am|was|do|did|must\s+have|might\s+have|may\s+have))?"
_WE = r"(?:i|we)"
THOUGHT = (
    rf"(?:{_WE}{HAVE}{ADVERB}\s+(?:seem\s+to\s+|"
    rf"can\s+)?{any_of('thoughts', 'verbs')}(?:\s+(?:that|of))?|"
    r"i\s*(?:['’]m|\s+am)\s+(?:\w+\s+)?(?:sure|certain|positive)(?:\s+that)?|if\s+i\s+(?:remember|recall)\s+"
    r"(?:correctly|right(?:ly)?|well)|from\s+memory)"
)
"""What leads a clause that is told of as a thought."""
_NP = r"(?=(?:an?|the|some|my|our|any|several|two)\s)"
_OF_IT = r"(?=(?:about|on|regarding|concerning|re|around|to\s+do\s+with|related\s+to|from|in|by)\s)"
_MISSED = r"(?:lost|misplaced|mislaid|missing|lost\s+track\s+of)"
_CANNOT = r"(?:can\s*not|cannot|can['’]?t|could\s*n['’]?t|could\s+not|unable\s+to)"
_SEEKS = rf"{SEEKING}(?:ing)?(?:\s+{PARTICLE})*"

_UNITS = (
    # that something is wanted
    rf"{_WE}(?:['’]d|\s+would|\s+should)?{ADVERB}\s+(?:need|want|like|love|require|could\s+use)(?:\s+to\s+(?:have|see|get|know|"
    rf"look\s+at|read|{_SEEKS}))?",
    rf"(?:all|what)\s+{_WE}{ADVERB}\s+(?:want|need|am\s+after|(?:am\s+|was\s+)?(?:looking|searching)\s+for)\s+(?:is|are|would\s+be)",
    r"(?:send|hand|pass)\s+(?:me|us)",
    rf"{_WE}(?:['’]d|\s+would|\s+am|['’]m)\s+(?:be\s+)?(?:interested\s+in|grateful\s+for|happy\s+(?:about|with)|after)",
    rf"{_WE}(?:['’]m|\s+am|\s+have\s+been|['’]ve\s+been){ADVERB}\s+(?:searching|looking|hunting)(?:\s+for)?(?:\s+(?:since|for)\s+"
    r"(?:\w+\s+)?(?:minutes?|hours?|days?|weeks?|months?|ages))?(?:\s+now)?(?:\s+for)?",
    # that somebody may look
    r"(?:is\s+there\s+)?any\s+(?:chance|way)(?:\s+that)?",
    r"i(?:['’]m)?\s+(?:wonder(?:ing)?|was\s+wondering)(?:\s+(?:if|whether))?",
    r"(?:is\s+it|would\s+it\s+be)\s+possible(?:\s+(?:to|that))?",
    r"(?:do|would)\s+you\s+(?:happen\s+to\s+)?(?:know|remember|have)",
    rf"(?:who|anyone|anybody|someone|somebody)\s+(?:{MODAL}\s+)?{_SEEKS}",
    rf"{MODAL}\s+{PERSON}{ADVERB}(?:\s+please)?(?:\s+help\s+(?:me|us)(?:\s+to)?)?\s+{_SEEKS}",
    rf"{PERSON}\s+(?:can|could|may){ADVERB}\s+{_SEEKS}",
    r"(?:have|take)\s+a\s+(?:quick\s+|good\s+)?look\s+(?:if|whether|for|through\s+\w+\s+for)",
    r"(?:see|check|look|find\s+out|tell\s+me)\s+(?:if|whether)",
    rf"to\s+{_SEEKS}",
    r"(?:(?:i['’]m\s+)?not\s+sure|no\s+idea|(?:i\s+)?(?:don['’]?t\s+know|forgot))\s+where\s+(?:it|they|that)\s+(?:is|are|was|"
    r"were|went)(?:\s*,)?",
    # that there is something
    rf"{BEING}\s+there(?:\s+(?:by\s+any\s+chance|perhaps|maybe|still))?",
    rf"(?:{THOUGHT}\s+)?there\s*(?:['’]s|{ADVERB}\s+{BEING})(?!\s+(?:an?\s+)?(?:new\s+)?(?:folder|directory|sub-?folder)\b)",
    rf"(?:{THOUGHT}\s+)?{_WE}{HAVE}{ADVERB}\s+{DONE}(?:\s+(?:down|up))?(?:\s+somewhere)?\s+{_NP}",
    rf"(?:did|have|had|do|has)(?:\s*n['’]?t)?\s+{_WE}(?:\s+not)?{ADVERB}\s+{DONE}(?:\s+(?:down|up))?",
    r"(?:did|have|had|do|has|does)(?:\s*n['’]?t)?\s+(?:my|our|the)\s+\w+(?:\s+not)?"
    rf"{ADVERB}\s+{DONE}(?:\s+(?:me|us))?\s+{_NP}",
    rf"i{HAVE}{ADVERB}\s+(?:seem\s+to\s+|can\s+)?(?:remember|recall){ADVERB}\s+{_NP}",
    rf"(?:somebody|someone|they|he|she|people){ADVERB}\s+(?:{DONE}|told|gave|said|mailed)(?:\s+(?:me|us))?(?:\s+that)?",
    rf"(?:my|our|the)\s+\w+\s+(?:says|said|thinks|claims|told\s+(?:me|us))(?:\s+that)?\s+(?:i|we|he|she|they){HAVE}{ADVERB}\s+{DONE}"
    rf"(?:\s+(?:down|up))?\s+{_NP}",
    rf"{_WE}\s+(?:must|should|might|may){ADVERB}\s+have\s+{_NP}",
    r"i\s+was\s+told(?:\s+(?:that|about))?",
    rf"i{HAVE}{ADVERB}\s+(?:{_MISSED}|{_CANNOT}\s+(?:find|see|locate)|forgot\s+where(?:\s+i)?\s+{DONE})",
    r"what\s+about",
    rf"(?:searching|looking|hunting){ADVERB}\s+for",
    # where it is
    rf"(?:i\s+)?{_CANNOT}\s+(?:remember|recall|think|tell)(?=\s+where)",
    rf"where\s+{_WE}{HAVE}{ADVERB}\s+{DONE}\s+{_NP}",
    rf"where\s+{MODAL}\s+{_WE}{ADVERB}(?:\s+have)?\s+(?:{DONE}|left)",
    r"where(?:\s+(?:on\s+earth|the\s+heck))?\s*(?:['’]s|\s+(?:is|are|was|were))(?!.*\b(?:mentioned|used|found|"
    r"defined|called|written|explained|described|said|spoken)\b)",
    # all of a matter
    rf"(?:{_SEEKS}\s+)?(?:what(?:ever)?|anything|everything|all|something|the\s+stuff)(?:\s+that)?\s+(?:there\s+(?:is|was)|{_WE}(?:\s*['’](?:ve|d))?"
    rf"(?:\s+(?:have|had|got|own|kept|collected|saved|stored))*|you\s+(?:have|can\s+find|know)|(?:has|have))\s+{_OF_IT}",
)  # fmt: skip
_UNIT = re.compile(rf"{SOFTLY}(?:{'|'.join(_UNITS)})(?:(?<=\s)|(?![\w'’]))\s*(?:for\s+)?", re.I)
_MORE = re.compile(
    rf"{SOFTLY}(?:{_SEEKS}|{_UNIT.pattern})(?:(?<=\s)|(?![\w'’]))\s*(?:for\s+)?", re.I
)
_WHERE = re.compile(
    r"where\s+(?:(?:did|has|have|could|can|might)\s+)?(?P<what>(?!(?:i|we|did|has|have|could|can|might|is|are)\b).+?)\s+"
    r"(?:is|are|was|were|went|goes|go|gone|(?:has|have)\s+gone|(?:could\s+|might\s+)?be|got\s+to|get\s+to|end(?:ed)?\s+up)$",
    re.I,
)
_MOST = 6
"""Units that are taken off; nobody says more."""


def peeled(text: str) -> str:
    """What is left of a clause without what leads up to it; itself where nothing does."""
    if where := _WHERE.match(text):
        text = where["what"]
    for count in range(_MOST):
        match = (_MORE if count else _UNIT).match(text)
        if match is None or match.end() == len(text):
            break
        text = text[match.end() :]
        if where := _WHERE.match(text):
            text = where["what"]
    return text
