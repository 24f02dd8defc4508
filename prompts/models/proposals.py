"""A language model as the last parser: what it is told, and what is believed of its answer.

It sees the list of operations, the request, the time and names of the tree, never contents. Its
answer is a proposed plan: validated like any other, then judged and shown like any other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Annotated, Any, Union, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lsfs import plan
from lsfs.errors import LsfsError, NotUnderstoodError
from lsfs.plan import BaseOperation
from lsfs.ports import LanguageModel

from ..request.refusals import refuse_vague_act

_MOST_OPERATIONS = 5
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


def propose(
    model: LanguageModel, request: str, names: Sequence[str], now: datetime
) -> tuple[BaseOperation, ...]:
    """Operations the model proposes for the request, after one repair at most.

    Raises:
        NotUnderstoodError: it did not understand, or twice gave no valid plan.
        UnavailableError: the model cannot be reached.
    """
    system = resources.files("lsfs.prompts").joinpath("templates/propose.txt").read_text("utf-8")
    prompt = _prompt(request, names, now)
    answer = model.complete(
        system.replace("{operations}", operation_list()), prompt, proposal_schema()
    )
    try:
        return _believed(answer, now)
    except (ValidationError, ValueError, LsfsError) as error:
        if isinstance(error, NotUnderstoodError):
            raise
        repair = (
            f"{prompt}\n\nYour answer was not valid:\n{answer[:2000]}\n"
            f"Problem: {_problem(error)}\nAnswer again, valid JSON only."
        )
    try:
        return _believed(
            model.complete(
                system.replace("{operations}", operation_list()), repair, proposal_schema()
            ),
            now,
        )
    except (ValidationError, ValueError, LsfsError) as error:
        raise NotUnderstoodError(
            f"the language model {model.name} gave no valid plan", hint="say it in other words"
        ) from error


def operation_list() -> str:
    """Each operation's name, what it does and its fields, one a line."""
    lines = []
    for kind in PROPOSABLE:
        fields = ", ".join(name for name in kind.model_fields if name != "op")
        lines.append(
            f"{kind.model_fields['op'].default}({fields}): {(kind.__doc__ or '').splitlines()[0]}"
        )
    return "\n".join(lines)


def _prompt(request: str, names: Sequence[str], now: datetime) -> str:
    known = json.dumps(list(names), ensure_ascii=True)
    quoted = json.dumps(request, ensure_ascii=False)
    return f"Now: {now.isoformat(timespec='minutes')}\nKnown paths: {known}\nRequest: {quoted}"


def _believed(answer: str, now: datetime) -> tuple[BaseOperation, ...]:
    start, end = answer.find("{"), answer.rfind("}")
    if start < 0 or end < start:
        raise ValueError("no JSON object in the answer")
    proposal = Proposal.model_validate_json(answer[start : end + 1])
    if not proposal.understood or not proposal.operations:
        raise NotUnderstoodError(
            "the language model did not understand", hint="say it in other words"
        )
    for operation in proposal.operations:
        refuse_vague_act(operation)
    return tuple(_in_zone(operation, now) for operation in proposal.operations)


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
