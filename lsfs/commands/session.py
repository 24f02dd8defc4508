"""`lsfs ask` on a terminal without a request: one after another, with a history of their own. A
request may speak of what the one before has shown: "delete the second one"."""

from __future__ import annotations

import contextlib
import re
import readline
import sys
from dataclasses import dataclass, field
from pathlib import Path

from lsfs.errors import LsfsError

from .completing import PathCompleter
from .finding import Asked, ask_once
from .invocation import DONE, Invocation, report, unexpected

HISTORY_LINES = 1000
HISTORY_NAME = "ask-history"
ENOUGH = {"exit", "quit", "bye", "q"}


def converse(invocation: Invocation) -> int:
    """Ask until the person has had enough; an error ends a request, never the session."""
    history = invocation.location.state / HISTORY_NAME
    with contextlib.suppress(OSError):
        readline.read_history_file(history)
    readline.set_history_length(HISTORY_LINES)
    invocation.say(f"asking {invocation.location.root}; Ctrl-D or `exit` ends it")
    completer = PathCompleter(invocation.location.root)
    completer.install()
    said = Said()
    try:
        while (words := _next_request()) is not None:
            if words:
                words = said.completed(words)
                said.note(words, _one(invocation, words, said.meant(words)))
                completer.shown = said.listed
    finally:
        _keep(history)
    return DONE


@dataclass
class Said:
    """What a request may speak of: what was listed last, and what was touched since."""

    listed: list[str] = field(default_factory=list)
    touched: list[str] | None = None
    before: str = ""
    """The request before."""
    looked: bool = True
    """Whether that changed nothing."""

    def completed(self, words: str) -> str:
        """What a place alone leaves out: "and the third?" asks of another one what was asked of one
        before; else it is a look at it."""
        alone = _ALONE.fullmatch(words) if self.listed else None
        if alone is None:
            return words
        place, is_chinese = alone["place"] or alone["zh"], alone["zh"] is not None
        places = list(_ONE_OF.finditer(_QUOTED.sub(lambda quote: " " * len(quote[0]), self.before)))
        said = places[0] if len(places) == 1 else None
        lead = (alone["lead"] or "").casefold()
        is_more = alone["too"] or alone["also"] or (lead == "and" and "?" not in words)
        is_again = is_more or (self.looked and (lead or alone["again"]))
        if said and is_again:
            return f"{self.before[: said.start()]}{place}{self.before[said.end() :]}"
        return f"{place}有多大" if is_chinese else f"how big are {place}"

    def meant(self, words: str) -> list[str]:
        """ "It" is what was touched last, and so are "they" where it was several; else what was
        listed is meant, also by its places."""
        touched = self.touched
        if touched is None or _PLACE.search(words):
            return self.listed
        is_it = _IT.search(words) or (len(touched) > 1 and _THEM.search(words))
        return touched if is_it else self.listed

    def note(self, words: str, asked: Asked | None) -> None:
        """Remember what came of a request."""
        if asked is None:  # what was refused is not asked again of another one
            self.before, self.looked = "", True
            return
        self.before, self.looked = words, asked.looked
        if asked.listed:
            self.listed, self.touched = asked.listed, None
        elif asked.touched is not None:
            self.touched = asked.touched


_IT = re.compile(
    r"\bits?\b|\b(?:this|that)\b(?=\s*(?:$|[,.;:!?]|(?:to|into|in|as|and|from|with|by|please|then|now)\b))|"
    r"[它其](?!们)", re.I,
)  # fmt: skip
_PLACE = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|\d+(?:st|nd|rd|th)|"
    r"(?:number|no\.?|#)\s*\d+)\b(?!\s+(?:week|month|year|night|version))|第", re.I,
)  # fmt: skip
"""Of what was listed."""
_NUMBER = r"(?:two|three|four|five|six|seven|eight|nine|ten|\d{1,3})"
_OF_THEM = r"(?:\s+(?:ones?|files?|results?|hits?|of\s+(?:them|those|these)))?"
_REF = (
    r"(?:the\s+)?(?:(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|\d{1,3}(?:st|nd|rd|th))"
    rf"(?:\s+{_NUMBER})?{_OF_THEM}|(?:{_NUMBER}\s+)?(?:newest|oldest|latest|biggest|largest|smallest){_OF_THEM})"
    r"|(?:number|no\.?|\#)\s*\d{1,3}"
)
_OTHER = (
    r"(?:hour|day|week|month|quarter|year|night|version|page|line|word|paragraph|step|move)s?\b"
)
_QUOTED = re.compile(r"(?<!\w)(['\"]).*?\1(?!\w)|[“«「].*?[”»」]")
_COUNTED = r"(?:\d{1,3}|[一二两三四五六七八九十]+)"
_ZH_REF = (
    rf"第{_COUNTED}[个份篇张封条项](?:文件)?|(?:最后|前){_COUNTED}?[个份篇张封条项](?:文件)?|"
    rf"最[大小新旧早](?:的|那个)+(?:{_COUNTED}[个份篇张])?"
)
_ONE_OF = re.compile(rf"\b(?:{_REF})(?![\w-])(?!\s+{_OTHER})|{_ZH_REF}", re.I)
"""One of a list, or some, by the place there."""
_ALONE = re.compile(
    rf"(?:(?P<lead>and|what\s+about|how\s+about|now)\s+)?(?P<place>(?:{_REF})(?:(?:\s*,\s*|\s+and\s+)(?:{_REF}))*)(?P<too>\s+(?:too|as\s+well|also))?\s*[?.!]*"
    rf"|(?:那么?|还有|再?看看?)?(?P<zh>{_ZH_REF})(?P<also>也(?:是|要|一样)?)?(?P<again>呢)?[?？。！]*",
    re.I,
)
_THEM = re.compile(r"\b(?:them|those|these|both)\b|[它这那]些?们?", re.I)


def _next_request() -> str | None:
    """What was typed, stripped; None at the end."""
    try:
        words = input("lsfs> ").strip()
    except EOFError:
        sys.stderr.write("\n")
        return None
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return ""
    return None if words.lower() in ENOUGH else words


def _one(invocation: Invocation, words: str, shown: list[str]) -> Asked | None:
    """What came of a request; None where it failed."""
    try:
        return ask_once(invocation, words, shown)
    except LsfsError as error:
        report(error)
    except Exception as error:  # noqa: BLE001 - an outer door as well: the session goes on
        report(unexpected(error))
    except KeyboardInterrupt:
        sys.stderr.write("\n")
    return None


def _keep(history: Path) -> None:
    with contextlib.suppress(OSError):  # a full disk costs the history, not the session
        readline.write_history_file(history)
        history.chmod(0o600)
