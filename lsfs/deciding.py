"""Answers the questions of a program's decisions: from what is known where it can, from a language
model where the question is open. What a model is shown is data; it answers yes or no."""

from __future__ import annotations

import glob

from lsfs.errors import NothingFoundError, UsageError
from lsfs.foreseen import Files, Foreseen
from lsfs.paths import normalise, percent_escaped
from lsfs.ports import Parser
from lsfs.resolve import Resolver
from lsfs.saying import NAME, Values, path_in
from lsfs.selector import Filters, Selector
from lsfs.worded import Count, Fits, Open, Sign, Step, There

MOST_KNOWN = 6000
"""Characters of what is known that a language model is shown with a question."""


class Deciding:
    """For one run of a program."""

    def __init__(self, resolver: Resolver, foreseen: Foreseen, parser: Parser) -> None:
        self._resolver = resolver
        self._foreseen = foreseen
        self._parser = parser

    def answer(self, step: Step, values: Values) -> bool:
        """Yes or no.

        Raises:
            UsageError: what it is about is not known yet.
            UnavailableError: the language model does not answer.
        """
        if step.condition is None:
            raise UsageError(f"{step.words!r} decides nothing")
        return self._holds(step.condition.claim, values) is not step.condition.is_negated

    def _holds(self, claim: Count | There | Fits | Open, values: Values) -> bool:
        match claim:
            case Count(of=of, sign=sign, number=number):
                return _compares(self._count(of, values), sign, number)
            case There(path=path):
                return self._foreseen.there(normalise(path_in(path, values, self._foreseen.where)))
            case Fits(of=of, filters=filters):
                paths = self._files(of, values)
                return bool(paths) and all(self._fits(path, filters) for path in paths)
            case Open(words=words):
                return self._parser.decide(words, self._known(values))

    def _count(self, of: str | None, values: Values) -> int:
        value = values.named(of) if of else values.found
        if value is None:
            raise UsageError(
                "no step before it has looked for anything", hint="begin with: 1. Find ..."
            )
        if isinstance(value, str):
            return len(value.split())
        return len(self._foreseen.where(value))

    def _files(self, of: str | None, values: Values) -> list[str]:
        """Where the files that are meant are now."""
        match = NAME.fullmatch(of) if of else None
        if of and not match:
            return [self._foreseen.was(normalise(path_in(of, values, self._foreseen.where)))]
        value = values.named(match[1]) if match else values.found
        if not isinstance(value, Files):
            raise UsageError(f"{of or 'it'} stands for no file", hint="begin with: 1. Find ...")
        return [self._foreseen.was(path) for path in self._foreseen.where(value)]

    def _fits(self, path: str, filters: Filters) -> bool:
        """Of a file, or of anything in a folder."""
        for only in ({"path": glob.escape(path)}, {"under": path}):
            try:
                chosen = Selector(filters=filters.model_copy(update=only))
                return bool(self._resolver.select(chosen, is_read=True))
            except NothingFoundError:
                continue
        return False

    def _known(self, values: Values) -> str:
        """What a question may be about, shortest first."""
        lines = []
        if values.found is not None:
            found = self._foreseen.where(values.found)
            lines.append(f"Files found: {len(found)}")
            lines += map(percent_escaped, found)
        if values.said and not values.is_private:
            lines.append(f"Text:\n{values.said}")
        return "\n".join(lines)[:MOST_KNOWN]


def _compares(count: int, sign: Sign, number: int) -> bool:
    match sign:
        case "<":
            return count < number
        case "<=":
            return count <= number
        case "=":
            return count == number
        case ">=":
            return count >= number
        case ">":
            return count > number
