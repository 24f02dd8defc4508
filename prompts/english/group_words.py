"""Wordings that make groups, and end them, in people's own order: "a group 'icons' with all the png
files". Each stands for a plain order, as those of `wordings` do. Data.
"""

from __future__ import annotations

_Q = r"\"\0*\""
_NO_NAME = (
    r"(?!(?:of|with|from|out|by|the|that|which|all|my|our|every|about|named|called|name|titled|for|in|to|and|or|"
    r"as|is|are|on|per|photos?|pictures?)\b)"
)
_NAME = rf"(?P<name>{_Q}|{_NO_NAME}[\w-]+(?:/[\w-]+)?)"
_GROUP = r"(?:group|collection)"
_WANT = (
    r"(?:i(?:['’]d|\s+would)?\s+(?:like|love|want|need)|give\s+me|make|create|form|build|compile|start|set\s+up|"
    r"put\s+together|assemble|let\s+there\s+be)"
)
_A = r"(?:me\s+)?(?:an?\s+|the\s+|one\s+|another\s+)?(?:new\s+)?"
_CALLED = (
    r"(?:(?:(?:that|which)\s+)?(?:is\s+)?(?:named|called|titled|labelled|name|by\s+(?:the\s+)?name(?:\s+of)?|with\s+the\s+name|"
    r"under\s+the\s+name)\s*:?\s+)"
)
_HOLDS = (
    r"(?:,?\s+(?:(?:that|which)\s+(?:should\s+|shall\s+)?(?:contains?|has|have|holds?|includes?|comprises?|"
    r"is\s+made\s+(?:up\s+)?of|consists?\s+of)|(?:with|containing|including|holding|comprising|of|from|"
    r"out\s+of|consisting\s+of|made\s+(?:up\s+)?of|to\s+(?:contain|hold|include))(?:\s+it)?)|\s*:)\s+"
)
_LINKED = (
    r",?\s+as\s+(?P<form>links|copies)\s+(?:in(?:to|side)?|under)\s+(?:the\s+)?(?:folder\s+|directory\s+)?"
    r"(?P<place>[\w./-]+)"
)
_BY = r"(?P<by>topics?|themes?|subjects?|types?|kinds?|authors?|years?|months?|folders?|languages?)"
_NO_READ = (
    r"(?!(?:show|list|find|display|give|what|which|where|search|are|is|see|tell|how|do|does|can|could|get|"
    r"not|no|don['’]?t|never|if|when|was|were|nothing|it|them)\b)"
)
_DROPS = r"(?:dissolve|delete|drop|remove|forget|disband|scrap|end)"
_FILES_STAY = (
    r"(?:\s*[,;.]?\s+(?:but\s+|and\s+)?(?:please\s+)?(?:(?:leave|keep)\s+(?:the\s+|its\s+)?files(?:\s+\w+)?|"
    r"(?:the\s+|its\s+)?files\s+(?:(?:can\s+|should\s+|shall\s+)?(?:stay|leave|remain)))(?:\s+\w+)?)?"
)
_OF_GROUP = rf"(?:the\s+|my\s+|our\s+)?{_GROUP}\s+(?:(?:named|called)\s+)?{_NAME}"
_MADE = (
    rf"(?:{_WANT}\s+{_A}|an?\s+(?:new\s+)?|new\s+){_GROUP},?\s+{_CALLED}?{_NAME}",
    rf"{_GROUP}\s+{_CALLED}?(?P<name>{_Q})",
)
GROUPS = (
    # no more
    (rf"(?:disband|break\s+up|dismantle|disperse|scrap|undo)\s+{_OF_GROUP}{_FILES_STAY}",
     "dissolve the group {name}"),
    (rf"{_OF_GROUP}\s+(?:can|may|should|must|has\s+to)\s+(?:now\s+)?(?:go|disappear|be\s+(?:dissolved|deleted|dropped|"
     rf"removed|disbanded|forgotten|broken\s+up)){_FILES_STAY}", "dissolve the group {name}"),
    (rf"{_OF_GROUP}\s*[:,]?\s*(?:(?:(?:is|was)\s+)?(?:no\s+longer|not)|isn['’]t)\s+(?:needed|wanted|required|of\s+use)"
     rf"(?:\s+(?:any\s?(?:more|longer)|now))?\s*[,;.:–-]?\s+(?:so\s+|and\s+|please\s+|you\s+can\s+)*{_DROPS}\s+"
     rf"(?:it|that|(?:the\s+|that\s+|this\s+)?{_GROUP}){_FILES_STAY}", "dissolve the group {name}"),
    (rf"(?:(?:i|we)\s+(?:no\s+longer|don['’]?t|do\s+not)\s+(?:need|want)\s+){_OF_GROUP}(?:\s+any\s?(?:more|longer))?"
     rf"\s*[,;.:–-]?\s+(?:so\s+|and\s+|please\s+|you\s+can\s+)*{_DROPS}\s+(?:it|that|(?:the\s+|that\s+)?{_GROUP})"
     rf"{_FILES_STAY}", "dissolve the group {name}"),
    (rf"{_OF_GROUP}\s+you\s+(?:can|may|should)\s+(?:now\s+)?{_DROPS}(?:\s+now)?{_FILES_STAY}",
     "dissolve the group {name}"),
    (rf"{_OF_GROUP}\s+is\s+(?:no\s+longer|not)\s+(?:needed|wanted|required)(?:\s+any\s?more)?\s*[,;.]\s*"
     r"(?:please\s+)?(?:let\s+it\s+be|it\s+(?:can|may)\s+be)\s+(?:dissolved|deleted|dropped|removed|forgotten)",
     "dissolve the group {name}"),
    (rf"{_DROPS}\s+{_OF_GROUP}{_FILES_STAY}", "dissolve the group {name}"),
    # one of a name
    *((rf"{made}{_HOLDS}(?P<what>{_NO_READ}.+?){_LINKED}",
       "group {what} as {form} into {place} called {name}")
      for made in _MADE),
    *((rf"{made}{_HOLDS}(?P<what>{_NO_READ}.+)", "group {what} as {name}") for made in _MADE),
    (rf"{_WANT}\s+{_A}{_GROUP}\s+(?:for|on)\s+{_NAME}\s*:\s+(?P<what>{_NO_READ}.+)",
     "group {what} as {name}"),
    (rf"{_WANT}\s+{_A}{_GROUP}\s+(?:of|with|from|out\s+of)\s+(?P<what>{_NO_READ}.+?),?\s+(?:named|called)\s+{_NAME}",
     "group {what} as {name}"),
    (rf"(?:(?:the\s+)?name\s+of\s+(?:the\s+)?)?{_GROUP}\s*(?:name)?\s*[:=]\s*{_NAME}\s*[,;/|.\n-]*\s*(?:members?|files|contents?|contains|items)"
     r"\s*[:=]?\s+(?P<what>.+)", "group {what} as {name}"),
    (rf"(?:the\s+)?{_GROUP}\s+{_NAME}\s+(?:should|shall|is\s+to|must)\s+(?:be\s+(?:made\s+(?:up\s+)?of|formed\s+"
     r"(?:of|from))|consist\s+of|contain|hold|have)\s+(?P<what>.+)", "group {what} as {name}"),
    (rf"(?:(?:collect|gather|bundle|put|take|save|keep)\s+)?(?P<what>{_NO_READ}[^,;:]+?)\s+(?:(?:should|shall|must)\s+(?:be|become|form)|as)\s+an?\s+(?:new\s+)?{_GROUP}\s+"
     rf"(?:named|called)\s+{_NAME}", "group {what} as {name}"),
    # several, by what
    (rf"{_WANT}\s+(?:me\s+)?(?P<count>\w+)\s+groups\s+(?:by|for\s+each|per)\s+{_BY}\s+(?:from|of|out\s+of|in|with)\s+"
     rf"(?P<what>.+?),?\s+(?:(?:under|by|with)\s+the\s+name(?:\s+of)?|named|called|name)\s*:?\s+{_NAME}",
     "group {what} by {by} into {count} groups as {name}"),
    (rf"(?:(?:i|we)(?:['’]d|\s+would)?\s+(?:like|want|need)\s+|(?:have|get)\s+)?(?P<what>{_NO_READ}[^,;:]+?),?\s+"
     rf"(?:(?:should|must|to)\s+be\s+)?(?:grouped|clustered|bundled)\s+by\s+{_BY}\b(?:\s+please)?(?P<rest>.*)",
     "group {what} by {by}{rest}"),
    (r"(?P<head>(?:group|collect|bundle|gather|cluster|organi[sz]e|arrange|split|divide|sort)\s.+?)\s*[,;.]\s*"
     rf"(?:and\s+)?(?:with\s+)?(?:the\s+|its\s+|their\s+)?(?:{_GROUP}(?:['’]s)?\s+)?name\s*(?:is|be|should\s+be|"
     rf"shall\s+be|of|[:=])?\s+{_NAME}", "{head} as {name}"),
    (r"(?P<head>group\s.+?)\s*[,;.]\s*(?:and\s+)?(?:call|name)\s+(?:it|them|that|the\s+groups?)\s+"
     rf"{_NAME}", "{head} as {name}"),
)  # fmt: skip
"""A pattern and the order that it stands for, in the order in which they are tried."""
