"""What is refused in any language, and how it is said. Pure functions, any thread."""

from __future__ import annotations

import re

from lsfs import plan
from lsfs.errors import NotUnderstoodError, PolicyError
from lsfs.paths import for_terminal
from lsfs.plan import BaseOperation
from lsfs.selector import Selector

from .quoting import QUOTED


def refuse_vague_act(operation: BaseOperation) -> None:
    """No act on everything, whoever proposes it.

    Raises:
        NotUnderstoodError: the operation changes something and its target is everything.
    """
    target = getattr(operation, "target", None)
    vague = isinstance(target, Selector) and (target.is_vague() or "" in target.paths)
    if isinstance(operation, plan.MakeGroup) and operation.by:  # names, or links: all stays
        vague = vague and operation.form in ("moves", "copies")
    if operation.effect != "read" and vague:
        raise NotUnderstoodError(
            f"{getattr(operation, 'op', 'it')!r} would touch everything", hint="name the files"
        )


def missing(what: str, example: str) -> NotUnderstoodError:
    """The error for a slot that could not be filled."""
    return NotUnderstoodError(f"I did not understand {what}", hint=f"for example: {example}")


_ABSOLUTE = re.compile(r"/+[^/\s]|~[\w.-]*(?:/|$)")


def refuse_outside(name: str) -> None:
    """Refuse a path of the whole machine, or of somebody's home.

    Raises:
        PolicyError: `name` starts with "/" or "~".
    """
    if _ABSOLUTE.match(name.strip()):
        raise PolicyError(
            f"{for_terminal(name.strip())}: outside the root",
            path=name.strip(),
            hint="name a path inside it, without the leading / or ~",
        )


_OF_MACHINE = frozenset(
    "bin boot dev etc home lib lib64 media mnt opt proc root run sbin srv sys tmp usr var users "
    "volumes applications library system windows private".split()
)


def is_of_machine(name: str) -> bool:
    """Whether the root of a machine has a folder of that name: "/etc/x" is never the root's own."""
    return name.casefold() in _OF_MACHINE


def quote_it(name: str) -> NotUnderstoodError:
    """The refusal of a name whose edges are unclear."""
    shown = for_terminal(name.strip())
    return NotUnderstoodError(
        f"I am not sure where the name around {shown!r} begins and ends",
        hint="put the whole name in quotes, like 'two words.txt'",
    )


_ABOVE = re.compile(r"[^\s\"']*/\.\.(?![\w.])")


def refuse_above(text: str) -> None:
    """Refuse an unquoted path that goes up from where it came to: "Papers/..".

    Raises:
        PolicyError: there is one.
    """
    if above := _ABOVE.search(QUOTED.sub(" ", text)):
        raise PolicyError(
            f"{for_terminal(above[0])}: a path that goes up again", path=above[0],
            hint="name what you mean by its own path",
        )  # fmt: skip


def left_over(word: str) -> NotUnderstoodError:
    return NotUnderstoodError(
        f"I did not understand what {word!r} is to mean there",
        hint="leave it out, or put names and texts in quotes",
    )
