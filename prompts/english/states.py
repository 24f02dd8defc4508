"""Wordings that say how a file shall be: unchanged, seen by others, as it was before, gone. Each
stands for a plain order, as those of `wordings` do. Data.
"""

from __future__ import annotations

_WHO = r"(?P<who>(?!(?:me|us|myself|ourselves)\b)(?:[\w.-]+\s+(?:and\s+)?){1,4}?)"
STATES = (
    # may it be changed
    (
        r"(?P<what>\S+\.\w+)\s+(?P<state>read[- ]only|write[- ]protected|writable)",
        "make {what} {state}",
    ),
    (
        r"(?:do\s+not|don['’]?t)\s+(?:let|allow)\s+(?:any(?:one|body)|people|others)(?:\s+else)?\s+(?:to\s+)?"
        r"(?:change|edit|modify|overwrite|touch|alter|write\s+to)\s+(?P<what>.+)",
        "lock {what}",
    ),
    (
        r"(?P<what>.+?)\s+(?:must|should|may|shall)\s+(?:not|never)\s+be\s+(?:changed|edited|modified|"
        r"overwritten|touched|altered)(?:\s+any\s?(?:more|longer)|\s+from\s+now\s+on)?",
        "lock {what}",
    ),
    (
        r"(?:keep|stop|prevent)\s+(?P<what>.+?)\s+from\s+being\s+(?:changed|edited|modified|overwritten|"
        r"touched|altered)",
        "lock {what}",
    ),
    (r"make\s+(?P<what>.+?)\s+(?:unchangeable|immutable|uneditable)", "lock {what}"),
    (
        r"(?:be\s+able\s+to|let\s+me|allow\s+me\s+to)\s+(?:edit|change|modify|write\s+(?:to|into|in))\s+"
        r"(?P<what>.+)",
        "unlock {what}",
    ),
    (
        r"(?:(?:make\s+sure|ensure|see\s+to\s+it)\s+(?:that\s+)?(?:nobody|no[- ]?one)(?:\s+else)?"
        r"\s+(?:(?:can|"
        r"may|is\s+able\s+to)\s+)?|(?:nobody|no[- ]?one)(?:\s+else)?\s+(?:should|may|can|must|"
        r"is\s+allowed\s+to|shall)\s+)"
        r"(?:be\s+able\s+to\s+)?(?:changes?|"
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
        rf"(?:give|grant)\s+{_WHO}access\s+to\s+(?P<what>.+)",
        "share {what} with {who}",
    ),
    (
        r"open\s+(?P<what>.+?)\s+(?:up\s+)?(?:for|to)\s+(?:editing|edits|writing|changes)(?:\s+again)?",
        "unlock {what}",
    ),
    (
        r"(?P<head>(?:lock|protect|freeze|write-protect|make|set|secure)\s.+?),?\s+(?:(?:so(?:\s+that)?|because|since|as)\s+)?"
        r"(?:nobody|no[- ]?one)(?:\s+else)?\s+(?:(?:can|could|may|should|must|is\s+(?:allowed|"
        r"able)\s+to)\s+)?"
        r"(?:be\s+)?(?:able\s+to\s+)?\w+(?:\s+(?:to|in|into))?\s+(?:it|them|those|these|that|there)"
        r"(?:\s+any\s?(?:more|longer))?",
        "{head}",
    ),
    (
        r"(?:mark|flag|declare)\s+(?P<what>.+?)\s+(?:as\s+)?(?P<state>read[- ]?only|"
        r"write[- ]protected|writ(?:e)?able|"
        r"editable)",
        "make {what} {state}",
    ),
    (
        r"(?:turn|switch)\s+on\s+(?:the\s+)?(?:write[- ]?)?(?:lock|protection)\s+(?:for|on|of)\s+"
        r"(?P<what>.+)",
        "lock {what}",
    ),
    (
        r"(?:turn|switch)\s+off\s+(?:the\s+)?(?:write[- ]?)?(?:lock|protection)\s+(?:for|on|of)\s+"
        r"(?P<what>.+)",
        "unlock {what}",
    ),
    # sharing
    (r"share\s+(?P<what>.+?)\s+with\s+\S+@\S+\.\w+(?P<rest>.*)", "share {what} with others{rest}"),
    (
        r"(?:(?:i|we)\s+(?:need|want)\s+|(?:could|may)\s+i\s+(?:have|get)\s+)?(?:an?\s+|(?=the\s+\w+\s+(?:link|url)))"
        r"(?:the\s+)?(?:(?:share|shareable|sharing|public|download)\s+)?(?:link|url)\s+(?P<rest>(?:to|for|of)\s.+)",
        "create a link {rest}",
    ),
    (
        rf"(?:i|we)\s+(?:want|need|would\s+like)\s+{_WHO}to\s+(?:have\s+access\s+to|be\s+able\s+to\s+(?:see|read|"
        r"open|download)|see|read|download)\s+(?P<what>.+)",
        "share {what} with {who}",
    ),
    (
        rf"(?:let|allow)\s+{_WHO}(?:to\s+)?(?:download|see|view|access|read)\s+(?P<what>.+)",
        "share {what} with {who}",
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
    (
        r"i\s+(?:messed\s+up|broke|ruined|screwed\s+up|spoilt|overwrote)\s+(?P<what>[^,;]+?)\s*[,;.]\s+(?:so\s+|please\s+)*(?:i\s+want|"
        r"give\s+me|get\s+me|bring\s+back|restore|get\s+back)\s+(?:it\s+to\s+)?(?P<rest>(?:the\s+(?:previous|old|last)\s+version|yesterday|"
        r"this\s+morning|last\s\w+|version\s\d+|\d.*?))(?:\s+back)?",
        "restore {what} to {rest}",
    ),
    (
        r"(?:bring|put|get|take)\s+(?P<what>[^,;]+?)\s+back\s+to\s+(?P<rest>(?:(?:the|its)\s+)?(?:state|version|way)\b.+|how\s.+|"
        r"(?:yesterday|last|\d).*)",
        "restore {what} to {rest}",
    ),
    (
        r"(?:i|we)\s+(?:want|need|would\s+like)\s+(?P<what>.+?)\s+(?:back|again)(?P<rest>\s+(?:as|like|from|to|the\s+way)\s.+)?",
        "restore {what}{rest}",
    ),
    (
        r"(?:revert|reverse|undo|roll\s+back|cancel|take\s+back)\s+(?:my|the|that|your|this)\s+(?:(?:last|latest|previous|"
        r"most\s+recent)\s+)?(?:change|edit|action|operation|step|command|thing)",
        "undo",
    ),
    (
        r"(?P<what>\S+)\s+(?:should|must)\s+(?:be|look)\s+(?:again\s+)?(?:like|as|how)\s+(?:it|they)\s+"
        r"(?:was|were)\s+(?P<rest>.+)",
        "restore {what} to how it was {rest}",
    ),
    (
        r"(?:revert|reverse|roll\s+back)\s+(?:action|operation|step|number)\s+#?(?P<id>\d+)",
        "undo {id}",
    ),
    # no longer needed
    (
        r"(?:i|we)\s+(?:(?:don['’]?t|do\s+not)\s+need|no\s+longer\s+need|have\s+no\s+(?:more\s+)?use\s+for)\s+(?P<what>.+?)"
        r"(?:\s+any\s?(?:more|longer))?\s*[,;:.]?\s+(?:so\s+|and\s+|you\s+can\s+)*(?:please\s+)?"
        r"(?P<verb>delete|remove|trash|bin|erase)\s+(?:it|them)",
        "{verb} {what}",
    ),
    (
        r"(?P<what>.+?)\s+(?:(?:is|are)\s+(?:obsolete|outdated|useless|junk|garbage|superfluous|"
        r"(?:no\s+longer|not)\s+(?:needed|required|of\s+use))|(?:is|are)n['’]t\s+(?:needed|required|of\s+use))"
        r"(?:\s+any\s?(?:more|longer))?\s*[,;:]?\s+(?:so\s+|and\s+)?(?:please\s+)?"
        r"(?P<verb>delete|remove|trash|bin|erase|close|stop)\s+(?:it|them)",
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
"""A pattern and the order that it stands for, in the order in which they are tried."""
