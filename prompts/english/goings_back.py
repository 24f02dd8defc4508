"""Wordings that bring a file or a folder back to how it was, each with the plain order that it
stands for, as those of `wordings`. Data.
"""

from __future__ import annotations

_STATE = r"(?:version|state|condition|shape|form|contents?)"
_BACK = r"(?:put|bring|take|get|give|return|restore|set|turn|roll|revert|reset)"
_WHAT = r"(?P<what>(?!(?:it|that|this|me)\b)[^,;:\"]+?)"
_AS_IT_WAS = (
    r"(?:(?:just\s+|exactly\s+)?(?:as|like|how|to\s+how|(?:to\s+)?the\s+way)\s+(?:it|they|things|everything)\s+"
    r"(?:was|were|stood|looked))"
)
_WISH = r"(?:(?:i|we)(?:['’]d|\s+would)?\s+(?:like|want|need)(?:\s+to\s+(?:have|see|get))?|have)"
GOINGS_BACK = (
    # in its version of a day
    (rf"{_BACK}\s+(?:me\s+)?(?:back\s+)?{_WHAT}\s+(?:back\s+)?(?:in|to|into|at|with)\s+(?:its|the|their|that)\s+{_STATE}\s+"
     r"(?:of|from|on|as\s+of|(?:that\s+)?(?:it|they)\s+had|as\s+(?:it|they)\s+(?:was|were))\s+"
     r"(?:on\s+)?(?:the\s+(?=\d))?(?P<rest>(?!(?:it|that|this|the\s+(?:file|folder))\b).+)",
     "restore {what} to {rest}"),
    (rf"{_WHAT}\s+in\s+(?:its|the)\s+{_STATE}\s+(?:of|from|on|as\s+of)\s+(?P<rest>[^,;]+?)\s*[,;:.]\s*(?:please\s+|so\s+)*"
     r"(?:bring|put|get|give|restore|take)\s+(?:me\s+)?(?:that|it|them|this)(?:\s+back)?",
     "restore {what} to {rest}"),
    (rf"{_BACK}\s+(?:everything|all(?:\s+(?:of\s+)?(?:the\s+)?files)?)\s+(?:in|under|inside)\s+{_WHAT}\s+(?:back\s+)?"
     rf"{_AS_IT_WAS}\s+(?P<rest>.+)", "restore {what} to how it was {rest}"),
    (rf"{_BACK}\s+(?:me\s+)?(?:back\s+)?{_WHAT}\s+(?:back\s+)?(?:to\s+)?{_AS_IT_WAS}\s+(?P<rest>.+)",
     "restore {what} to how it was {rest}"),
    (rf"{_BACK}\s+(?:me\s+)?(?:back\s+)?{_WHAT}\s+(?:back\s+)?as\s+of\s+(?P<rest>.+)",
     "restore {what} to {rest}"),
    (rf"(?:wind|rewind|turn)\s+{_WHAT}\s+back\s+to\s+(?P<rest>.+)", "roll back {what} to {rest}"),
    (r"(?:have|get|give\s+me|need|want|bring|put)\s+(?:back\s+)?(?P<when>yesterday|last\s+\w+|\w+day)['’]s\s+(?:version|state|one)\s+"
     rf"of\s+{_WHAT}\s+(?:back|again)", "restore {what} to {when}"),
    # the version before
    (rf"{_BACK}\s+(?:me\s+)?(?:back\s+)?(?:the\s+)?(?:previous|earlier|prior)\s+one\s+of\s+{_WHAT}(?:\s+back)?",
     "roll back {what} by 1 version"),
    (rf"{_BACK}\s+(?:me\s+)?(?:back\s+)?(?:the\s+)?(?:version|one)\s+(?:right\s+|just\s+)?before"
     rf"(?:\s+(?:this|that|the\s+(?:present|current)|it)(?:\s+(?:one|version))?)?\s+(?:of|for|from)\s+{_WHAT}(?:\s+back)?",
     "roll back {what} by 1 version"),
    (rf"{_BACK}\s+{_WHAT}\s+(?:back\s+)?to\s+(?:the|its)\s+(?:version|one|state)\s+(?:right\s+|just\s+)?before"
     r"(?:\s+(?:this|that|the\s+(?:present|current))(?:\s+(?:one|version))?)?",
     "roll back {what} by 1 version"),
    # as it was then
    (rf"{_WISH}\s+{_WHAT}(?:\s+(?:back|again))?,?\s+(?:so\s+|again\s+|back\s+)?{_AS_IT_WAS}\s+(?P<rest>.+)",
     "restore {what} to how it was {rest}"),
    (rf"{_WISH}\s+{_WHAT}(?:\s+(?:back|again))?,?\s+so\s+as\s+(?:it|they)\s+(?P<rest>.+?)\s+(?:was|were)",
     "restore {what} to how it was {rest}"),
    (rf"(?:(?:can|could|may|would)\s+)?{_WHAT}\s+(?:(?:should|must|shall|can|could|to)\s+)?be\s+(?:put|brought|set|taken|rolled|"
     rf"turned|restored|reverted|returned)(?:\s+back)?,?\s+{_AS_IT_WAS}\s+(?P<rest>.+)",
     "restore {what} to how it was {rest}"),
    (rf"{_WHAT}(?:,\s+the\s+(?:whole|entire)\s+(?:folder|directory|file))?\s*[,:]\s*(?:please\s+)?(?:let|make|have)\s+"
     rf"(?:it|that|them)\s+(?:be\s+)?(?:again\s+)?{_AS_IT_WAS}\s+(?P<rest>.+)",
     "restore {what} to how it was {rest}"),
)  # fmt: skip
"""A pattern and the order that it stands for, in the order in which they are tried."""
