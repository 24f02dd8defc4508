"""Records as the JSON that passes between the daemon and the worker, one message a line.

Lone surrogates of names that are not UTF-8 survive as ASCII escapes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lsfs import errors
from lsfs.records import Coverage, Hit, Match, Place, SearchResult

if TYPE_CHECKING:
    import numpy


def line(message: Mapping[str, Any]) -> bytes:
    """A message as one line."""
    return json.dumps(message).encode("ascii") + b"\n"


def result_fields(result: SearchResult) -> dict[str, Any]:
    """A search result as JSON fields."""
    fields = asdict(result)
    for hit in fields["hits"]:
        for match in hit["matches"]:
            match["place"] = {k: v for k, v in match["place"].items() if v is not None}
    return fields


def result_from_fields(fields: Mapping[str, Any]) -> SearchResult:
    """The inverse of `result_fields`."""
    return SearchResult(
        hits=tuple(_hit(hit) for hit in fields["hits"]),
        mode=fields["mode"],
        coverage=Coverage(**fields["coverage"]),
        elapsed_ms=fields["elapsed_ms"],
        notices=tuple(fields["notices"]),
        weak=fields["weak"],
    )


def _hit(fields: Mapping[str, Any]) -> Hit:
    matches = tuple(
        Match(match["text"], Place(**match["place"]), match["score"]) for match in fields["matches"]
    )
    return Hit(**{**fields, "matches": matches, "copies": tuple(fields["copies"])})


def vectors_fields(vectors: numpy.ndarray) -> dict[str, Any]:
    """float32 [n, dim] as base64 of its little-endian rows."""
    data = vectors.astype("<f4").tobytes()
    return {"dim": int(vectors.shape[1]), "data": base64.b64encode(data).decode("ascii")}


def vectors_from_fields(fields: Mapping[str, Any]) -> list[list[float]]:
    """The inverse of `vectors_fields`, without numpy: the daemon has none."""
    import array
    import sys

    flat = array.array("f", base64.b64decode(fields["data"]))
    if sys.byteorder == "big":
        flat.byteswap()
    dim = fields["dim"]
    return [flat[start : start + dim].tolist() for start in range(0, len(flat), dim)]


def error_fields(error: errors.LsfsError) -> dict[str, Any]:
    """An error of ours as JSON fields."""
    return {
        "kind": error.kind, "message": error.message, "path": error.path, "hint": error.hint
    }  # fmt: skip


def error_from_fields(fields: Mapping[str, Any]) -> errors.LsfsError:
    """The error of the same kind; what has no class of its own is an `LsfsError`."""
    classes = {one.kind: one for one in errors.LsfsError.__subclasses__()}
    chosen = classes.get(str(fields["kind"]), errors.LsfsError)
    return chosen(fields["message"], path=fields.get("path"), hint=fields.get("hint"))
