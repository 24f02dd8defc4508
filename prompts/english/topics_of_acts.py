"""What the files of an act are about: all that is left of an order without the words of asking.

Only words that are known to say nothing are taken off, so that no limit is passed over. Pure.
"""

from __future__ import annotations

import re

from ..request.nouns import GENERIC as _GENERIC
from ..request.spoken import CUT, QUOTE, Spoken
from .lead_ins import DONE as _WORKED
from .lead_ins import SEEKING as _DOING

_DEGREE = (
    r"(?:(?:the\s+)?(?:comes?|coming|most|more|mostly|best|better|very|well|closely|highly|strongly|tightly|directly|clearly|"
    r"mainly|primarily|chiefly|largely|particularly|specifically|somehow|somewhat|explicitly|really|something|"
    r"anything|all)\s+)*"
)
_RELATED = (
    r"(?:(?:related|relating|relevant|pertinent|applicable|dedicated|devoted|matching|pertaining|connected|"
    r"correlated|correlating|associated|linked|tied|similar|close|closer|closest|nearest|near)"
    r"(?:\s+in\s+\w+)?\s+(?:to|with))"
)
_TREATS = (
    r"(?:(?:deal(?:s|ing)?|having\s+to\s+do|(?:ha(?:s|ve)\s+)?to\s+do)\s+{how}with|(?:talk(?:s|ing)?|speak(?:s|ing)?|writ(?:es?|ing))\s+"
    r"{how}(?:about|of)|focus(?:s?es|s?ing|s?ed)?\s+{how}on|touch(?:es|ing)?\s+{how}(?:on|upon)|revolv(?:es?|ing)\s+"
    r"{how}around|(?:cover|discuss|describ|explain|treat|address|concern|explor|examin|handl)ing)"
).replace("{how}", _DEGREE)
_SUCH_AS = (
    r"(?:(?:explain|cover|treat|address|concern|fit|match|suit)s?|discuss(?:es)?|address(?:es)?|match(?:es)?|"
    r"(?:describ|explor|examin|handl)es?)"
)
_ABOUT = (
    r"(?:(?:that|which)(?:'s|\s+(?:are|is|deals?|talks?))?\s+|(?:that|which)\s+(?:i|we)\s+(?:wrote|made|saved|had)\s+)?"
    rf"{_DEGREE}(?:{_RELATED}|{_TREATS}|(?<=that\s){_SUCH_AS}|(?<=which\s){_SUCH_AS}|(?<=best\s){_SUCH_AS}|"
    r"(?<=most\s){_SUCH_AS}|about|on|re:?|"
    r"regarding|concerning|around|on the (?:topic|subject|theme) of|on the topic|"
    r"with information (?:on|about)|"
    r"in the (?:category|field|area|way) of|(?:showing|having|with|of|that have|"
    r"which have) (?:the |"
    r"an? )?(?:highest|most|closest|strongest|"
    r"greatest|best|biggest|largest|high|strong|close|great) (?:correlation|relation|similarity|"
    r"relevance|connection|match|fit|"
    r"affinity|closeness|proximity) (?:with|to|for))(?:\s+the\s+(?:topic|subject|theme)(?:\s+of)?)?"
).replace("{_SUCH_AS}", _SUCH_AS)
MARKED = re.compile(
    rf"\b(?:{_GENERIC}\s*,?\s+(?:(?:any|all|some)\s+{_GENERIC}\s*,?\s+)?(?:(?:anywhere|somewhere|at\s+all|whatsoever|really)\s*,?\s+)?)?"
    rf"{_ABOUT}\s+|^(?:which|what)\s+(?:\w+\s+)?{_GENERIC}\s+{_SUCH_AS}\s+",
    re.I,
)
_US = r"(?:i|we|you)"
_LEAD = re.compile(
    r"^(?:(?:does|do|has|have)(?=\s+(?:any|some)\b)|(?:whatever|anything|everything|all|"
    rf"what) {_US} (?:can|could) (?:find|get|see)(?!\S)|(?:topic|subject|theme|re|about)\s*:|"
    r"any idea(?=\s+where\b)|(?:is|was) (?:any|"
    r"some)thing(?: here)?(?!\S)|(?:could|"
    r"might|must) (?:there|it) be(?: somewhere)?(?!\S)|"
    rf"how (?:(?:can|do|could) )?{_US}(?: can)?(?=\s+{_DOING}\b)|(?:do|have|did|"
    rf"had) {_US} (?:ever )?{_WORKED}(?!\S)|"
    rf"(?:which|what|whose|where|who|whats|what's)$|{_US}(?:\s+(?:am|was|do))?(?=\s+{_DOING}(?:ing)?\b)|"
    rf"what (?:do|does|did|is|are|have|has)(?: (?:my|the|our|these))? {_GENERIC}$|(?:say|"
    r"says|said|saying)\s+(?:about|on)|"
    rf"where\s+(?:(?:it|is|it's|its|they|that|there)\s+)*(?:written|said|talked|spoken|explained|described|stands|"
    r"talks?|speaks?|says?|something)(?:\s+(?:about|on|of|how))?(?!\S)|whats?(?:'s)?(?=\s+(?:the|my|new)\b)|"
    rf"what {_US}(?: have| had|'ve)? (?:{_WORKED}|decided|said|noted|agreed|know|thought|"
    r"learned|planned|recorded)(?: down)?"
    r"(?: (?:about|on))?(?!\S)|(?:has|have|had)(?!\S)|(?:sort|order|rank|arrange)(?!\S)|"
    rf"{_US} (?:think|guess|believe|suppose)(?:\s+(?:it|that)\s*(?:was|is)?)?(?!\S)|"
    rf"i(?:'d| would) (?:love|like) (?:to see|to find|to have)?|how (?:many|much)|"
    r"(?:which|what|any|some|one|all|each) of (?=my|the|our|these)|(?:got|need|want)(?: me)?\b|"
    rf"(?:{_US}\s+)?(?:(?:am|was|were|be)\s+)?(?:want(?:ing)?|need|wish|like|try(?:ing)?)\s+(?:to\s+)?"
    rf"(?={_DOING}\b)|"
    rf"(?:to\s+)?(?!(?:list|show|scan|point|track|pull)s?\s+of\s+(?!(?:(?:all|the|every|my|our)\s+)*(?:{_GENERIC}\b|$))){_DOING}(?:ing|es|s)?\b(?:\s+(?:me|us|for|up|out|through|around|all|if|at|over|to|down))*\s*:?|"
    r"(?:searching|looking|hunting)\s+for|"
    rf"what (?:do|does|did|is|have|has) (?:(?:my|the|our|these)\s+)?(?:{_GENERIC}\s+|{_US}\s+)?"
    r"(?:say|write|note|said|have)\s+(?:about|on)\b|"
    rf"what (?:was|were|am|are|have|did|do|has|had) {_US}(?:\s+(?:been|"
    rf"just))?(?:\s+{_WORKED})?(?:\s+(?:on|at|with))?(?!\S)|"
    r"(?:(?:most|more|best|very)\s+)?(?:relevant|related|fitting|suitable|"
    rf"useful) {_GENERIC} (?:for|to|on|about)(?!\S)|"
    rf"(?:(?:most|more|best|very)\s+)?(?:relevant|related|interesting|important)"
    rf"(?=\s+{_GENERIC}\b)|"
    r"where(?:'s| is| are| was| were|\s+the\s+heck\s+(?:is|are)|"
    r" did (?:i|we)(?: \w+)?| have (?:i|we)(?: \w+)?| do (?:i|we) (?:keep|have)| can (?:i|"
    r"we) find)|"
    r"(?:do|have|did) (?:i|we|you)(?: got| have| ever| still| write| save| create| make| get|"
    r" receive| keep)*(?!\S)|"
    r"(?:(?:best|closest|top|good) )?(?:match|matches|hits?|results?) (?:for|to)(?!\S)|"
    r"(?:a )?(?:semantic|full.?text|keyword) search(?: for)?(?!\S)|"
    r"(?:count|(?:total )?(?:number|amount) of)(?!\S)|i(?:'m| am|m)(?= (?:trying|looking|"
    r"searching|after|hoping)\b)|i remember|i(?:'m| am) interested in|(?:treats?|"
    r"pertains? to)(?!\S)|"
    rf"{_US} should (?:know|read|see)(?: about)?(?!\S)|"
    r"(?:file|document|doc)(?=\s+\S+\.\w{1,5}$)|(?:what|anything|everything|whatever|"
    r"that) (?:came(?: in)?|arrived|was added)(?!\S)|(?:trying|hoping|wanting|able) to(?=\s)|"
    r"(?:is|are) there(?: any)?|during|lying around|(?:most|more|best|"
    r"very) (?:\w+ly )?(?:relevant|related|"
    r"pertinent|"
    r"fitting|matching|suitable|important|"
    r"interesting|useful|helpful)(?!\S)|(?:taken|shot|recorded|filmed|drawn) (?:in|at|on|of|"
    r"during|for|with)(?!\S)|"
    r"i(?:'m| am)(?: \w+)? (?:looking|searching|after)(?: for)?|"
    rf"{_US} (?:need|want|seek|think|guess|believe|{_WORKED})(?!\S)|"
    r"(?:in |tell me )?(?:which|what) (?:of (?:my|the|our) )?(?:files?|documents?|docs?|"
    r"papers?|notes?|folders?|"
    r"ones?)?\s*(?:did (?:i|we)(?: \w+)?|do (?:i|we)(?: \w+)?|have (?:i|we)|has|have|had|"
    r"are|is|was|were|talks?|speaks?|deals?|describes?|explains?|covers?|discuss(?:es)?|that)?|"
    r"what(?:'s| is| are| was)|who (?:wrote|has written)(?: about)?|"
    r"(?:that|which|who|it)(?:'s|\s+(?:is|are|was|were|has|have|do|does))(?!\S)|"
    r"that|which|who|with|about|on|of|from|for|in|by|and|or|but|containing|to|as|so|at|where|whose|"
    r"a|an|the|my own|our own|my|our|your|some|any|all|every|each|both|either|this|these|"
    r"those|me|it|is|are|was|were|"
    r"one|only|just|also|please|pls|maybe|there|thing about|things about|that thing|"
    r"mine|(?:that\s+)?belong(?:s|ing)?\s+to\s+me|"
    rf"(?:{_US}\s+)?(?:have\s+|had\s+|'ve\s+)?(?:last\s+|recently\s+|just\s+)?(?:wrote|made|"
    r"saved|took|edited|changed|worked on|modified|touched)|"
    r"(?:deals?|talks?|discuss|"
    r"explain(?:s|ing)?|describ(?:es?|ing)|discuss(?:es|ing)?|covers|covering|"
    r"speaks?|talking|dealing|goes?)\b(?:\s+(?:with|about|of|on))?|"
    rf"(?:text|note|paper|document|file|thing|one|doc)s?(?=\s+(?:where|about|that|which|with|on|named|"
    r"called|regarding|concerning)\b)|where (?:i|we)(?: (?:have|had))?(?: (?:described?|"
    r"explain(?:ed)?|discuss(?:ed)?|talk(?:ed)? about|mention(?:ed)?|noted?|wrote(?: down)?|"
    r"listed|defined|planned|kept|said|put|recorded|calculated|compared?))?(?!\S)|"
    rf"(?:results?|hits?|matches|info|information|stuff|material|things?)\s+(?:for|about|on|of)(?!\S)|"
    rf"{_GENERIC}(?=\s+(?:i|we|that|which|who|with|from|in|by|about|on)\b)|{_GENERIC}$|"
    r"帮我|请|查找|搜索|寻找|查询|找一下|找到|找|搜|有没有|我想|哪些|关于|有关|的)(?:\s+|(?<=[\u3400-\u9fff])|$)",
    re.IGNORECASE,
)
_VERB_FIRST = re.compile(rf"{_DOING}\s+(?!(?:me|us|for|the|my|all)\b)", re.I)
LONE = re.compile(
    r"(?:.*\s)?(notes|papers|articles|letters|texts|writings)(?:\s+(?:from|of|in))?", re.I
)
_TAIL = re.compile(
    r"(?:,?\s+(?:and (?:return|show|display|present|give)(?: me| us| back)*(?: the)?|i (?:think|"
    r"guess|believe|suppose)(?: it (?:was|is))?|(?:but )?where (?:is|"
    r"are|was|were) (?:it|that|they)|located|stored|kept|hiding|that|which|with|about|on|of|"
    r"from|for|in|by|and|to|or|at|is|are|was|were|the|a|my|most|but|"
    r"somewhere|anywhere|exist|exists|here|made|only|if any|i have|we have|you have|"
    r"do i have|do we have|"
    r"category|there|are there|is there|please|called|taken|changed|edited|modified|written|"
    r"dated|sent|received|"
    r"created|saved|work|work on|did|i|we|again|now|thanks|today's|you can find|you find|"
    r"that exist|"
    r"that (?:i|we) (?:have|wrote|made|saved|edited|changed)|(?:i|we) (?:wrote|made|saved|"
    r"edited|changed|"
    r"took|worked on|have|had|received|got)|in (?:it|them)|of mine|(?:i|we) (?:was|were|am|"
    r"are) \w+ing(?: on)?|any\s?more|any longer|best|that date|dating|as|ever|at all|or so|"
    r"or something|all|every|overall|altogether|in total|of all|"
    r"stuff|anything|saying|say)|的?(?:笔记|文件|论文|文章|文档|资料|报告|邮件))$|"
    r"^(?:(?:i|we) (?:was|were|am|are)(?: \w+ing)?|does|do|did|most|changed|edited|modified|"
    r"worked|did|work on|work|working on|working|i|we|edit|"
    r"change|write|"
    r"modify|touch(?:ed)?|updated|created|written|saved|date|dates|dating|dated|sent|received|taken|added|first|only|ones?|"
    r"in|of|from|order|results?|hits?|matches|please|exist|available|present|stored|mine|sorted|listed|"
    r"got|get|use|used|opened|been|do|have|has)$",
    re.IGNORECASE,
)
_EDGES = " .,;:?!。？，-–—/()[]"


_MOST_WORDS = 60
"""Of asking, before a topic; more are no question."""


def whole_topic_of(spoken: Spoken, *, is_enough: bool) -> tuple[str | None, bool]:
    """What is left of a request, and whether it says that this is what files are about.

    `is_enough`: without it the rest selects as well, so that "notes" alone is no topic.
    """
    query, is_marked = _bare(spoken)
    if query or is_enough:
        return query or None, is_marked
    whole = " ".join(spoken.rest.replace(CUT, " ").split()).strip(_EDGES)
    lone = LONE.fullmatch(whole)
    return (lone[1] if lone else None), False


def _bare(spoken: Spoken) -> tuple[str, bool]:
    is_marked = False
    parts: list[str] = []
    for part in spoken.rest.split(CUT):
        text = re.sub(r"[?!]+(?=\s)", "", " ".join(part.split())).strip(_EDGES)
        marked = MARKED.search(text)
        if marked and not parts and _led(text[: marked.start()]) == "":
            text, is_marked = text[marked.end() :], True
            text = text if _VERB_FIRST.match(text) else _led(text)
            parts += [clean] if (clean := _ended(text)) else []
            continue
        parts += [clean] if (clean := _cleaned(text)) else []
    text = " ".join(parts)
    category = re.fullmatch(r"(.+?)\s+(?:category|field|area)", text, re.I)
    text = category[1] if category else text
    return (spoken.meant(text) if re.fullmatch(QUOTE, text) else spoken.said(text)), is_marked


def _cleaned(text: str) -> str:
    while (shorter := _ended(_led(text))) != text:
        text = shorter
    return text


def _led(text: str) -> str:
    for _ in range(_MOST_WORDS):
        match = _LEAD.match(text)
        if match is None or not match.end():
            break
        text = text[match.end() :].lstrip(" ,:")
    return text


def _ended(text: str) -> str:
    while (shorter := _TAIL.sub("", text).strip(" ,;:.'’?!")) != text:
        text = shorter
    return text
