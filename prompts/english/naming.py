"""Finding what a request speaks of: names first, descriptions of sets second.

What changes files never runs on a pronoun, on everything, or on a name that is only guessed. Pure
but for asking `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsfs.errors import ConfirmationError, NotUnderstoodError
from lsfs.selector import Filters, Selector

from ..names.context import Context, literal
from ..names.nearest import strip_nouns
from ..names.places import CONTENTS_OF, PLACE, no_folder, refuse_words_as_folders
from ..names.targets import Targets, split_list
from ..request.hints import hint_words
from ..request.kinds import is_kinds, words_before_kind
from ..request.nouns import ONE
from ..request.quoting import QUOTED, Quote
from ..request.refusals import missing
from ..request.selection import Selection
from ..times.dates import find_span
from .described import is_selection, refuse_too_little
from .mistaken import names_among, refuse_folders_as_files
from .selection import select_for_act
from .unread_topics import refuse_unread

_VAGUE = re.compile(
    r"\b(?:every ?thing|all (?:of )?(?:my |the |these |those )?(?:files|stuff|things|"
    r"documents|data|of (?:it|them))|it all|all|"
    r"(?:the )?(?:whole )?(?:disk|drive|computer|system|internet|junk|mess|rubbish|clutter|"
    r"crap|root|folder|home))$",
    re.I,
)
PRONOUN = re.compile(
    r"^(?:it|them|this|that|these|those|one|there|here|some|stuff|something|things?)$", re.I
)
_STOP = frozenset(
    "set the a an both either my our your this that these those of to in into on from for with by "
    "at as is are was were be been do does did i we you me us it them they can could would will "
    "please plz again back now here there and or not no all every any some file files document "
    "doc docs "
    "documents folder folders directory directories named called what when which who how why has "
    "have had last modified changed say says said like version versions state content contents "
    "text new one two three content's ago before get give show make let put take tell want need "
    "see look thing things its about so up out off down over's someone anyone friend others until "
    "valid active expires days day weeks week months month hours hour minutes yesterday today "
    "morning english german french chinese spanish italian japanese dutch russian korean "
    "portuguese full whole short sentences lines point points main gist previous earlier "
    "older time i'd d s i'm send allow writing exactly stand written edited created".split()
)


def runs(text: str, intent: str) -> list[str]:
    """Content words that stand together, in order: what may be a name when nothing else is."""
    ignored = _STOP | hint_words(intent)
    runs: list[list[str]] = [[]]
    for word in re.findall(r"[\w.'’/-]+|[,;:]", text):
        bare = re.sub(r"['’]s$", "", word.casefold()).strip(".'")
        if bare in ignored or bare in ",;:":
            runs.append([])
        else:
            runs[-1].append(re.sub(r"['’]s$", "", word).strip("'"))
    return [" ".join(run) for run in runs if run]


def named(text: str, intent: str, context: Context, *, careful: bool) -> list[str]:
    """The existing entries `text` names, in order; what looks like a file stands for itself."""
    targets = context.targets
    if whole := re.match(r"^(\S+) of (\S+)$", strip_nouns(text)):
        inside = targets.entry(whole[0], careful=careful)
        if inside:
            return [inside]
    mentioned = _without_places(text, targets) or targets.quoted_entries(text)
    place, before = _place(text, targets)
    if place is not None and len(mentioned) == 1 and mentioned[0].start >= len(before):
        within = _found_in(place, _names(before, intent), context, careful=careful)
        if within:  # "the report in x/plan"
            return within
    found, rest = _all_in(text, mentioned, context), text
    if found:
        rest = text[: mentioned[-1].end]
    else:
        found = [targets.existing_at(text, span, careful=careful) for span in mentioned]
    for span in reversed(mentioned):
        rest = f"{rest[: span.start]} ; {rest[span.end :]}"
    if found and not (_LISTED.search(rest) and (careful or intent in _TAKE_LISTS)):
        return found
    if not found and (match := re.search(r"\b(?:named|called)\s+([\w.-]+)", text, re.I)):
        return [targets.existing_at(text, Quote(*match.span(1), match[1]), careful=careful)]
    spoken, unknown = _spoken(rest, intent, context, careful=careful)
    if unknown and (found or spoken) and (careful or _LISTED.search(rest)):
        raise _unknown(unknown[0], context, "name each file by its path")
    return found + spoken


def _without_places(text: str, targets: Targets) -> list[Quote]:
    """The names mentioned, without folders that only say where those before them are."""
    spans = [span for span, _ in targets.mentioned(text)]
    return [
        span
        for span in spans
        if span is spans[0]
        or not _WHERE.search(text[: span.start])
        or targets.directory(span.text, loose=False) is None
    ]


_WHERE = re.compile(r"\b(?:from|of|in|inside|under|within)\s+(?:the\s+)?(?:folder\s+)?$", re.I)


def _all_in(text: str, mentioned: Sequence[Quote], context: Context) -> list[str]:
    """The entries of "a.txt and b.txt in FOLDER"; none where no folder follows several names."""
    match = PLACE.match(text, mentioned[-1].end) if len(mentioned) > 1 else None
    folder = context.targets.place(match) if match else None
    names = [span.text for span in mentioned]
    return _found_in(folder, names, context, careful=True) if folder else []


def _spoken(
    text: str, intent: str, context: Context, *, careful: bool
) -> tuple[list[str], list[str]]:
    """Entries named by bare words (all in a list, else the first), and words that name none."""
    bare = QUOTED.sub(" ; ", text)
    if _LISTED.search(bare):
        parts = [_spoken(part, intent, context, careful=careful) for part in split_list(bare)]
        return [e for found, _ in parts for e in found], [u for _, left in parts for u in left]
    targets = context.targets
    folder = _called_folder(bare, targets) or _capitalised_folder(bare, targets)
    if folder is not None:
        return [folder], []
    place, before = _place(bare, targets)
    names = _names(before, intent)
    if place is not None:
        return (_found_in(place, names, context, careful=careful)[:1] if names else [place]), []
    names = names_among(names, intent, text, targets)
    entries = {run: targets.entry(run, careful=careful, loose=False) for run in names}
    found = [entry for entry in entries.values() if entry]
    return found[:1], [run for run, entry in entries.items() if not entry]


def _names(text: str, intent: str) -> list[str]:
    return [run for run in runs(text, intent) if not _ALL.fullmatch(run)]


def _found_in(place: str, names: Sequence[str], context: Context, *, careful: bool) -> list[str]:
    """The entries of those names in a folder.

    Raises:
        NotUnderstoodError: `careful`, and one is not there.
    """
    found: list[str] = []
    for name in names:
        entry = context.targets.in_folder(name, place, careful=careful)
        if entry is None and careful:
            raise _unknown(f"{name} in {place}", context, "name each file by its path")
        found += [entry] if entry else []
    return found


def _called_folder(text: str, targets: Targets) -> str | None:
    """The folder of "the folder X", "the X folder", where that is not the place of something.

    Raises:
        NotUnderstoodError: there is none of that name.
        ConfirmationError: there are several.
    """
    if any(match["before"] or match["after"] for match in PLACE.finditer(text)):
        return None
    after, before = _FOLDER_NAME.search(text), _NAME_FOLDER.search(text)
    for name in (*_shortened(after, from_end=True), *_shortened(before, from_end=False)):
        if folder := targets.entry(f"{name}/", careful=False):
            return folder
    said = after or before
    if said is not None:
        raise no_folder(said[1].split()[0 if said is after else -1])
    return None


def _shortened(match: re.Match[str] | None, *, from_end: bool) -> list[str]:
    """The words of a match, then fewer and fewer of them: where does the name begin or end?"""
    words = match[1].split() if match else []
    counts = range(len(words), 0, -1)
    return [" ".join(words[:count] if from_end else words[-count:]) for count in counts]


def _place(text: str, targets: Targets) -> tuple[str | None, str]:
    """The folder of "... in FOLDER", and what stands before it."""
    for match in PLACE.finditer(text):
        if folder := targets.place(match):
            return folder, text[: match.start()]
    return None, text


def _capitalised_folder(text: str, targets: Targets) -> str | None:
    """A folder spelt exactly as it is, even when its name is a common word ("Documents")."""
    for word in re.findall(rf"(?<=\s){_NOT_WITHIN}[A-Z][\w-]*", text):
        if word.casefold() in _STOP and targets.directory(word, loose=False) == word:
            return str(word)
    return None


_NOT_WITHIN = "".join(rf"(?<!\b{word}\s)" for word in "in from of under inside within".split())
_GLOB = re.compile(r"(?<!\S)[\w./-]*\*[\w./*-]*(?!\S)")


def _by_glob(text: str, intent: str, context: Context, example: str) -> Selector | None:
    """ "*.log in code": the files of a pattern, and nothing said of them that is not understood.
    "*.log" are those where one stands, as in a shell; "all *.log" those of all folders."""
    text = QUOTED.sub(" ", text)
    globs = _GLOB.findall(text)
    if not globs:
        return None
    if len(globs) > 1 or not re.search(r"[^*./]", globs[0]):
        raise missing("which files you mean", example)
    rest = without_verb(re.sub(rf"{re.escape(globs[0])}(?:\s+files\b)?", "files", text), intent)
    found = select_for_act(rest, context.targets, context.now)
    if found.query or found.limit or found.containing:
        raise missing("which files you mean", example)
    is_deep = "under" in found.filters or re.search(r"\b(?:all|every|each|any)\b", rest, re.I)
    key = "name" if is_deep and "/" not in globs[0] else "path"
    return Selector(filters=Filters.model_validate({**found.filters, key: globs[0].strip("/")}))


_LISTED = re.compile(r"\w\s*,\s*\w|\band\b|\bplus\b|&", re.IGNORECASE)
_TAKE_LISTS = frozenset({"move", "copy", "join"})
_ALL = re.compile(r"everything|anything", re.I)
_FOLDER_NAME = re.compile(
    r"\b(?:folder|directory)\s+(?:(?:named|called)\s+)?"
    r"((?!(?:to|into|in|from|and|back|as|by)\b)[\w./-]+(?:\s+[\w./-]+){0,3})",
    re.I,
)
_NAME_FOLDER = re.compile(
    r"(?<!\S)((?:[\w./-]+\s+){0,3}(?!(?:the|a|my|our|this|that|whole|entire)\b)[\w./-]+)\s+"
    r"(?:folder|directory)\b",
    re.I,
)


def one(text: str, intent: str, context: Context, example: str, *, careful: bool = False) -> str:
    names = named(text, intent, context, careful=careful)
    if careful:
        refuse_folders_as_files(text, names, context.targets)
    if len(names) == 1:
        return names[0]
    raise missing("which file you mean" if not names else "which of the files you mean", example)


def without_verb(text: str, intent: str) -> str:
    """The text without its leading verb: "get rid of the old drafts" -> "the old drafts"."""
    words = text.split()
    hints = hint_words(intent) | {
        "the",
        "of",
        "out",
        "away",
        "up",
        "rid",
        "over",
        "me",
        "make",
        "take",
    }
    start = 0
    while start < len(words) - 1 and words[start].casefold().strip(",:") in hints - {"the"}:
        start += 1
    if start == 0 and words_before_kind(text) == "":
        return text  # "photos from 2024 into old": no verb leads it
    return " ".join(words[max(start, 1) :])


def _whole_folder(text: str, intent: str, context: Context) -> Selector | None:
    """ "The contents of FOLDER", "all of FOLDER"."""
    said = without_verb(text, intent).strip(" .")
    inside, itself = (
        CONTENTS_OF.match(said),
        re.match(r"(?:all|(?:the )?whole) of (\S+)$", said, re.I),
    )
    if inside and (folder := context.targets.directory(inside["folder"], loose=False)):
        return Selector(filters=Filters(under=folder))
    folder = context.targets.directory(itself[1], loose=False) if itself else None
    return literal([folder]) if folder else None


def _named(text: str, intent: str, context: Context, *, careful: bool) -> list[str]:
    """`named`; nothing where "the md files" are only the kind that files are of."""
    try:
        return named(text, intent, context, careful=careful)
    except ConfirmationError:
        if is_kinds(QUOTED.sub(" x ", without_verb(text, intent))):
            return []
        raise


def target_of(text: str, intent: str, context: Context, example: str, *, careful: bool) -> Selector:
    """Named entries, else a selection by what they are; never everything, never a pronoun."""
    whole = _whole_folder(text, intent, context) or _by_glob(text, intent, context, example)
    if whole is not None:
        return whole
    names = [] if is_selection(text) else _named(text, intent, context, careful=careful)
    if names:
        if careful:
            refuse_folders_as_files(text, names, context.targets)
        folders = [name for name in names if context.targets.directory(name) == name]
        refuse_words_as_folders(text, folders, careful=careful)
        return literal(names)
    target = without_verb(text, intent) if intent != "search" else text
    clean = target.strip(" .!")
    found = select_for_act(clean, context.targets, context.now)
    is_counted = found.limit is not None and found.sort != "relevance"
    if (
        (found.is_empty() and not is_counted)
        or PRONOUN.match(clean)
        or (_VAGUE.search(clean) and not found.filters)
    ):
        raise missing("which files you mean", example)
    if (
        not is_selection(text)
        and not is_counted
        and not found.filters
        and not found.is_marked
        and not found.containing
    ):
        raise _unknown(found.query or clean, context, example)
    if len(found.filters.get("types", ())) > 1 and not _LISTED.search(
        text.replace(" or ", " and ")
    ):
        raise missing("which files you mean", example)
    place = _PLACE.search(clean) if "under" not in found.filters else None
    if place is not None and find_span(place[0], context.now) is None:
        raise NotUnderstoodError(
            f"no folder here is called {place[1]!r}", hint="name a folder by its path"
        )
    refuse_too_little(found, clean, intent, example)
    if found.sort not in ("relevance", "name") and found.limit is None:
        raise missing("how many of them", example)
    refuse_vague(found, example)
    refuse_unread(found, clean)
    is_sole = found.limit is None and _OF_ONE.match(clean) is not None
    return found.selector().model_copy(update={"sole": is_sole})


_OF_ONE = re.compile(
    rf"(?:the|this|that|my|our|your|his|her)\s+(?:(?!all\b)[\w'’-]+\s+){{0,2}}?(?:{ONE}|one|thing)(?![\w-])"
    rf"(?!\s+(?:{ONE})s\b|\s+(?:folders?|albums?|collections?|exports?)\b)", re.I,
)  # fmt: skip
""" "The picture of the beach" is one."""
_PLACE = re.compile(
    r"\b(?:in|inside|under|within)\s+(?:(?:the|my)\s+)?(?:folder\s+)?"
    r"([A-Z][\w-]*|[\w.-]*/[\w./-]*|[\w-]+(?=\s+folder))(?:\s+folder)?$"
)


def _unknown(name: str, context: Context, example: str) -> NotUnderstoodError:
    near = context.targets.near(name)
    hint = f"did you mean {', '.join(near)}?" if near else f"for example: {example}"
    return NotUnderstoodError(f"nothing here is called {name!r}", hint=hint)


def refuse_vague(found: Selection, example: str) -> None:
    if found.query and (PRONOUN.match(found.query) or _VAGUE.search(found.query)):
        if not found.filters and not found.containing:
            raise missing("which files you mean", example)
        found.query = None
