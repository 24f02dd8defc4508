"""A language model as the last parser: what it is told, and what is believed of its answer.

It sees the list of operations, the request, the time and names of the tree, never contents. Its
answer is a proposed plan: validated like any other, then judged and shown like any other.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Annotated, Any, Union, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lsfs import plan
from lsfs.errors import LsfsError, NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.ports import LanguageModel
from lsfs.selector import Selector

from ..request.refusals import refuse_vague_act

_MOST_OPERATIONS = 5
_LONGEST_ANSWER, _MOST_STARTS = 64_000, 50
"""Characters of an answer in which a plan is looked for, and the braces at which it may begin."""
_SECRET_TO_MODELS = {plan.Unshare}
PROPOSABLE = tuple(
    kind for kind in get_args(get_args(plan.Operation)[0]) if kind not in _SECRET_TO_MODELS
)


class Proposal(BaseModel):
    """What a model may answer: operations, or that the request asks for none of them."""

    model_config = ConfigDict(extra="forbid")

    understood: bool
    operations: list[
        Annotated[Union[PROPOSABLE], Field(discriminator="op")]  # type: ignore[valid-type]  # noqa: UP007
    ] = Field(default=[], max_length=_MOST_OPERATIONS)


@lru_cache(maxsize=1)
def proposal_schema() -> dict[str, Any]:
    """The JSON schema a model must fill in."""
    schema: dict[str, Any] = _without_one_of(TypeAdapter(Proposal).json_schema())
    return schema


def _without_one_of(value: Any) -> Any:
    """`anyOf` for `oneOf`, which grammar compilers do not take; the `op` tells branches apart."""
    if isinstance(value, dict):
        return {
            "anyOf" if key == "oneOf" else key: _without_one_of(item)
            for key, item in value.items()
            if key != "discriminator"
        }
    return [_without_one_of(item) for item in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, the names of the tree that it may speak of, and when it was made. `is_there`: of a
    path, whether there is or was something; `only_looks`: it asks for no act."""

    request: str
    names: Sequence[str]
    now: datetime
    is_there: Callable[[str], bool]
    only_looks: bool = False


def propose(model: LanguageModel, asked: Asked) -> tuple[BaseOperation, ...]:
    """Operations the model proposes for the request, after one repair at most.

    Raises:
        NotUnderstoodError: it did not understand, or twice gave no valid plan.
        UnavailableError: the model cannot be reached.
    """
    template = resources.files("lsfs.prompts").joinpath("templates/propose.txt")
    system = template.read_text("utf-8").replace("{operations}", operation_list())
    prompt = _prompt(asked)
    answer = model.complete(system, prompt, proposal_schema())
    try:
        return _believed(answer, asked)
    except NotUnderstoodError:
        raise
    except (ValueError, LsfsError) as error:
        repair = (
            f"{prompt}\n\nYour answer was not valid:\n{answer[:2000]}\n"
            f"Problem: {_problem(error)}\nAnswer again, valid JSON only."
        )
    answer = model.complete(system, repair, proposal_schema())
    try:
        return _believed(answer, asked)
    except NotUnderstoodError:
        raise
    except (ValueError, LsfsError) as error:
        raise NotUnderstoodError(
            f"the language model {model.name} gave no valid plan ({_problem(error)[:200]})",
            hint="say it in other words",
        ) from error


def operation_list() -> str:
    """Each operation's name, what it does and its fields, one a line."""
    lines = []
    for kind in PROPOSABLE:
        fields = ", ".join(name for name in kind.model_json_schema()["properties"] if name != "op")
        lines.append(
            f"{kind.model_fields['op'].default}({fields}): {(kind.__doc__ or '').splitlines()[0]}"
        )
    return "\n".join(lines)


def _prompt(asked: Asked) -> str:
    known = json.dumps(list(asked.names), ensure_ascii=True)
    quoted = json.dumps(asked.request, ensure_ascii=False)
    now = asked.now.isoformat(timespec="minutes")
    return f"Now: {now}\nKnown paths: {known}\nRequest: {quoted}"


def _believed(answer: str, asked: Asked) -> tuple[BaseOperation, ...]:
    """The operations in an answer.

    Raises:
        ValueError, LsfsError: it is no valid plan.
        NotUnderstoodError: it says so, or it is one that nobody asked for.
    """
    proposal = Proposal.model_validate_json(_json_in(answer))
    if not proposal.understood or not proposal.operations:
        raise NotUnderstoodError(
            "the language model did not understand", hint="say it in other words"
        )
    operations: Sequence[BaseOperation] = proposal.operations
    if asked.only_looks and any(one.effect != "read" for one in operations):
        raise NotUnderstoodError(
            "the language model would change something, and the request only asks to look:"
            " nothing was done", hint="say what is to be done, or say it in other words",
        )  # fmt: skip
    made: set[str] = set()
    for operation in operations:
        refuse_vague_act(operation)
        for path in _acted_on(operation):
            if not asked.is_there(path) and not _is_below(path, made):
                raise ValueError(f"there is no {path!a}")
        made |= {getattr(operation, name, None) or "" for name in ("path", "to", "into")} - {""}
    return tuple(_in_zone(operation, asked.now) for operation in operations)


def _json_in(answer: str) -> str:
    """The first JSON object in an answer that could be a plan, whatever stands around it.

    Raises:
        ValueError: there is none.
    """
    shown = answer[:_LONGEST_ANSWER]
    at = -1
    for _ in range(_MOST_STARTS):
        at = shown.find("{", at + 1)
        if at < 0:
            break
        with contextlib.suppress(ValueError, RecursionError):
            found, end = json.JSONDecoder().raw_decode(shown, at)
            if {"understood", "operations"} & set(found):
                return shown[at:end]
            at = end - 1
    raise ValueError("there is no whole JSON object with a plan in the answer")


def _acted_on(operation: BaseOperation) -> Sequence[str]:
    """The paths of an operation where something must be."""
    target = getattr(operation, "target", None)
    if isinstance(target, Selector):
        return target.paths
    path = getattr(operation, "path", "")
    return () if isinstance(operation, _MAKES) or not path else (path,)


_MAKES = (plan.Create, plan.Mkdir, plan.Write, plan.Append)


def _is_below(path: str, made: set[str]) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in made)


def _in_zone(operation: BaseOperation, now: datetime) -> BaseOperation:
    """Moments without a zone are in the user's."""
    dumped = operation.model_dump()
    changed = _zoned(dumped, now)
    return type(operation).model_validate(changed)


def _zoned(value: Any, now: datetime) -> Any:
    if isinstance(value, dict):
        return {key: _zoned(item, now) for key, item in value.items()}
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=now.tzinfo)
    return value


def _problem(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:3]
        )
    return str(error)
