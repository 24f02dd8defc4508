"""A Chinese request without its politeness, and its steps: where one ends, and what a later one
points back to. Pure functions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from ..names.outcomes import Found, found_by, left_by
from ..names.targets import Targets
from .among import choose
from .text import FOLDER, INSIDE, NAME, SIGN, Entity, Phrase, table, words

_LEAD = re.compile(rf"^(?:{words('polite')}|[,!])+")
_TAIL = re.compile(rf"(?:{words('polite_end')}|,)+$")
_ASKED_END = re.compile(rf",?{words('asked_end')}$")


def plainly(phrase: Phrase) -> tuple[Phrase, bool]:
    """The request without politeness, and whether somebody was asked to do something."""
    is_asked = False
    while True:
        start, end = _LEAD.match(phrase.text), _TAIL.search(phrase.text)
        first = start.end() if start else 0
        last = end.start() if end and end.start() > first else len(phrase.text)
        is_asked = is_asked or first > 0
        shorter = phrase.part(first, last) if first < last else phrase
        if is_asked and (polite := _ASKED_END.search(shorter.text)) and polite.start():
            shorter = shorter.part(0, polite.start())
        elif (
            is_asked
            and shorter.text.endswith("吗")
            and re.search("能|可以|可否", phrase.text[:first])
        ):
            shorter = shorter.part(0, len(shorter.text) - 1)
        if shorter.text == phrase.text:
            return phrase, is_asked
        phrase = shorter


_ASIDE = "(?:烦请|劳烦|连同?里[面头]?的(?:东西|文件|内容)|一起|全部|请|帮我|给我|我要|麻烦你?|都|也|就|那就|直接|,)*"
_OPENER = rf"(?:{words('openers')}|(?:在|给|往|从){SIGN})"
_WEAK = words("weak_openers")
_SAID_FIRST = rf"{SIGN}(?:{FOLDER}|里面?)?(?:都|也|给我)*(?:{words('openers')})"
_JOINT = rf"(?:{words('joints')}|,)"
_CUT = re.compile(
    rf"(?:[,;。]{_JOINT}*|(?:然后|接着|随后|顺便){_JOINT}*)(?<![,;。]){_ASIDE}(?={_OPENER}|{_WEAK}|{_SAID_FIRST})"
    rf"|(?=[再并]){_JOINT}+{_ASIDE}(?={_OPENER})|[,;。]+{_ASIDE}(?={_OPENER})|;(?={_SAID_FIRST})|(?<={SIGN})[之以]?后,?(?={_OPENER})"
)
_FIRST = re.compile("^(?:首先|先)")
_RENAMED_TO = re.compile(f"(?:改名|重命名|更名|命名)(?:为|成|叫做?)+{SIGN}")
_COPIED_TO = re.compile("(?:复制|拷贝|备份|合并)[^把将]*$")


def steps_of(phrase: Phrase) -> list[Phrase]:
    """The steps of a request, each with a verb of its own."""
    phrase = _in_order(phrase)
    edges = [0]
    ends: list[int] = []
    for match in _CUT.finditer(phrase.text):
        rest = phrase.text[match.end() :]
        before = phrase.text[edges[-1] : match.start()]
        if not before or _is_of_one(before, rest):
            continue
        ends.append(match.start())
        edges.append(match.end())
    pieces = [phrase.part(a, b) for a, b in zip(edges, [*ends, len(phrase.text)], strict=True)]
    steps = [one for piece in pieces if piece.text for one in _each_folder(plainly(piece)[0])]
    first = _FIRST.match(steps[0].text) if steps else None
    if first and len(steps) > 1:
        steps[0] = steps[0].part(first.end())
    return steps or [phrase]


_FOLDERS = re.compile(
    rf"^(?P<place>在[^,;:]+?{INSIDE}?面?)?(?:帮我|给我)?(?:新建|创建|建立|建|弄|开|做)(?:上|好|出)?(?P<many>[俩仨]|[两二三四五六七八九十几2-9]个)?(?:新|空)*"
    rf"(?:{FOLDER}[:,]?(?:分别|名字|名称)*(?:叫做?|是|为|:)*(?P<names>[^:;]+?)|(?P<before>[^:;]+?)(?P<many2>这?(?:[俩仨]|[两二三四五六七八九十2-9]个)){FOLDER})$"
)
_AND = re.compile(f"、|(?<=[{NAME[1:-1]}A-Za-z0-9])[和与跟及](?=[{NAME[1:-1]}A-Za-z0-9])")
_AND_OF_MANY = re.compile("[和与跟及、,]+|以及|还有")


def _each_folder(step: Phrase) -> list[Phrase]:
    """A step for each of the new folders: "建文件夹 A、B"."""
    made = _FOLDERS.match(step.text)
    if made is None:
        return [step]
    start, end = made.span("names" if made["names"] else "before")
    joints = _AND_OF_MANY if made["many"] or made["many2"] else _AND
    edges = [match.span() for match in joints.finditer(step.text, start, end)]
    starts, ends = [start, *(last for _, last in edges)], [*(first for first, _ in edges), end]
    if not edges or not all(a < b for a, b in zip(starts, ends, strict=True)):
        return [step]
    head = (made["place"] or "") + "新建文件夹"
    return [_with_head(head, step, a, b) for a, b in zip(starts, ends, strict=True)]


def _with_head(head: str, step: Phrase, start: int, end: int) -> Phrase:
    """A part of a step behind other words; a sign among those stands for what it does in the step."""
    name = step.part(start, end)
    said = (step.entities[one].text if one in step.entities else one for one in head)
    return Phrase(head + name.text, (*said, *name.said), step.entities)


def _is_of_one(before: str, rest: str) -> bool:
    """Whether what follows says only where a copy goes, or what a new name is."""
    if _COPIED_TO.search(before):
        return rest.startswith(("放", "存")) or bool(_RENAMED_TO.fullmatch(rest))
    if _PLACE_ALONE.fullmatch(rest) or (
        before.endswith(("什么", "啥")) and _SAID_BRIEFLY.match(rest)
    ):
        return True
    return bool(_NAMED_ANEW.search(before)) and rest.startswith(("改成", "叫"))


_PLACE_ALONE = re.compile(f"只?在{SIGN}(?:文件)?{INSIDE}?面?")
_SAID_BRIEFLY = re.compile(
    "用[0-9一两二三四五六七八九十]+(?:句话?|个?字)来?(?:总结|概括|概述|归纳|说明?|介绍)"
)
_NAMED_ANEW = re.compile("[改换起取]个?名字?$")
_ACTS = "删|移|挪|搬|复制|拷|备份|重命名|改名|锁|解锁|恢复|还原|回滚|回退|退回|扔|丢|归档|清掉|去掉|弄回|变回|改回|回到"
_GIVEN_UP = re.compile(
    rf"(?:^|(?<=[,;。]))(?P<obj>(?!{_OPENER}|{_WEAK})[^,;。]+?)(?P<gap>,?{words('reasons')},?{_ASIDE})(?={_ACTS}|取消|总结|概括|讲讲|说说|翻译|读|念)"
)
_SPOILT = re.compile(
    rf"^我?(?:刚才|刚刚|不小心|又)*(?P<gap>(?:改|弄|写|搞|删)(?:坏|错|乱|砸)了?)(?P<obj>{SIGN})(?P<end>,{_ASIDE})(?=恢复|还原|回滚|回退|退回|找回)"
    rf"|^我?(?:刚才|刚刚|不小心|不慎|又|手[残滑抖贱])*[把将](?P<obj2>{SIGN})(?P<end2>给?(?:改|弄|写|搞|删)(?:坏|错|乱|砸)了?,{_ASIDE})(?=恢复|还原|回滚|回退|退回|找回|回到|变回|退到)"
)
_ADVERB_FIRST = re.compile(rf"(?:统统|全部|通通|一律|一并|直接|彻底|永久|立即)*(?={_ACTS})")
_TAKEN_FROM = re.compile(rf"^从{SIGN}(?P<gap>{FOLDER}?{INSIDE}?(?:把|将))")
_TOPIC_FIRST = re.compile(
    rf"^(?P<obj>(?!{_OPENER}|{_WEAK}|{words('search')})[^,;。]*(?:{SIGN}|{'|'.join(table('types').values())}|{words('generic')}|的))"
    rf"(?P<gap>,{_ASIDE})(?={_ACTS})",
    re.I,
)


_WHERE_AND_WHICH = re.compile(
    "^(?P<what>[^,;。的]{2,12})在哪[里儿]?[呢呀啊]?[,?]?我?只?(?:要|想要?)(?:看|找)?(?P<which>[^,;。]+的)$"
)
""" "值班表在哪，我要看十一月的"."""


def _in_order(phrase: Phrase) -> Phrase:
    """What is acted on before the verb with "把", and without the reason: "X 不要了，删了"."""
    if spoilt := _SPOILT.match(phrase.text):
        named, rest = ("obj", "end") if spoilt["obj"] else ("obj2", "end2")
        name = phrase.part(*spoilt.span(named))
        phrase = phrase.part(spoilt.end(rest)).replaced(0, 0, name.names()[0]).inserted(0, "把")
    if (adverb := _ADVERB_FIRST.match(phrase.text)) and adverb.end():
        phrase = phrase.part(adverb.end())
    if taken := _TAKEN_FROM.match(phrase.text):
        phrase = phrase.without(*taken.span("gap")).inserted(taken.start("gap"), "里的")
        phrase = phrase.without(0, 1).inserted(0, "把")
    if asked := _WHERE_AND_WHICH.match(phrase.text):
        which, what = (phrase.part(*asked.span(group)) for group in ("which", "what"))
        phrase = Phrase(which.text + what.text, which.said + what.said, phrase.entities)
    for pattern in (_GIVEN_UP, _TOPIC_FIRST):
        while match := pattern.search(phrase.text):
            phrase = phrase.without(*match.span("gap")).inserted(match.start("obj"), "把")
    return phrase


_IT = re.compile(
    f"(?<!{SIGN})(?:它们|它|(?<!的)[这那]个文件(?!夹)|该文件(?!夹)|这些文件(?!:)|那些文件(?!:)|他们|她们|找到的(?:文件|结果|那些)?|(?<=[看读示开念])(?:一下)?(?:全文|全部内容)$|搜索?结果|这些|其(?![中他它]))"
)
_INTO_IT = re.compile(
    f"(?<=[移挪放搬拷存制贝动入份丢塞扔归收])(?:进去|进来|过去|(?:到|进|入|至)?其[中内里]|(?:到|进|在)(?:了)?(?:它|其|这|那|这个|那个|该|新|新建的)?的?(?:{FOLDER})?(?:里面?|里头|里边|其中|那里|那儿|中)(?:去)?|(?:到|进)(?:这个|那个|该|新|新建的)(?:{FOLDER})(?:里面?|中)?(?:去)?)"
)
_IN_IT = re.compile(
    f"(?:在|往)(?:它|其|这个|那个|该|新|新建的)?(?:{FOLDER})?(?:里面?|里头|里边|其中|中)(?!{SIGN})"
)


_ORIGINAL = re.compile(
    "(?:那个)?(?:原文件|原件|源文件|原来的?(?:那?[个份])?(?:文件)?(?=[都也给再就,锁删移挪改重上打]|$))"
)
_COPY_OF_IT = re.compile("(?:那|这|新的?)?一?[个份]?(?:副本|拷贝|复制[品件]|备份)(?!到|[一成为在])")
_WITHIN_IT = re.compile("(?<=[把将])(?:它|其)?(?:里面?|里头|其中)(?=的)")


@dataclass(frozen=True, slots=True)
class Referred:
    """A step with what it points back to put in; `is_back`: it points back, to what was `found`
    where that is not a name."""

    phrase: Phrase
    is_back: bool
    found: Selector | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """What the steps before leave: files, and the folder that "里面" is."""

    files: Entity | None = None
    folder: Entity | None = None
    is_moved: bool = False
    """What the files are selected by has been moved away."""
    original: Entity | None = None
    """What the file is a copy of, or a link to: "it" might be that."""
    found: Found | None = None
    """What is chosen from."""

    def after(self, operation: BaseOperation, targets: Targets) -> Before:
        """What is left once another operation is done."""
        left = self._after(operation, targets)
        found = found_by(operation, self.found)
        return replace(left, found=None if found and found.is_lost else found)

    def _after(self, operation: BaseOperation, targets: Targets) -> Before:
        left = left_by(operation)
        folder = Entity(left.folder, path=left.folder) if left.folder else self.folder
        files = left.files or left.made_beside
        if isinstance(operation, plan.Search) and operation.query:
            named = targets.sole_file(operation.query)
            files = Selector(paths=(named,)) if named else files
        if files is None:
            return Before(None, folder)
        if len(files.paths) == 1:
            entity = Entity(files.paths[0], path=files.paths[0])
            if not isinstance(operation, plan.Copy | plan.Link):
                return Before(entity, folder)
            (source,) = operation.target.paths
            return Before(entity, folder, original=Entity(source, path=source))
        is_moved = isinstance(operation, plan.Move) and not files.is_literal()
        return Before(Entity("", found=files), folder, is_moved)

    def inside(self, *, carries: bool) -> Entity | None:
        """What "里面" and "进去" mean; `carries`: something is put there."""
        return self.folder or self.files if carries else self.files or self.folder


def referred_to(step: Phrase, before: Before) -> Referred:
    """The step with the outcome of those before in place of "it" and "into it".

    Raises:
        NotUnderstoodError: there is no such outcome.
    """
    for pattern, entity in ((_ORIGINAL, before.original), (_COPY_OF_IT, before.files)):
        said = pattern.search(step.text) if before.original and entity else None
        if said and entity:
            return Referred(step.replaced(*said.span(), entity), True)
    chosen = choose(step, before.found) if before.found else None
    step, found = chosen or (step, None)
    for pattern, beside in (
        (_INTO_IT, ("到", "里")),
        (_IN_IT, ("在", "里")),
        (_WITHIN_IT, ("", "里")),
        (_IT, ("", "")),
    ):
        match = pattern.search(step.text)
        if match is None or (match.start() and pattern is _IN_IT):
            continue
        meant = before.files if pattern is _IT else before.inside(carries=pattern is _INTO_IT)
        if meant is None:
            raise NotUnderstoodError(
                "I do not know what you refer to", hint="name the files in each step"
            )
        named = step.replaced(*match.span(), meant)
        named = around(named, match.start(), beside)
        return Referred(named, True, found or meant.found)
    return Referred(step, chosen is not None, found)


def around(phrase: Phrase, position: int, words: tuple[str, str]) -> Phrase:
    before, after = words
    text, said = phrase.text, phrase.said
    return Phrase(
        text[:position] + before + text[position] + after + text[position + 1 :],
        (*said[:position], *before, said[position], *after, *said[position + 1 :]),
        phrase.entities,
    )
