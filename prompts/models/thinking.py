"""What a model says before it answers, which is no part of the answer. Pure."""

from __future__ import annotations

import re

_THOUGHTS = re.compile(r"\s*<think>.*?(?:</think>|\Z)", re.DOTALL)


def without_thoughts(answer: str) -> str:
    """The answer without the thoughts that models such as Qwen3 and DeepSeek-R1 begin with."""
    return _THOUGHTS.sub("", answer, count=1) if _THOUGHTS.match(answer) else answer
