"""The arguments of operations that make files and folders, and write into them.

Nothing here acts on a guess: without a literal name or a described set there is no plan.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence

from lsfs import plan
from lsfs.errors import NotUnderstoodError
from lsfs.plan import BaseOperation

from ..names.context import Context, literal
from ..names.nearest import strip_nouns
from ..names.places import no_folder
from ..request.quoting import PATH, QUOTED, Quote, looks_like_file, quotes
from ..request.refusals import missing, quote_it
from .changes import move, refuse_no_name, without
from .imperative import verb_of, words_of
from .joining import join
from .mood import FOLDER_FIRST
from .naming import PRONOUN, named, one
from .replacing import EXAMPLE, replace

_CALLED = re.compile(
    r"\b(?:named|called|titled|by the name of|with the name|as)\s+(?:[\"']([^\"']+)[\"']|"
    r"([^\"',;:]+?))(?=\s+(?:in|inside|within|under|into|containing|contains|with|saying|that|"
    r"which|for|from|and|then)\b|\s*[\"',;:]|\s*$)",
    re.I,
)
_IN_FOLDER = re.compile(
    r"\b(?:in|inside|within|under|into|to)\s+(?:the\s+|my\s+)?(?:folder\s+|"
    r"directory\s+)?(?:named\s+|called\s+)?([\w./-]+)"
    r"(?:\s+(?:folder|directory))?",
    re.I,
)
_IN_QUOTED = re.compile(
    r"\b(?:in|inside|within|under|into)\s+(?:(?:the|my)\s+)?(?:(?:folder|directory)\s+)?(?:(?:named|called)\s+)?"
    rf"(?P<name>{QUOTED.pattern})",
    re.I,
)
_BEFORE_PLACE = re.compile(
    r"\b(?:in|inside|within|under)\s+(?:(?:the|my)\s+)?(?:(?:folder|directory)\s+)?$", re.I
)
_IN_CHINESE = re.compile(r"在\s*([\w./-]+?)\s*(?:文件夹|目录)?\s*(?:里|中|下)面?")
_NEW_FOLDER = re.compile(
    r"\b(?:folder|directory|dir|subfolder|mkdir)\s+"
    r"(?!for\b|in\b|under\b|inside\b|within\b|to\b|of\b)"
    r"([\w./-]+(?:\s+(?!(?:for|in|under|inside|within|into|to|of|and|with|then|folder|directory)\b)[\w./-]+){0,3})|(?:文件夹|目录)\s*[:：]?\s*([^\s，。的里中]+)\s*$",
    re.I,
)
_COLON_TEXT = re.compile(r":\s+(\S.*)$", re.S)


def _create(text: str, context: Context) -> BaseOperation:
    if _EMPTIES.match(text):
        raise missing("what to make", "write '' into draft.txt")
    if _GENERATES.match(text):
        raise missing("what to write into it", "create draft.txt with the text 'milk, bread'")
    body = [quote for quote in _texts(text) if not _BEFORE_PLACE.search(text[: quote.start])]
    bare = without(text, body)
    if FOLDER_FIRST.match(text):
        return _mkdir(text, context)
    if re.search(r"\b(?:folder|directory)\b", bare) and not re.search(r"\bfile\b|\.\w", bare):
        return _mkdir(text, context)
    names = [
        name
        for _, name in context.targets.mentioned(bare)
        if not name.endswith("/") and context.targets.directory(name) is None
    ]
    if called := _called(bare):
        if names and not called.endswith(names[0]):
            raise quote_it(f"{called} {names[0]}")
        names = [called]
    if len(names) != 1 or len(body) > 1:
        raise missing("the name of the new file", "create ideas.md in Documents")
    beside = bare.replace(names[0], " ")
    if "." not in posixpath.basename(names[0]) and not _SAYS_FILE.search(beside):
        raise missing("whether that is a file or a folder", "make a folder called travel")
    words, contents = _said_contents(bare, names[0], body)
    if more := re.match(r"\s+([\w-]+)", words[words.find(names[0]) + len(names[0]) :]):
        _refuse_more(names[0], more[1], _GOES_ON_FILE if body else _GOES_ON)
    path = _placed(names[0], words.replace(names[0], " "), context)
    return plan.Create(path=path, text=contents)


_EMPTIES = re.compile(r"(?:empty|clear|blank)\b(?!\s+(?:file|document|note|text))", re.I)
_GENERATES = re.compile(r"(?:generate|produce|render)\s(?!.*\b(?:empty|blank)\b)", re.I)
_SAYS_FILE = re.compile(r"\b(?:files?|notes?|documents?|docs?|texts?|touch)\b|文件|文档|笔记", re.I)


def _called(text: str) -> str | None:
    """The whole name that follows "called" and the like."""
    match = _CALLED.search(text)
    return (match[1] or match[2].rstrip(" .")) if match else None


_CONTENTS = re.compile(
    r"\s*(?::\s+|\b(?:with|containing|contains|saying|that (?:says|contains|reads)|reading|"
    r"holding)\b)\s*",
    re.I,
)
_ONLY_ABOUT_TEXT = re.compile(
    r"(?:the|following|text|contents?|words?|line|sentence|and|in|it|inside|a|one|single|note|"
    r"message|empty|no|nothing|:|,|\.|\s)*",
    re.I,
)


_CONTENTS_OF = re.compile(
    r"\b(?:contents?|text|copy|same|what(?:'s|\s+is))\s+(?:of|as|in|from)\s+(?:the\s+)?(?:file\s+)?[\"']?$",
    re.I,
)
""" "Create a file with the contents of plan.md": that is no name for it."""
_DICTATED = re.compile(
    r"\s*\b(?:saying|that\s+(?:says|reads)|(?:with|containing|contains|holding)\s+(?:just\s+|only\s+)?the\s+"
    r"(?:following\s+)?(?:texts?|words?|contents?|line|sentence))\b:?\s*(?=[^\s\"'])(?!it\b|that\b|this\b)",
    re.I,
)
_GOES_ON_ACTING = re.compile(
    r"\b(?:then|in|into|inside|under|to)\s+(?:(?:the|my|our)\s+)?[\w./-]+(?:\s+(?:folder|directory))?\W*$|"
    r"(?:\band|,|;|\.)\s+(?:then|also|please)\b|\b(?:it|them)\W*$", re.I,
)  # fmt: skip
""" "Saying hello in Documents": where does the text end?"""


def _said_contents(text: str, name: str, body: Sequence[Quote]) -> tuple[str, str]:
    """The request without what the new file is to hold, and that text.

    Raises:
        NotUnderstoodError: it says what the file holds without quotes: where would that end?
    """
    if _CONTENTS_OF.search(text[: text.find(name)]):
        raise missing("which text the file holds", f"copy {name} to new.txt")
    start = text.find(name) + len(name)
    match = _CONTENTS.search(text, start)
    if match is None or body:
        return text, body[0].text if body else ""
    if match[0].lstrip().startswith(":"):
        return text[: match.start()], text[match.end() :].strip()
    if _ONLY_ABOUT_TEXT.fullmatch(text[match.end() :]):
        return text, ""
    dictated = _DICTATED.match(text, match.start())
    if dictated and not _GOES_ON_ACTING.search(text, dictated.end()):
        return text[: match.start()], text[dictated.end() :].strip()
    raise missing("which text the file holds", f"create {name} with the text 'milk, bread'")


def _mkdir(text: str, context: Context) -> BaseOperation:
    if _PUTS.match(text):
        return move(text, context)
    if (place := re.search(r"\s+to\s+(?:the\s+|my\s+)?(\S+)$", text)) and context.targets.directory(
        place[1], loose=False
    ):
        text = f"{text[: place.start()]} in {place[1]}"
    quoted = quotes(text)
    match = _NEW_FOLDER.search(text)
    if quoted:
        name: str | None = quoted[0].text if len(quoted) == 1 else None
    elif called := _called(text):
        name = called
    elif match:
        name = next(group for group in match.groups() if group)
    else:
        paths = [m[0] for m in PATH.finditer(text)]
        name = paths[0] if len(paths) == 1 else None
    if not name or PRONOUN.match(name) or (not quoted and is_state(name)):
        raise missing("the name of the new folder", "make a folder called travel")
    name = name.strip().rstrip("/.") if not quoted else name
    if not quoted:
        refuse_no_name(name)
        if " " in name and _called(text) is None and verb_of(name) is not None:
            raise quote_it(name)
    if not quoted and (more := re.match(r"\s+([\w-]+)", text[text.find(name) + len(name) :])):
        _refuse_more(name, more[1])
    _refuse_other_names(text.replace(name, " ", 1), context)
    return plan.Mkdir(path=_placed(name, text.replace(name, " "), context))


def _refuse_other_names(rest: str, context: Context) -> None:
    """Refuse more names than that of a new folder and where it is to be.

    Raises:
        NotUnderstoodError: "make Christmas in Recipes, and in it pudding.md".
    """
    names = [span.text for span, _ in context.targets.mentioned(rest)]
    if any(context.targets.directory(name) is None for name in names):
        raise missing("which folders to make", "make a folder called travel")


def is_state(name: str) -> bool:
    """Whether it says what a folder shall be like: "make the folder private"."""
    word = name.casefold()
    return word in words_of("states") or word.endswith(("able", "ible", "ly"))


_PUTS = re.compile(r"(?:put|move|place|file|store|stick|shift|drop)\b", re.I)
_GOES_ON = frozenset(
    "in inside within under into for please here at on folder directory file with".split()
)
_GOES_ON_FILE = _GOES_ON | frozenset(
    "containing contains saying that which holding reading and whose to from having".split()
)


def _refuse_more(name: str, word: str, known: frozenset[str] = _GOES_ON) -> None:
    """Words after a new entry's name that may belong to it, or ask for more."""
    if word.casefold() not in known and not re.search(r"[\u3400-\u9fff]", word):
        raise quote_it(f"{name} {word}")


def _placed(name: str, rest: str, context: Context) -> str:
    """`name` within the folder that `rest` mentions; a name with a slash stands as it is.

    Raises:
        NotUnderstoodError: `rest` names a folder that is not there.
    """
    name = context.targets.within_root(name)
    if "/" in name.strip("/"):
        return name
    if (quote := _IN_QUOTED.search(rest)) and quote["name"].strip(" \"'“”‘’`«»「」/"):
        folder = context.targets.directory(quote["name"])
        if folder is None:
            raise no_folder(quote["name"].strip("\"'“”‘’`«»「」"))
        return posixpath.join(folder, name.strip("/"))
    for pattern in (_IN_CHINESE, _IN_FOLDER):
        for match in pattern.finditer(rest):
            folder = _widest(rest[match.start(1) :], context)
            if folder:
                return posixpath.join(folder, name.strip("/"))
            if _NAMES_FOLDER.search(match[0]) and match[1].casefold() not in _ROOT_WORDS:
                raise NotUnderstoodError(
                    f"no folder here is called {match[1]!r}",
                    hint=f"make it first, or name the whole path: '{match[1]}/{name}'",
                )
    return name


def _widest(text: str, context: Context) -> str | None:
    """The folder that a text begins with, however many words it has."""
    words = re.match(r"[\w./-]+(?:\s+[\w./-]+){0,3}", text)
    said = words[0].split() if words else []
    found = (context.targets.directory(" ".join(said[:n])) for n in range(len(said), 0, -1))
    return next((folder for folder in found if folder), None)


_NAMES_FOLDER = re.compile(
    r"\b(?:folder|directory)\b|^\s*(?:in|inside|within|under|into)\s+(?:my\s+|the\s+)?[A-Z][\w-]*$"
)
_ROOT_WORDS = frozenset("the root top main current this home it here".split())


def _text_and_file(text: str, intent: str, context: Context, example: str) -> tuple[str, str]:
    """The quoted text and the one file it goes to."""
    body = (
        _texts(text)
        or [quote for quote in quotes(text) if not _BEFORE_FILE.search(text[: quote.start])][:1]
    )
    if len(body) == 1:
        return body[0].text, _destination_file(without(text, body), intent, context, example)
    colon = _COLON_TEXT.search(text)
    if not body and colon:
        return colon[1].strip(), _destination_file(text[: colon.start()], intent, context, example)
    raise missing("which text (put it in quotes)", example)


def _texts(text: str) -> list[Quote]:
    """The quotes that are no names: what follows a colon, or words that say that it is a text, and
    what looks like no file."""
    return [
        quote
        for quote in quotes(text)
        if _BEFORE_TEXT.search(text[: quote.start]) or not looks_like_file(quote.text)
    ]


_BEFORE_TEXT = re.compile(
    r": $|\b(?:with|containing|contains?|holding|holds?|saying|says?|reading|reads?|text|words?|"
    r"lines?|sentence|note|contents?(?:\s+of)?)\s+$",
    re.I,
)
_BEFORE_FILE = re.compile(r"\b(?:to|into|onto|in|on|of|files?)\s+$", re.I)


def _destination_file(text: str, intent: str, context: Context, example: str) -> str:
    """A file that is there, or, when the name looks like a file, one to be made."""
    files = context.targets.mentioned(text)
    if len(files) == 1:
        place = context.targets.place_after(text, files[0][0].end)
        name = files[0][1]
        return context.targets.known_or_new(f"{place}/{name}" if place else name)
    towards = _TOWARDS.search(text)
    if towards and (path := context.targets.sole_file(towards[1])):
        return path
    return one(text, intent, context, example, careful=True)


_TOWARDS = re.compile(r"\b(?:to|on|onto|in|into|of)\s+([^,;:]+?)[\s,.]*$", re.I)


def _write(text: str, context: Context) -> BaseOperation:
    if AT_END.search(QUOTED.sub(" ", text)):
        return _append(text, context)
    body, path = _text_and_file(text, "write", context, "write 'this is AIOS' into aios.txt")
    if context.targets.directory(path) == path:
        raise NotUnderstoodError(f"{path} is a folder", hint="name a file in it")
    return plan.Write(path=path, text=body)


def _append(text: str, context: Context) -> BaseOperation:
    if not quotes(text) and len(context.targets.mentioned(text)) == 2:
        return join(text, context)
    if ELSEWHERE.search(PATH.sub(" ", QUOTED.sub(" ", text))):
        raise NotUnderstoodError(
            "I can add text at the end of a file only", hint="append 'call the dentist' to todo.txt"
        )
    body, path = _text_and_file(text, "append", context, "append 'call the dentist' to todo.txt")
    return plan.Append(path=path, text=body, as_line=True)


ELSEWHERE = re.compile(
    r"\b(?:at|to|on|in|near)\s+the\s+(?:very\s+)?(?:top|beginning|start|front|head|middle)\b|"
    r"\b(?:before|after|above|under|on|at)\s+(?:the\s+)?(?:first\s+|last\s+)?(?:lines?|heading|"
    r"paragraph|section)\b|\bprepend",
    re.I,
)
AT_END = re.compile(
    r"^(?:write|jot|note)\s+down\b|\b(?:on|in) (?:a|its) (?:new|own|separate) line\b|"
    r"\bas (?:a|another|the) (?:new |last )?line\b|\bat the (?:end|bottom|foot)\b|\bappend|"
    r"\bbelow\b|末尾|追加",
    re.I,
)


def _replace(text: str, context: Context) -> BaseOperation:
    found = [quote for quote in quotes(text) if quote.text]
    if len(found) == 3:
        files = [quote.start for quote in context.targets.quoted_entries(text)]
        found = [quote for quote in found if quote.start not in files]
    if len(found) == 2:
        return replace(text, found, context)
    if re.search(r"\bcontents?\b", text, re.I):
        return _put_over(text, context) if not found else _write(text, context)
    raise missing("which text to replace by which (put both in quotes)", EXAMPLE)


def _put_over(text: str, context: Context) -> BaseOperation:
    """ "change the content of NEW to OLD in DIR", "modify OLD to contain NEW": the paper's."""
    example = "change the content of new.txt to old.txt"
    if contain := re.search(
        r"^(.*?)\s+(?:to\s+)?(?:contain|hold|with|by)s?\s+(?:the (?:contents?|text) of\s+)?(.+)$",
        text,
        re.I,
    ):
        target, source = contain[1], contain[2]
    elif to := re.search(r"^.*?\bcontents? of\s+(.+?)\s+to\s+(?:that of\s+)?(.+)$", text, re.I):
        source, target = to[1], to[2]
    else:
        raise missing("what to put over what", example)
    new, old = (_entry(part, context) for part in (source, target))
    if new is None or old is None:
        raise missing("what to put over what", example)
    return plan.Copy(target=literal([new]), to=old, overwrite=True)


_UNDER = re.compile(r"\s+(?:under|in|inside|of|from)\s+(?:the\s+)?(?:folder\s+)?")
_FILLING = re.compile(
    r"^(?:change|modify|update|overwrite|replace|make|the contents? of|the|content of|file)\s+",
    re.I,
)


def _entry(text: str, context: Context) -> str | None:
    under = _UNDER.sub(" in ", text.strip(" ."))
    under = _FILLING.sub("", under)
    if within := context.targets.entry(strip_nouns(under), careful=True):
        return within
    found = named(text, "put_over", context, careful=True)
    return found[0] if len(found) == 1 else None


FILLERS: dict[str, Callable[[str, Context], BaseOperation]] = {
    "create": _create, "mkdir": _mkdir, "write": _write, "append": _append, "replace": _replace,
    "put_over": _put_over,
}  # fmt: skip
