"""Waiting for a condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL_S = 0.02


def wait_for(predicate: Callable[[], T], timeout_s: float = 10.0, message: str = "") -> T:
    """Call `predicate` until it returns something true, and return that.

    Raises:
        AssertionError: naming `message` and the last value, when `timeout_s` have passed.
    """
    deadline = time.monotonic() + timeout_s
    while not (value := predicate()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout_s} s for {message or predicate}: {value!r}")
        time.sleep(POLL_S)
    return value
