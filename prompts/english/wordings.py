"""Wordings of one act that say it in a roundabout way, and the plain order each stands for.

"Give plan.md the name roadmap.md" is "rename plan.md to roadmap.md". Pure functions, any thread.
"""

from __future__ import annotations

import re

from ..request.quoting import masked

_Q = r"\"\0*\""
_THESE = (
    r"(?:it|them|that|these|(?:the|this|that|those|these)\s+(?:new\s+)?(?:result|copy|copies|files?|"
    r"folder|groups?|one|directory|link|symlink|collection|outcome|duplicate|clusters?|topics?))"
)
_NAME = rf"(?:{_Q}|\S+)"
_SOURCES = (
    # taken from one place and put into another
    (
        r"(?:take|grab|pick|pick\s+up)\s+(?P<what>.+?)(?P<origin>\s+(?:out\s+of|from)\s+.+?)?,?\s+and\s+"
        r"(?:then\s+)?(?:move|put|place|stick|drop|file|store)\s+(?:it|them|those|these)\s+"
        r"(?P<rest>(?:in|into|to|under|inside|onto)\s.+)",
        "move {what}{origin} {rest}",
    ),
    (
        r"(?:put|place|make|save|store|drop|create|leave)\s+(?:an?\s+)?(?:(?:second|backup|extra|new|"
        r"spare|additional)\s+)?(?:copy|copies|duplicates?|back-?ups?)\s+of\s+(?P<rest>.+)",
        "copy {rest}",
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
    # files that are told after the place
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
        r"give\s+(?P<what>.+?)\s+(?:the|a)\s+(?:new\s+|other\s+|different\s+)?(?:file\s?)?name\s*"
        rf"(?:of\s+|:\s*)?(?P<name>{_NAME})",
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
    # may it be changed
    (
        r"(?:be\s+able\s+to|let\s+me|allow\s+me\s+to)\s+(?:edit|change|modify|write\s+(?:to|into|in))\s+"
        r"(?P<what>.+)",
        "unlock {what}",
    ),
    (
        r"(?:(?:make\s+sure|ensure|see\s+to\s+it)\s+(?:that\s+)?)?(?:nobody|"
        r"no[- ]?one)(?:\s+else)?\s+"
        r"(?:(?:should|may|can|must|is\s+allowed\s+to|shall)\s+)?(?:be\s+able\s+to\s+)?(?:changes?|"
        r"edits?|modif(?:y|ies)|writes?\s+to|touch(?:es)?|overwrites?|alters?)\s+(?P<what>.+?)"
        r"(?:\s+any\s?more|\s+any\s+longer|\s+from\s+now\s+on)?",
        "lock {what}",
    ),
    (
        r"(?:disable|forbid|block|prevent|stop|disallow)\s+(?:all\s+|any\s+)?(?:writing|edits|editing|changes|"
        r"modifications?)\s+(?:to|of|in|on)\s+(?P<what>.+)",
        "lock {what}",
    ),
    (
        r"(?:(?:re-?)?enable|allow|permit)\s+(?:writing|edits|editing|changes|modifications?)\s+(?:to|of|in|on)"
        r"\s+(?P<what>.+)",
        "unlock {what}",
    ),
    (
        r"let\s+(?P<what>.+?)\s+be\s+(?:edited|changed|modified|written\s+to|writable|editable)(?P<rest>\s+again)?",
        "unlock {what}{rest}",
    ),
    (
        r"give\s+(?:[\w.-]+\s+(?:and\s+)?){1,4}access\s+to\s+(?P<what>.+)",
        "share {what}",
    ),
    (
        r"open\s+(?P<what>.+?)\s+(?:up\s+)?(?:for|to)\s+(?:editing|edits|writing|changes)(?:\s+again)?",
        "unlock {what}",
    ),
    (
        r"(?P<head>.+?),?\s+so(?:\s+that)?\s+(?:nobody|"
        r"no[- ]?one)(?:\s+else)?\s+can\s+\w+\s+(?:it|them)",
        "{head}",
    ),
    # sharing
    (
        r"let\s+(?:\w+\s+){1,3}(?:download|see|view|access|read)\s+(?P<what>.+)", "share {what}",
    ),
    (
        r"make\s+(?P<what>.+?)\s+(?:public(?:ly\s+available)?|available|accessible|downloadable)"
        r"(?P<rest>\s+(?:for|until|till)\s.+)?",
        "share {what}{rest}",
    ),
    # going back
    (
        r"(?:make|set|put|turn|bring|get)\s+(?P<what>.+?)\s+(?:back\s+)?(?:like|as|to\s+how|how|"
        r"(?:to\s+)?the\s+way)\s+(?:it\s+was|they\s+were)\s+(?P<rest>.+)",
        "restore {what} to how it was {rest}",
    ),
    # no longer needed
    (
        r"(?P<what>.+?)\s+(?:is|are)\s+(?:obsolete|outdated|useless|junk|garbage|superfluous|no\s+longer\s+"
        r"(?:needed|required|of\s+use))\s*[,;:]?\s+(?:so\s+|and\s+)?(?:please\s+)?"
        r"(?P<verb>delete|remove|trash|bin|erase)\s+(?:it|them)",
        "{verb} {what}",
    ),
    # links in folders
    (
        r"(?:make|create|put|add|place|set\s+up)\s+(?:an?\s+|the\s+)?(?:sym(?:bolic\s+|[- ])?|"
        r"soft\s+)?"
        r"(?:links?|shortcuts?)\s+(?P<place>(?:in|into|inside|under)\s+.+?)\s+(?:to|for|of)\s+(?P<what>.+)",
        "symlink {what} {place}",
    ),
    # folders and all
    (
        r"(?P<head>.+?),?\s+(?:with|and|including)\s+(?:everything|all|all\s+the\s+files|all\s+files|"
        r"whatever\s+is|anything)(?:\s+that(?:\s+is|'s))?\s+(?:in(?:side)?(?:\s+of)?\s+it|inside|in\s+there)",
        "{head}",
    ),
    (r"(?P<head>.+?),?\s+(?:with|and|including)\s+(?:all\s+)?its\s+contents?", "{head}"),
)  # fmt: skip
_WORDINGS = tuple((re.compile(rf"^{source}$", re.I | re.S), order) for source, order in _SOURCES)


def plain_order(text: str) -> str:
    """The plain order that a request stands for, itself where it is one."""
    for pattern, order in _WORDINGS:
        match = pattern.match(masked(text))
        if match is not None:
            parts = {
                name: text[slice(*match.span(name))] if match[name] else ""
                for name in match.groupdict()
            }
            text = order.format(**parts).strip(" ,;")
    return text
