"""Wordings of one act that say it in a roundabout way, and the plain order each stands for.

"Give plan.md the name roadmap.md" is "rename plan.md to roadmap.md". Pure functions, any thread.
"""

from __future__ import annotations

import re

from ..request.quoting import masked
from .goings_back import GOINGS_BACK
from .group_words import GROUPS
from .imperative import verb_of
from .sets import OWNED, SETS
from .states import STATES

_Q = r"\"\0*\""
_THESE = (
    r"(?:it|them|that|these|(?:the|this|that|those|these)\s+(?:new\s+)?(?:result|copy|copies|files?|"
    r"folder|groups?|one|directory|link|symlink|collection|outcome|duplicate|clusters?|topics?))"
)
_NAME = rf"(?:{_Q}|\S+)"
_DOES = (
    r"(?:move|put|shift|copy|back\s+up|delete|remove|erase|trash|bin|rename|call|lock|unlock|share|link|symlink|archive|transfer|"
    r"merge|join|combine|restore|touch|open|read|show|summari[sz]e|translate)"
)
_NOWHERE = (
    r"(?P<what>(?:(?!\s(?:to|in|into|as|under|inside|at|called|named|with|over|and)\s)[^,;])+)"
)
""" "Make a backup of plan.md": beside it."""
_SOURCES = (
    # how many, at the end by itself
    (
        r"(?P<head>.+?)\s*[,;]\s*(?:just|only|give\s+me|show\s+me)\s+(?P<count>\d{1,3})",
        "{head}, max {count}",
    ),
    (r"(?:tell|show)\s+me\s+what\s+else\s+(?P<rest>(?:is|lies)\s+in\s.+)", "what {rest}"),
    # what is needed is to be made
    (
        r"(?:i\s+)?(?:need|want|would\s+like|could\s+use)\s+(?P<what>(?:an?|another)\s+(?:(?:new|"
        r"empty|blank|fresh|text|markdown|plain)\s+)*(?:file|document|note|folder|directory|"
        r"sub-?folder|subdirectory)\s.+)",
        "make {what}",
    ),
    (
        r"(?P<what>(?:an?\s+)?(?:(?:new|empty)\s+)*(?:file|document|note|folder|directory|sub-?folder)\s.+?),?\s+"
        r"(?:can|could|would|will)\s+you\s+(?:please\s+)?(?:make|create|add)\s+(?:that|it|one)",
        "make {what}",
    ),
    (
        r"(?:an?\s+|the\s+)?(?:(?:shareable|public|download|sharing)\s+)+(?P<rest>(?:link|url)\s+"
        r"(?:to|for|of)\s.+)",
        "create a {rest}",
    ),
    (
        r"(?P<what>(?:an?\s+)?(?:(?:new|empty)\s+)*(?:file|document|note|folder|directory|sub-?folder)\s.+?)\s+(?:is|are)\s+"
        r"(?:needed|required|wanted|missing)(?P<place>\s+(?:in|inside|under)\s+[^,;]+)?\s*[,;:]\s*(?:so\s+|please\s+)*"
        r"(?:make|create|add)\s+(?:that|it|one)",
        "make {what}{place}",
    ),
    # what is named first
    (
        r"(?:my|our|the)\s+\w+\s+(?:wants?|needs?|asked\s+for|would\s+like)\s+[^,;]+[,;]\s*(?:so\s+|please\s+)*"
        r"(?P<order>(?:make|create|give|get|share|send)\s.*(?:link|url|share)\b.+)",
        "{order}",
    ),
    (
        r"(?:make|create)\s+(?:me\s+)?two\s+(?:new\s+)?folders\s*[,:]?\s*(?:one\s+)?(?:(?:named|called)\s+)?"
        rf"(?P<one>{_NAME}),?\s+and\s+(?:one\s+)?(?:(?:named|called)\s+)?(?P<other>{_NAME})",
        "make a folder {one} and make a folder {other}",
    ),
    (
        r"(?P<head>(?:group|collect|bundle|gather|make|cluster)\s.+?)\s*[;,.]\s*(?:the\s+)?name\s+of\s+(?:the|that)\s+"
        rf"group\s+(?:is|be|should\s+be)\s+(?P<name>{_NAME})",
        "{head} as {name}",
    ),
    (
        r"(?P<what>[\w./-]+)\s*:\s*(?:please\s+)?(?P<verb>return|go\s+back|revert|restore|roll\s+back)\s+(?P<rest>to\s.+)",
        "restore {what} {rest}",
    ),
    (
        r"(?:(?:edit|change|modify|write\s+to)\s+(?P<what>.+?)(?:\s+again)?)[,;]\s+(?:so\s+|please\s+)*unlock\s+(?:it|them)",
        "unlock {what}",
    ),
    (
        r"(?:i\s+)?(?:need|want)\s+(?P<what>.+?)\s+(?:also|too)\s+(?P<place>(?:in|under|inside)\s+[^,;]+)[,;]\s+(?:so\s+|please\s+)*"
        r"(?P<verb>copy|link)\s+(?:it|them)(?:\s+there)?",
        "{verb} {what} {place}",
    ),
    (r"(?:in)?to\s+(?P<place>\S+)\s+with\s+(?P<what>.+)", "move {what} to {place}"),
    (r"back\s+(?P<what>[^,;]+?)\s+up\s+(?P<rest>(?:to|into|in)\s.+)", "back up {what} {rest}"),
    (
        r"(?P<a>(?:join|merge|concatenate|combine|put)\s.+?),?\s+in\s+(?:this|that|the\s+given)\s+order,?(?P<b>\s.*|)",
        "{a}{b}",
    ),
    # a reason that changes nothing
    (
        rf"(?P<head>{_DOES}\s.+?)(?:,\s*|\s+)(?:because|since)\s+(?:it|they|i|we|this|that)\b"
        r"(?:(?!\b(?:unless|if|not|but|except|only|when|until)\b|n['’]t\b).)+",
        "{head}",
    ),
    (
        rf"(?P<head>{_DOES}\s.+?),\s*(?:i|we)\s+(?:don['’]?t|do\s+not|no\s+longer)\s+need\s+(?:it|them)"
        r"(?:\s+any\s?(?:more|longer))?",
        "{head}",
    ),
    # taken from one place and put into another
    (
        r"(?:take|grab|pick|pick\s+up)\s+(?P<what>.+?)(?P<origin>\s+(?:out\s+of|from)\s+.+?)?,?\s+and\s+"
        r"(?:then\s+)?(?:move|put|place|stick|drop|file|store)\s+(?:it|them|those|these)\s+"
        r"(?P<rest>(?:in|into|to|under|inside|onto)\s.+)",
        "move {what}{origin} {rest}",
    ),
    (
        rf"(?:make|create|take|keep)\s+(?:me\s+)?an?\s+back-?up(?:\s+copy)?\s+of\s+{_NOWHERE}",
        "back up {what}",
    ),
    (
        rf"(?:make|create)\s+(?:me\s+)?an?\s+(?:copy|duplicate)\s+of\s+{_NOWHERE}",
        "duplicate {what}",
    ),
    (
        r"(?:put|place|make|save|store|drop|create|leave|move|send|bring|transfer)\s+(?:an?\s+)?(?:(?:second|backup|extra|new|"
        r"spare|additional)\s+)?(?:copy|copies|duplicates?|back-?ups?)\s+of\s+(?P<rest>.+)",
        "copy {rest}",
    ),
    (
        r"(?:i(?:['’]d)?\s+)?(?:have|keep|need|want|(?:would\s+)?like)\s+(?:an?|another)\s+(?:(?:second|backup|extra|new|spare|"
        r"additional)\s+)?(?:copy|duplicate|back-?up)\s+of\s+(?P<rest>.+)",
        "copy {rest}",
    ),
    (
        r"(?P<place>.+?)\s+(?:should|must|shall|needs?\s+to|has\s+to)\s+(?:have|get|contain|hold)\s+an?\s+copy\s+"
        r"of\s+(?P<what>.+)",
        "copy {what} to {place}",
    ),
    (r"file\s+(?P<what>.+?)\s+(?P<rest>(?:under|into)\s.+)", "move {what} {rest}"),
    (
        r"(?P<what>.+?)\s+belongs?\s+(?P<place>(?:in|to|into|under)\s+[^.;,]+?)\s*[.;,]\s+(?:so\s+|and\s+|please\s+)*"
        r"(?:move|put)\s+(?:it|them|those|these)\s+there",
        "move {what} {place}",
    ),
    (
        r"(?P<head>(?:move|put|take|get|transfer|copy)\s.+?)\s+out\s+of\s+(?P<rest>.+\s(?:in|to|into|onto)\s.+)",
        "{head} from {rest}",
    ),
    (
        r"(?:call|name|title)\s+(?P<what>(?:the|my|our)\s+[^\"]+?)\s+(?P<name>[\w-]+\.\w+)",
        "rename {what} to {name}",
    ),
    # what is made is named afterwards
    (
        r"(?P<head>(?:make|create|start)\s.+?)(?:\s*[,;]\s*|\s+)(?:and\s+)?(?:then\s+)?(?:call|name|"
        rf"title)\s+{_THESE}\s+(?P<name>{_NAME})",
        "{head} called {name}",
    ),
    (
        r"(?P<head>(?:copy|duplicate|clone|save|back\s+up|merge|join|combine|concatenate|glue|stitch|"
        r"group|sort|cluster|collect|gather|bundle|split|divide|organi[sz]e|symlink|link)\s.+?)"
        r"(?:\s*[,;]\s*|\s+)(?:and\s+)?(?:then\s+)?(?:call|name|title)\s+"
        rf"{_THESE}\s+(?P<name>{_NAME})",
        "{head} as {name}",
    ),
    # files that are told after a colon
    (
        r"(?P<verb>delete|remove|erase|trash|lock|unlock|share|rename|merge|join|touch|restore|move|copy)\s*:\s*(?P<rest>.+)",
        "{verb} {rest}",
    ),
    (
        rf"(?P<file>\S+\.\w+|{_Q})\s*:\s*(?P<verb>append|add)\s+(?P<text>{_Q})",
        "{verb} {text} to {file}",
    ),
    (
        r"(?P<verb>\w+)\s+(?:the\s+following|these)(?:\s+\w+)?\s+(?P<place>(?:in)?to\s+.+?)\s*:\s*(?P<what>.+)",
        "{verb} {what} {place}",
    ),
    (r"(?P<verb>\w+)\s+the\s+following(?:\s+\w+)?\s*:\s*(?P<what>.+)", "{verb} {what}"),
    # saving under another name
    (
        rf"save\s+(?P<what>[^\"]+?)\s+(?:as|under\s+the\s+name(?:\s+of)?)\s+(?P<name>{_Q}|\S+\.\w+)",
        "copy {what} as {name}",
    ),
    (
        r"(?P<head>(?:copy|move|save|duplicate|clone)\s.+?)\s+(?:under|with)\s+the\s+(?:new\s+)?name\s+(?:of\s+)?"
        rf"(?P<name>{_NAME})(?P<rest>\s.*)?",
        "{head} as {name}{rest}",
    ),
    # renaming
    (
        r"(?P<what>.+?)\s+(?:should|shall|must|is\s+to|ought\s+to)\s+(?:get|have|bear|carry)\s+the\s+"
        rf"(?:new\s+|file\s?)*name\s+(?P<name>{_NAME})",
        "rename {what} to {name}",
    ),
    (
        r"give\s+(?P<what>.+?)\s+(?:the|a)\s+(?:new\s+|other\s+|different\s+)?(?:file\s?)?name\s*"
        rf"(?:of\s+|:\s*)?(?P<name>{_NAME})",
        "rename {what} to {name}",
    ),
    (
        r"(?:change|set)\s+(?:the\s+)?(?:(?:file\s?)?name|title)\s+of\s+(?P<what>.+?)\s+(?:to|into)\s+(?P<name>.+)",
        "rename {what} to {name}",
    ),
    (
        r"(?:change|set)\s+(?P<what>\S+?)['’]s\s+(?:file\s?)?name\s+(?:to|into)\s+(?P<name>.+)",
        "rename {what} to {name}",
    ),
    (
        rf"the\s+(?:file\s?)?name\s+of\s+(?P<what>.+?)\s+(?:should|must)\s+be\s+(?P<name>{_NAME})",
        "rename {what} to {name}",
    ),
    (r"(?:search|find)\s+(?:and|&)\s+replace\s+(?P<rest>.+)", "replace {rest}"),
    # text for text
    (
        r"(?:find|look\s+for|search\s+for|take)\s+(?:(?:every|each|all|any)\s+)?(?:occurrences?\s+of\s+)?"
        rf"(?:the\s+)?(?:words?\s+|phrase\s+)?(?P<old>{_Q})\s*(?P<place>.*?),?\s+and\s+(?:replace|"
        r"change|turn|swap)\s+(?:it|them|that|those|each|every\s+one)\s+(?:with|by|to|into|for)\s+"
        rf"(?P<new>{_Q})(?P<rest>.*)",
        "replace {old} with {new} {place}{rest}",
    ),
    (
        r"(?P<place>in\s+.+?,?\s+)?(?:(?:every|each|all|any)\s+)?(?:the\s+)?(?:(?:words?|text|phrase|"
        rf"name|occurrences?\s+of)\s+)?(?P<old>{_Q})\s+(?P<middle>in\s+.+?\s+)?(?:should|must|has\s+to|"
        rf"needs?\s+to|ought\s+to)\s+(?:all\s+)?(?:be(?:come)?|read|say)\s+(?P<new>{_Q})(?P<rest>.*)",
        "replace {old} with {new} {place}{middle}{rest}",
    ),
    (
        r"(?:the\s+)?(?:(?:whole|entire|full)\s+)?(?:contents?|text)\s+of\s+(?P<what>.+?)\s+(?:should|must|shall)\s+(?:be(?:come)?|"
        rf"read|say)\s+(?P<text>{_Q})",
        "overwrite {what} with {text}",
    ),
    (
        r"(?P<what>\S+)\s+needs\s+(?:a|the)\s+(?:new\s+|other\s+)?name\s*[:,]?\s*"
        rf"(?P<name>{_NAME})",
        "rename {what} to {name}",
    ),
    (
        rf"the\s+new\s+(?:file\s?)?name\s+of\s+(?P<what>.+?)\s+is\s+(?P<name>{_NAME})",
        "rename {what} to {name}",
    ),
    (
        r"rename\s+(?P<what>.+?)\s+so(?:\s+that)?\s+it(?:['’]s|\s+is)\s+(?:called|named)\s+"
        rf"(?P<name>{_NAME})",
        "rename {what} to {name}",
    ),
    (
        r"(?P<text>[^\"]+?)\s+(?:goes|go|should\s+go|belongs?)\s+on(?:to)?\s+"
        r"(?P<file>(?:the|my|our)\s.+\slist)",
        "add {text} to {file}",
    ),
    (
        r"(?:let\s+)?(?P<what>\S+\.\w+)\s+(?:(?:should|must|shall)\s+)?(?:say|contain|read|hold)\s+"
        rf"(?P<text>{_Q})",
        "overwrite {what} with {text}",
    ),
    (
        r"(?:empty|clear(?:\s+out)?)\s+(?P<what>(?:the|my|our)\s+(?:(?:folder|directory)\s+\S+|\S+\s+"
        r"(?:folder|directory)))",
        "delete everything in {what}",
    ),
    (
        r"(?:name|call)\s+(?P<what>(?:the|my|our)\s+(?:\S+\s+(?:folder|directory)|(?:folder|"
        rf"directory)\s+\S+))\s+(?P<name>{_Q}|(?-i:[A-Z0-9])\S*)",
        "rename {what} to {name}",
    ),
    (
        r"set\s+(?P<what>\S+)['’]s\s+(?:date|time|timestamp)\s+to\s+(?P<rest>.+)",
        "set the date of {what} to {rest}",
    ),
    (
        r"replace\s+(?:everything|all)\s+in\s+(?P<what>.+?)\s+(?:with|by)\s+"
        rf"(?P<text>{_Q})",
        "overwrite {what} with {text}",
    ),
    (
        r"(?:put|collect|gather)\s+(?P<what>.+?)\s+(?:in|into|to)\s+a\s+(?:new\s+)?group\s+"
        rf"(?:(?:called|named)\s+)?(?P<name>{_NAME})",
        "group {what} as {name}",
    ),
)  # fmt: skip
_WORDINGS = tuple(
    (re.compile(rf"^{source}$", re.I | re.S), order)
    for source, order in (*_SOURCES, *GOINGS_BACK, *STATES, *SETS, *GROUPS)
)
_OWNED = re.compile(OWNED, re.I)


_JOINED = re.compile(
    r"\s+(?:as\s+well\s+as|together\s+with|along\s+with|,?\s*and\s+also)\s+(?=(?:the\s+|my\s+)?[\w./-]+\.\w+\b)",
    re.I,
)
_FRONTED = re.compile(
    r"(?P<what>(?!(?:not|no|never|but|except|everything|anything|all\s+but|whatever|i|we|you|he|she|"
    r"it|they|there|if|when|while)\b)"
    r"(?:(?!\b(?:is|are|was|were|am|has|have|had|do|does|did|\w+n['’]t|dont|not|never|no|should|must|can|"
    r"may|will|would|want|wants|want|need|needs|like|think|if|when|then)\b)[^,;:?!]){1,80}?"
    r"(?:,\s*(?!(?:please|so)\b)[\w./ -]+?\s+and\s+[\w./ -]+?)?)"
    r"\s*[,;:]\s*(?:so\s+|please\s+|just\s+|and\s+)*"
    rf"(?P<verb>{_DOES})\s+(?:it|them|those|these)(?P<rest>\s.+)?$",
    re.I | re.S,
)
"""What is named before the order that speaks of it as "it"."""


_EMPTY_FILES = re.compile(
    r"\bempty(?=\s+(?:[\w.]+\s+)?(?:files|documents|notes|texts|ones)\b)"
    r"|(?:(?<=every )|(?<=each ))empty(?=\s+(?:[\w.]+\s+)?(?:file|document|note|text|one)\b)",
    re.I,
)
_MAKES = re.compile(r"(?:make|create|start|add|new)\b|.*\ban?\s+empty\b", re.I)


def _of_no_bytes(text: str) -> str:
    """With "empty files" by their size: "empty" is no name."""
    for match in reversed(list(_EMPTY_FILES.finditer(masked(text)))):
        text = f"{text[: match.start()]}zero-byte{text[match.end() :]}"
    return text


def _owned(match: re.Match[str]) -> str:
    """ "Whatever you find |by Heaney" as "everything"."""
    if match["what"]:
        return "everything"
    if match["kind"]:
        return f"all {match['kind']}"
    return re.sub(r"^(?:whatever|anything)", "everything", f"{match['all']} ", flags=re.I)


def plain_order(text: str) -> str:
    """The plain order that a request stands for, itself where it is one."""
    text = _OWNED.sub(_owned, _JOINED.sub(" and ", text) if verb_of(text) else text)
    text = text if _MAKES.match(text) else _of_no_bytes(text)
    if verb_of(text) is None and (match := _FRONTED.match(masked(text))):
        text = " ".join(text[slice(*match.span(part))] for part in ("verb", "what", "rest")).strip()
    for pattern, order in _WORDINGS:
        match = pattern.match(masked(text))
        if match is not None:
            parts = {
                name: text[slice(*match.span(name))] if match[name] else ""
                for name in match.groupdict()
            }
            text = order.format(**parts).strip(" ,;")
    return text
