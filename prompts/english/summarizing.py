"""The arguments of summaries: of what, how long, about what.

summarise plan.md in two sentences           in under 80 words
what does plan.md say about the budget       sum up my notes on hiring from last week
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lsfs import plan
from lsfs.plan import BaseOperation
from lsfs.selector import Filters, Selector

from ..names.context import Context, literal
from ..request.quoting import PATH, QUOTED, looks_like_file, quotes
from ..request.refusals import missing
from ..times.numbers import NUMBER, value
from .described import is_selection
from .naming import PRONOUN, named, without_verb
from .selection import select

_EXAMPLE = "summarise q3-report.docx"
_MOST_SENTENCES = 50
_MOST_WORDS = 10_000
_LIMIT = (
    r"(?:(?:in|to|into|with|using|within|as|of)\s+)?(?:(?:just|only|about|around|roughly|approximately|maybe|"
    r"no\s+more\s+than|not\s+more\s+than|at\s+most|up\s+to|under|below|less\s+than|fewer\s+than|max(?:imum)?(?:\s+of)?|"
    r"a\s+maximum\s+of)\s+)*"
)
_SENTENCES = re.compile(
    rf"\s*[,;:(]?\s*\b{_LIMIT}({NUMBER}|an?(?=\s+(?:single|sentence|line)))[\s-]+(?:(?:short|brief|single|simple|concise|"
    r"quick|plain)\s+)?(?:sentences?|lines?|bullet\s*points?|bullets|points)\b(?:\s+(?:or\s+(?:less|fewer)|max(?:imum)?|long|"
    r"at\s+most))?\)?",
    re.I,
)
_WORDS = re.compile(
    rf"\s*[,;:(]?\s*\b{_LIMIT}(?P<n>\d{{1,6}}|{NUMBER}(?:\s+hundred)?|a\s+hundred)[\s-]+words?\b"
    r"(?:\s+(?:or\s+(?:less|fewer)|max(?:imum)?|long|at\s+most))?\)?",
    re.I,
)
_SAYS_ABOUT = re.compile(
    r"\b(?:says?|said|writes?|wrote|has\s+to\s+say|have\s+to\s+say|states?|concludes?|argues?|suggests?|recommends?|reveals?|tells?(?:\s+(?:me|us))?|mentions?|explains?|claims?|"
    r"thinks?|knows?|contains?|there\s+is|is\s+said|is\s+written)\s+(?:something\s+|anything\s+)?"
    r"(?:about|on|regarding|concerning|with\s+regard\s+to)\s+(?P<about>.+)$|"
    r"^(?:do|does|did)\s+(?P<file>.+?)\s+(?:mention|discuss|cover|talk\s+about|deal\s+with|explain|say\s+anything\s+about|contain\s+"
    r"anything\s+(?:about|on))\s+(?P<matter>.+)$",
    re.I,
)
_IS_SAID = re.compile(
    r"^(?P<before>.*?)\b(?:is|was)\s+(?:said|written|stated|mentioned|noted)\s+(?:about|on)\s+(?P<about>.+?)\s+"
    r"(?P<place>(?:in|by)\s+\S.*)$",
    re.I,
)
_ACCORDING = re.compile(
    r"^according\s+to\s+(?P<place>.+?),\s*(?:what|when|who|where|how|which)\s+(?:is|are|was|were|does|do|did)\s+"
    r"(?P<about>.+)$",
    re.I,
)
_IS_ABOUT = re.compile(
    r"^what(?:['’]?s|\s+is|\s+are|\s+was)\s+(?P<name>.+?)\s+(?:all\s+)?about$", re.I
)
_SEVERAL = re.compile(r"\b(?:files|documents|notes|papers|all|most|every)\b", re.I)
_EXPLAINS_BRIEFLY = re.compile(
    rf"^(?:explain|describe|tell|outline|present|give|show|get|(?:i|we)\s+(?:want|need))\b.*\b{_LIMIT}(?:\d{{1,6}}|{NUMBER})[\s-]+(?:words?|sentences?|points)\b",
    re.I,
)
_FOCUS = re.compile(
    r"\s*[,;]?\s*\b(?:(?:with\s+(?:an?\s+)?(?:focus|emphasis)|focus(?:s?ing|s?ed)?|concentrat(?:e|ing))\s+on|"
    r"(?:with|in)\s+(?:regards?|respect|relation|reference)\s+to|as\s+regards|(?:as\s+)?(?:regarding|concerning)|"
    r"as\s+far\s+as|(?:only\s+)?what\s+(?:it|they)\s+says?\s+(?:about|on)|when\s+it\s+comes\s+to)\s+(?P<about>.+)$",
    re.I,
)
_ABOUT_AFTER_NAME = re.compile(r"^\s*,?\s*(?:about|on)\s+(?P<about>.+)$", re.I)
_SUMMARY_OF = re.compile(
    r"^(?:(?:a|an|the|me|us|give|get|i|want|need|provide|write)\s+)*(?:(?:short|brief|quick|concise|rough|good)\s+)?"
    r"(?:(?:contents?|main points|main ideas|gist|key points|highlights|takeaways|"
    r"key takeaways|essence|"
    r"summary|overview|outline|recap|tl;?dr|digest)"
    r"\s*(?:of|in|on|from|for|:)\s+)?",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Asked:
    """`rest` is what of the request is not explained yet."""

    rest: str
    sentences: int | None = None
    words: int | None = None
    about: str | None = None

    def of(self, target: Selector) -> BaseOperation:
        return plan.Summarize(
            target=target, sentences=self.sentences, words=self.words, about=self.about
        )


def asks_about(text: str, context: Context) -> bool:
    """Whether it asks what a file says about something."""
    bare = QUOTED.sub(" x ", text)
    if (whole := _IS_ABOUT.match(text)) and not _SEVERAL.search(whole["name"]):
        return context.targets.entry(whole["name"], careful=False, loose=False) is not None
    named = [match[0] for match in PATH.finditer(bare)]
    named += [quote.text for quote in quotes(text) if looks_like_file(quote.text)]
    if all(context.targets.directory(name) is not None for name in named):
        return False
    patterns = (_SAYS_ABOUT, _IS_SAID, _ACCORDING, _EXPLAINS_BRIEFLY)
    return any(pattern.search(bare) for pattern in patterns)


def _summarize(text: str, context: Context) -> BaseOperation:
    whole = _IS_ABOUT.match(text)
    asked = _Asked(f"summarise {whole['name']}" if whole else text)
    _take_length(asked)
    _take_about(asked, context)
    text = asked.rest
    names = [] if is_selection(text) else named(text, "summarize", context, careful=False)
    if len(names) == 1 and context.targets.directory(names[0]) == names[0]:
        return asked.of(Selector(filters=Filters(under=names[0])))
    if names:
        return asked.of(literal(names))
    topic = _SUMMARY_OF.sub("", without_verb(text, "summarize"))
    found = select(topic, context.targets, context.now)
    if found.is_empty() or (found.query and PRONOUN.match(found.query)):
        raise missing("what to summarise", _EXAMPLE)
    return asked.of(found.selector())


def _take_length(asked: _Asked) -> None:
    if match := _SENTENCES.search(asked.rest):
        asked.sentences = min(max(value(match[1]), 1), _MOST_SENTENCES)
        asked.rest = f"{asked.rest[: match.start()]} {asked.rest[match.end() :]}"
    if match := _WORDS.search(asked.rest):
        asked.words = min(max(_count(match["n"]), 1), _MOST_WORDS)
        asked.rest = f"{asked.rest[: match.start()]} {asked.rest[match.end() :]}"


def _count(said: str) -> int:
    word, hundred, _ = said.casefold().partition("hundred")
    return value(word.strip()) * (100 if hundred else 1)


def _take_about(asked: _Asked, context: Context) -> None:
    """What the summary is to be about, where a file is named before it."""
    said = _IS_SAID.match(asked.rest) or _ACCORDING.match(asked.rest)
    if said is not None and context.targets.mentioned(said["place"]):
        asked.about, asked.rest = _clean(said["about"]), said["place"]
        return
    match = _SAYS_ABOUT.search(asked.rest) or _FOCUS.search(asked.rest)
    spans = [span for span, _ in context.targets.mentioned(asked.rest)]
    start, about = _start_and_matter(match) if match else (0, "")
    if match is None and len(spans) == 1:
        after = _ABOUT_AFTER_NAME.match(asked.rest, spans[0].end)
        after = after or _ABOUT_AFTER_NAME.match(asked.rest[spans[0].end :])
        start, about = (spans[0].end, after["about"]) if after else (0, "")
    if not about or not any(span.end <= start for span in spans):
        return
    asked.about = _clean(about) or None
    asked.rest = asked.rest[:start].rstrip() if asked.about else asked.rest


def _start_and_matter(match: re.Match[str]) -> tuple[int, str]:
    groups = match.groupdict()
    if matter := groups.get("matter"):
        return match.end("file"), matter
    return match.start(), groups["about"]


def _clean(about: str) -> str:
    quoted = QUOTED.fullmatch(about.strip(" .?!"))
    if quoted:
        return next(group for group in quoted.groups() if group is not None)
    return re.sub(r"^(?:the|my|our)\s+(?=\S)", "", about.strip(" .?!,"), flags=re.I)


FILLERS: dict[str, Callable[[str, Context], BaseOperation]] = {"summarize": _summarize}
