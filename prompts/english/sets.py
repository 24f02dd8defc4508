"""Wordings of acts that say what they are on before what is done: "have the newest PDFs copied to
reading", "links to every PDF in Papers, to be placed in reading". Each stands for a plain order, as
those of `wordings` do. Data.
"""

from __future__ import annotations

_Q = r"\"\0*\""
_GONE = r"(?:deleted|removed|erased|trashed|discarded|locked|unlocked)"
_GOES = (
    r"(?:moved|copied|put|placed|transferred|relocated|shifted|filed|stored|linked|symlinked|"
    r"renamed|merged|joined|combined)"
)
_PLACE = r"(?:in|into|to|inside|under|as)\s"
_WHAT = (
    r"(?P<what>(?!(?:i|you|we|they|he|she|it|me|back|been|a\s+look|not|no|none|nothing|nobody|hardly|"
    r"barely|list\s+(?:of|the|all|my)|(?:the|an?)\s+list\s+of|show|count|find|read|print|name|tell|compare|search)\b)"
    r"(?:(?!\b(?:i|you|we|they|he|she|who|been|was|were|not|never)\b).)+?)"
)
_MADE = (
    r"(?:(?:to\s+be\s+)?(?:put|placed|made|created)|to\s+be\s+(?:kept|stored|saved))\s+"
    r"(?:in|into|inside|under)"
)
SETS = (
    # a new folder
    (r"(?:put|stick|pop|bung|throw|slap|set|knock|spin|whip)\s+(?:up\s+)?(?:(?:me|us)\s+)?(?P<what>(?:an?|another)\s+"
     r"(?:(?:new|fresh|empty)\s+)*(?:folder|directory)\s+(?:called|named)\s.+)", "make {what}"),
    (r"(?:make|create|add|build)\s+(?:an?\s+|the\s+)?(?:new\s+)?(?:folder|directory)\s+(?:tree|structure|hierarchy|path)\s+"
     r"(?:(?:called|named|like)\s+)?(?P<what>\S*/\S+)", "make a folder called {what}"),
    # what a folder holds
    (r"(?:(?:please\s+)?(?:tell\s+me|show\s+me|say|list)\s+)?what\s+(?:does\s+)?(?P<what>(?:the\s+|my\s+)?(?:(?:folder|directory)\s+\S+|"
     r"\S+\s+(?:folder|directory)))\s+(?:contains?|holds?|has\s+in\s+it)", "list {what}"),
    # what is named is to be done to
    (rf"have\s+{_WHAT}\s+(?P<how>{_GONE})", "{what} should be {how}"),
    (rf"(?:have|get)\s+(?:an?\s+)?links?\s+to\s+{_WHAT},?\s+{_MADE}\s+(?P<place>.+)",
     "symlink {what} into {place}"),
    (rf"(?:have|get)\s+{_WHAT}\s+(?P<how>{_GOES})\s+(?P<rest>{_PLACE}.+)",
     "{what} should be {how} {rest}"),
    (rf"(?:sym)?links?\s+to\s+{_WHAT},?\s+{_MADE}\s+(?P<place>.+)", "symlink {what} into {place}"),
    (r"(?:sym)?links?\s+(?:in|inside)\s+(?P<place>\S+(?:\s+\S+)??)\s+(?:to|of|for)\s+(?P<what>(?:all|every|each|the)\s.+)",
     "symlink {what} into {place}"),
    (rf"(?:an?\s+)?cop(?:y|ies)\s+of\s+{_WHAT},?\s+{_MADE}\s+(?P<place>.+)",
     "copy {what} into {place}"),
    (rf"{_WHAT},?\s+to\s+be\s+(?P<how>{_GONE})", "{what} should be {how}"),
    (rf"{_WHAT},?\s+to\s+be\s+(?P<how>{_GOES})\s+(?P<rest>{_PLACE}.+)",
     "{what} should be {how} {rest}"),
    (rf"{_WHAT},\s+(?P<how>moved|copied)\s+(?P<rest>(?:to|into)\s.+)",
     "{what} should be {how} {rest}"),
    (rf"(?:make\s+sure|ensure|see\s+to\s+it)(?:\s+that)?\s+{_WHAT}\s+(?:are|is|gets?)\s+(?P<how>{_GONE})",
     "{what} should be {how}"),
    (rf"(?:make\s+sure|ensure|see\s+to\s+it)(?:\s+that)?\s+{_WHAT}\s+(?:are|is|gets?)\s+(?P<how>{_GOES})\s+"
     rf"(?P<rest>{_PLACE}.+)", "{what} should be {how} {rest}"),
    (r"(?P<what>(?:all|every|each|everything|the)\s[^,;:]+?)\s*[:,]\s*(?:off\s+)?(?:in)?to\s+(?P<place>[^,;:]+?)\s+with\s+"
     r"(?:it|them|those|these)(?:\s+all)?", "move {what} into {place}"),
    (r"(?P<what>(?:all|every|each|everything)\s[^,;:]+?),?\s+(?:please|kindly)\s+(?P<verb>move|copy|put)\s+"
     r"(?P<rest>(?:to|into|in)\s.+)", "{verb} {what} {rest}"),
    # links to files in one place, in another
    (r"(?:make|create|put|add|place|leave|drop|set\s+up)\s+(?:sym(?:bolic\s+)?)?links\s+(?:to|of|for)\s+"
     r"(?P<what>.+\s(?:in|from|under|inside)\s.+)\s+(?:in|into|inside)\s+(?P<place>.+)",
     "symlink {what} into {place}"),
    (r"(?:make|create|put|add|place|leave|drop|set\s+up)\s+(?:sym(?:bolic\s+)?)?links\s+(?:to|of|for)\s+"
     r"(?P<what>(?:all|every|each)\s.+)\s+into\s+(?P<place>.+)",
     "symlink {what} into {place}"),
    # what is described first
    (r"(?P<what>(?:all|every|each|everything|anything)\s[^,;:]+?)\s*[,;:]\s*(?:please\s+|just\s+)*"
     r"(?P<verb>move|copy|delete|remove|lock|unlock|symlink|put)\s+(?:it|them|those|these)(?P<rest>\s.+)?",
     "{verb} {what}{rest}"),
    (r"(?P<what>(?:all|every|each|everything)\s[^,;:]+?)\s*[,:]\s*(?:please\s+|just\s+)*(?P<verb>delete|remove|erase|lock|unlock)",
     "{verb} {what}"),
    (r"(?P<what>(?:all|every|each|everything)\s[^,;:]+?)\s*[,:]\s*(?:please\s+|just\s+)*(?P<verb>move|copy)\s+"
     r"(?P<rest>(?:to|into)\s.+)", "{verb} {what} {rest}"),
    (r"what(?:ever)?(?:['’]s|\s+is)\s+(?P<place>(?:in|inside|under)\s.+?)\s+(?:goes|belongs|should\s+go|can\s+go)\s+"
     r"(?P<to>(?:to|into|in)\s.+)", "move everything {place} {to}"),
    # the place of what is described first
    (r"(?P<place>(?:in|from|under|inside)\s+[^,\"]{1,40}?),?\s+"
     r"(?P<verb>delete|remove|erase|trash|lock|unlock|get\s+rid\s+of)\s+"
     r"(?P<what>(?:all|every|each|everything)\b.*)",
     "{verb} {what} {place}"),
    (r"(?P<where>(?:throughout|across|everywhere\s+in(?:side)?|all\s+over)\s+[^,\"]+?),?\s+"
     r"(?P<verb>(?:replace|change|swap|substitute|turn|use|put)\s.+)", "{verb} {where}"),
    # text for text, wherever it stands
    (r"(?:every\s?where|wherever|whenever|each\s+time|every\s+time|where)\s+(?:in\s+)?(?P<what>[^\",]+?)\s+"
     rf"(?:says?|has|have|reads?|writes?|mentions?|contains?)\s+(?:the\s+words?\s+)?(?P<old>{_Q}),?\s+"
     r"(?:please\s+|then\s+)?(?:let\s+it\s+(?:say|read|be)|make\s+(?:it|that)(?:\s+(?:say|read|be))?|"
     r"(?:it|that)\s+(?:should|must|shall)\s+(?:say|read|be)|(?:write|put|use|say)|"
     r"(?:change|turn)\s+(?:it|that)\s+(?:to|into)|replace\s+(?:it|that)\s+(?:with|by))\s+"
     rf"(?P<new>{_Q})(?:\s+(?:instead|there))?",
     "replace {old} with {new} in {what}"),
)  # fmt: skip
"""A pattern and the order that it stands for, in the order in which they are tried."""
OWNED = (
    r"^whichever\s+(?P<kind>\w+)\s+(?:there\s+(?:are|is)|(?:i|we)\s+have|you\s+find)(?=\s)|"
    r"^(?P<what>all\s+(?:what|that)\s+(?:is|are|there\s+is))(?=\s+(?:in|inside|under|from)\s)|"
    r"\b(?P<all>everything|all|whatever|anything|(?:all\s+)?(?:the\s+)?files)\s+(?:that\s+)?(?:(?:i|we)(?:['’]ve|\s+have)?"
    r"(?:\s+(?:ever\s+)?got)?|(?:i|we)\s+(?:own|keep)|there\s+is|you\s+(?:have|can\s+find|find))\s+"
    r"(?=(?:by|about|from|on|in|under|regarding|concerning|larger|older|bigger|newer|smaller)\s)"
)
"""What says no more than "everything"."""
