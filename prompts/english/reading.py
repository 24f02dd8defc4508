"""Questions about one file that is named by a description: the name is put in quotes there, so that
whatever reads on finds it.

"What does kv-cache say about eviction" asks about 'Papers/kv-cache.pdf' where one file is certainly
called that, and "show the text of the q3 report" reads 'Documents/reports/q3-report.docx'. Pure but
for asking `Targets`.
"""

from __future__ import annotations

import re

from lsfs import plan
from lsfs.plan import BaseOperation

from ..names.context import Context, literal
from ..names.nearest import unquoted
from ..names.targets import Targets, split_list
from ..request.kinds import is_file_type
from ..request.quoting import PATH, QUOTED, masked, quoted
from .done import asks_what_was_done, logged
from .selection import select

_THE = r"(?:(?:the|my|our)\s+)?"
_SAY = (
    r"(?:say|says|said|tell|write|mention|state|explain|claim|teach|contain|talk|discuss|cover|deal|"
    r"conclude|argue|suggest|recommend|reveal)"
)
_FRAMES = (
    re.compile(
        rf"^(?:(?:what|anything|how\s+much)\s+)?(?:do|does|did)\s+(?P<name>(?!(?:i|we|you|it|they)\b).+?)\s+"
        rf"(?:have\s+to\s+)?{_SAY}\b.*$", re.I
    ),
    re.compile(
        rf"^(?:summari[sz]e|sum\s+up|explain|describe|tell\s+me|outline)\s+what\s+(?P<name>.+?)\s+(?:has\s+to\s+)?"
        rf"{_SAY}s?\b.*$", re.I
    ),
    re.compile(
        r"^(?:(?:please\s+)?(?:give|provide|write|make|show|get|i\s+need|i\s+want)\s+(?:me\s+)?)?(?:an?\s+|the\s+)?(?:short\s+|"
        r"brief\s+)?(?:summary|overview|outline)\s+of\s+(?P<name>.+?)\s+(?:(?:with|in)\s+(?:regards?|respect|relation|"
        r"reference)\s+to|as\s+regards|regarding|concerning)\s.+$", re.I
    ),
    re.compile(
        r"^what(?:['’]s|\s+is)\s+(?P<name>.+?)['’]s\s+(?:file\s+)?(?:size|age|length)$", re.I
    ),
    re.compile(r"^what(?:['’]s|\s+is)\s+(?:written|said)\s+in\s+(?P<name>.+)$", re.I),
    re.compile(
        r"^when\s+(?:did\s+(?:i|we)|was|were)(?:\s+last)?(?:\s+(?:edit|change|modify|touch|save|update|open|write|"
        r"create))?\s+(?P<name>.+?)(?:\s+last)?(?:\s+(?:edited|changed|modified|touched|saved|updated|opened|"
        r"written|created|made))?(?:\s+last)?$", re.I
    ),
    re.compile(
        r"^.*\b(?:similar\s+to|resembl(?:es?|ing)|comparable\s+to|(?:much|just|a\s+lot)\s+like)\s+"
        r"(?P<name>.+)$", re.I
    ),
    re.compile(
        rf"^{_THE}(?:files|documents|docs|papers|notes|articles|ones|others|anything|something|more)\s+like\s+"
        r"(?P<name>[^,;]+)(?:[,;].*)?$", re.I
    ),
    re.compile(
        r"^how\s+(?:big|large|old|long|heavy)\s+(?:is|was)\s+(?P<name>.+?)(?:\s+now)?$", re.I
    ),
    re.compile(
        r"^(?:(?:please|just)\s+)*(?:(?:give|show|tell|get|send|explain|describe|outline|present)(?:\s+(?:me|us))?\s+|"
        r"(?:i|we)\s+(?:want|need)\s+)?(?P<name>.+?)\s*,?\s+(?:in|within|using|with)\s+(?:(?:just|only|about|around|"
        r"at\s+most|under)\s+)?(?:\S+\s+){1,2}?(?:words?|sentences?|lines|bullet\s+points|points)$",
        re.I,
    ),
)  # fmt: skip
_READ_ABOUT = re.compile(
    r"^what\s+(?:can|could|do|did|may)\s+(?:i|we|one)\s+(?:read|find|learn|see|know|get)(?:\s+out)?\s+(?:about|on)\s+"
    r"(?P<about>.+?)\s+(?:in|from)\s+(?P<name>.+)$",
    re.I,
)
_IN_TURN = re.compile(
    r"(?P<verb>read|open|show(?:\s+me)?)\s+(?:(?:these|them|the\s+following)\s+)?(?:files\s+)?(?:in\s+(?:this|that|the\s+given)\s+"
    r"order|one\s+after\s+(?:the\s+other|another)|in\s+turn)\s*[:,]?\s+(?P<what>.+)$",
    re.I,
)
_SHOWS = re.compile(
    r"^(?P<verb>open|read|(?:have\s+a\s+)?look\s+at|display|show|see|view|print(?:\s+out)?)(?:\s+(?:me|us|up|out))*\s+(?P<what>.+?)"
    r"(?:\s+(?:so\s+(?:that\s+)?i\s+can|to)\s+(?:read|see|check|look\s+at)\s+(?:it|them))?$",
    re.I,
)
_TEXT_OF = re.compile(
    rf"^{_THE}(?:(?:whole|full|entire|complete|plain)\s+)?(?:text|contents?)\s+(?:of|in|from)\s+",
    re.I,
)
_FILE = re.compile(
    rf"^{_THE}(?:file|document|note|recipe)\s+(?:(?:named|called)\s+)?(?=[\"'“‘«「`])", re.I
)


_IS_SAID_IN = re.compile(
    r"^(?:what\s+)?(?:is|was)\s+(?:said|written|stated|mentioned|noted)\s+(?:in|by)\s+(?P<name>.+?)\s+(?:about|on)\s+"
    r"(?P<about>.+)$",
    re.I,
)
_HAPPENED = re.compile(
    r"^(?:(?:please|tell\s+me|describe|say|explain|in\s+(?:a\s+few\s+|plain\s+)?words)\s+)*(?:(?:has|have|did)\s+(?:anything|something|much)\s+"
    r"(?:been\s+)?(?:changed?|happen(?:ed)?)|what(?:['’]s|\s+(?:has|have|had|is|"
    r"was))?\s+(?:all\s+)?(?:happened|happening|(?:been\s+)?going\s+on|gone\s+on|became|become))\s+(?:to|in|with|of|at|inside)"
    r"\s+(?:(?:(?:all\s+)?(?:the|my|our)\s+)?(?:files|documents|things|stuff|everything|contents?)\s+(?:in|under|inside|of|"
    r"below|within)\s+)?(?P<rest>(?:the\s+|my\s+)?(?P<name>\S+).*)$",
    re.I,
)


def names_quoted(text: str, targets: Targets) -> str:
    """The question with the file that it asks about by its path, itself where it names none."""
    bare = masked(text)
    if PATH.search(bare):
        return text
    match = _READ_ABOUT.match(bare) or _IS_SAID_IN.match(bare)
    if match and (path := targets.sole_file(match["name"])):
        return f"what is said about {text[slice(*match.span('about'))]} in {quoted(path)}"
    if (match := _HAPPENED.match(bare)) and targets.knows(match["name"]):
        return f"summarize the changes in {text[slice(*match.span('rest'))]}"
    for frame in _FRAMES:
        match = frame.match(bare)
        path = _file(text[slice(*match.span("name"))], targets) if match else None
        if match and path:
            start, end = match.span("name")
            return f"{text[:start]}{quoted(path)}{text[end:]}"
    return text


def read_named(text: str, context: Context) -> BaseOperation | None:
    """The reading of files that are certainly called that, or of the newest, largest ... one."""
    if asks_what_was_done(text):
        return logged(text, context)
    if turn := _IN_TURN.match(text):
        return _read_each(turn["what"], context)
    match = _SHOWS.match(text)
    if match is None:
        return None
    verb, what = match["verb"].casefold(), match["what"]
    rest = _TEXT_OF.sub("", what)
    if verb in ("open", "read") and rest == what and (newest := _extreme(what, context)):
        return newest
    if PATH.search(masked(rest)):
        return None
    is_text = rest != what
    rest = _FILE.sub("", rest)
    parts = [re.sub(r"^of\s+", "", part.strip(), flags=re.I) for part in split_list(rest)]
    is_said = is_text or verb in ("open", "read") or rest != what
    is_said = is_said or re.match(rf"(?:the|my|our)\s|{QUOTED.pattern}", rest, re.I) is not None
    paths = [_file(part, context.targets) for part in parts]
    if not is_said or not all(paths):
        return None
    return plan.Read(target=literal([path for path in paths if path]))


def _read_each(said: str, context: Context) -> BaseOperation | None:
    paths = [_file(part.strip(), context.targets) for part in split_list(said)]
    return plan.Read(target=literal([path for path in paths if path])) if all(paths) else None


def _file(name: str, targets: Targets) -> str | None:
    clean = unquoted(name)
    return None if not clean or is_file_type(clean) else targets.sole_file(clean)


def _extreme(what: str, context: Context) -> BaseOperation | None:
    """ "The newest file in Documents/notes"."""
    found = select(what, context.targets, context.now)
    if found.sort == "relevance" or found.limit != 1 or found.query or found.containing:
        return None
    return plan.Read(target=found.selector())
