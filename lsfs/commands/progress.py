"""How far something is, on a terminal, while it lasts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .invocation import Invocation


@contextmanager
def progress(invocation: Invocation, what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar with rate and time left on stderr, where that is a terminal; it is told how much is
    done, and of how much."""
    if invocation.flags.quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft
    from rich.text import Text

    class Rate(TextColumn):
        """How many a second, or a minute."""

        def render(self, task: Task) -> Text:
            speed = task.speed or 0.0
            return Text(f"{speed:.1f}/s" if speed >= 1 else f"{60 * speed:.1f}/min")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(""))
    with Progress(
        *columns,
        TimeLeft(),
        console=Console(stderr=True),
        transient=True,
        speed_estimate_period=600,
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
