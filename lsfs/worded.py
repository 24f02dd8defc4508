"""A program in words, as it is after reading: numbered steps, and where each goes on.

Both forms of the language (docs/programs.md) become this. Records, no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lsfs.selector import Filters

END = -1
"""In the place of a step: the program ends."""
LONGEST_REQUEST = 4000
"""Characters of a request, and of a step; a longer one is refused before anything reads it."""
CONSTANTS = ("today", "week", "month", "year")
"""Names that are always known: 2026-11-26, 2026-W48, 2026-11, 2026."""

Sign = Literal["<", "<=", "=", ">=", ">"]


@dataclass(frozen=True, slots=True)
class Count:
    """Whether so many files were found: `of` a named outcome; None: by the last step that did."""

    of: str | None
    sign: Sign
    number: int


@dataclass(frozen=True, slots=True)
class There:
    """Whether a file or folder is at the path."""

    path: str


@dataclass(frozen=True, slots=True)
class Fits:
    """Whether each of the files that `of` names ("{NAME}" or a path; None: "it") meets the filters;
    of a folder, whether anything in it does."""

    of: str | None
    filters: Filters


@dataclass(frozen=True, slots=True)
class Open:
    """A question that only a language model can answer."""

    words: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What is to be found out, and whether its contrary is asked."""

    claim: Count | There | Fits | Open
    is_negated: bool = False


Kind = Literal["process", "decision", "loop", "jump", "terminal"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `label` is as in the file ("3", "3.1"), `line` counts from 1.

    A process does what `words` say and goes on at `then`; a terminal does it, if it has words, and
    ends. A decision goes on at `then` for yes, at `otherwise` for no. A loop has the steps from
    `then` to `last` done for each file that `words` ("{NAME}", "them", or what to find) name, then
    goes on at `otherwise`. `name` is what the outcome, or the file of a loop, is called.
    """

    kind: Kind
    label: str
    line: int
    words: str
    name: str | None = None
    condition: Condition | None = None
    then: int = END
    otherwise: int = END
    last: int = END


@dataclass(frozen=True, slots=True)
class Program:
    """The steps, the first first; `name` is what its file is called."""

    name: str
    steps: tuple[Step, ...]
