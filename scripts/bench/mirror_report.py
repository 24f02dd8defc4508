"""The figures of `mirror.py` as tables and as a plot."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mirror_works import Work

PLAIN, BINDFS, LSFS, OFF = "plain directory", "bindfs", "lsfs", "lsfs, no capture"
_COLOURS = ("#0b62a4", "#7fb2d9", "#d1495b", "#8a5fbf", "#c98b00")


@dataclass
class Timings:
    """Seconds of one work by place, one a round, and what daemon and worker took for it after."""

    work: Work
    seconds: dict[str, list[float]] = field(default_factory=dict)
    behind_cpu_s: dict[str, list[float]] = field(default_factory=dict)

    def ratios(self, place: str, to: str) -> list[float]:
        """Of each round."""
        pairs = zip(self.seconds[place], self.seconds[to], strict=True)
        return [one / other for one, other in pairs]


def lines(found: Sequence[Timings]) -> Iterator[str]:
    """The tables, Markdown."""
    places = [place for place in found[0].seconds if place not in (BINDFS, PLAIN)]
    yield from _against_bindfs(found, places)
    yield ""
    yield from _against_plain([one for one in found if one.work.passthrough_aim], places)
    yield ""
    yield from _behind(found)


def _against_bindfs(found: Sequence[Timings], places: Sequence[str]) -> Iterator[str]:
    columns = [*places, PLAIN]
    yield f"| time to bindfs | {BINDFS}, s | {' | '.join(columns)} | aim | {LSFS} | on / off |"
    yield "|---|---|" + "---|" * (len(columns) + 3)
    for one in found:
        cells = [_spread(one.ratios(place, BINDFS)) for place in columns]
        cost = _spread(one.ratios(LSFS, OFF))
        seconds = f"{statistics.median(one.seconds[BINDFS]):.3f}"
        aim = _judged(one.ratios(LSFS, BINDFS), one.work.aim)
        yield f"| {one.work.name} | {seconds} | {' | '.join(cells)} | {aim} | {cost} |"


def _against_plain(found: Sequence[Timings], places: Sequence[str]) -> Iterator[str]:
    columns = [*places, BINDFS]
    heading = f"| time to the plain directory | {' | '.join(columns)}"
    yield f"{heading} | aim with passthrough | {LSFS} |"
    yield "|---|" + "---|" * (len(columns) + 2)
    for one in found:
        cells = [_spread(one.ratios(place, PLAIN)) for place in columns]
        aim = _judged(one.ratios(LSFS, PLAIN), one.work.passthrough_aim)
        yield f"| {one.work.name} | {' | '.join(cells)} | {aim} |"


def _behind(found: Sequence[Timings]) -> Iterator[str]:
    columns = list(found[0].behind_cpu_s)
    yield f"| processor s of daemon and worker | {' | '.join(columns)} |"
    yield "|---|" + "---|" * len(columns)
    for one in found:
        cells = [f"{statistics.median(one.behind_cpu_s[place]):.2f}" for place in columns]
        yield f"| {one.work.name} | {' | '.join(cells)} |"


def _spread(values: Sequence[float]) -> str:
    """Median, and the middle half of the values."""
    middle = statistics.median(values)
    if len(values) < 3:
        return f"{middle:.2f}"
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle:.2f} ({low:.2f}-{high:.2f})"


def _judged(values: Sequence[float], aim: float | None) -> str:
    if aim is None:
        return "- | "
    return f"{aim:g} | {'met' if statistics.median(values) <= aim else '**missed**'}"


def plot(found: Sequence[Timings], file: Path, title: str) -> None:
    """One row a work, one dot a place, on a logarithmic scale; bindfs is the line at 1."""
    import matplotlib

    matplotlib.use("svg" if file.suffix == ".svg" else "agg")
    matplotlib.rcParams["svg.hashsalt"] = "lsfs"  # the same figures, the same file
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 0.36 * len(found) + 1.6), layout="constrained")
    rows = range(len(found))
    axes.axvline(1.0, color="#555555", linewidth=1)
    axes.hlines(rows, 0.01, 20, color="#e6e6e6", linewidth=0.8, zorder=0)
    others = [place for place in found[0].seconds if place not in (BINDFS, PLAIN)]
    for place, colour in zip([*others, PLAIN], [*_COLOURS[: len(others)], "#999999"], strict=True):
        middles = [statistics.median(one.ratios(place, BINDFS)) for one in found]
        axes.scatter(middles, rows, s=34, color=colour, label=place, zorder=3)
    aimed = [(one.work.aim, row) for row, one in enumerate(found) if one.work.aim]
    axes.scatter(
        [aim for aim, _ in aimed], [row for _, row in aimed], marker="|", s=150, color="black",
        linewidths=1.6, label="aim of lsfs", zorder=2,
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(0.02, 12)
    axes.set_xticks([0.03, 0.1, 0.3, 1, 3, 10], ["0.03", "0.1", "0.3", "1", "3", "10"])
    axes.minorticks_off()
    axes.set_yticks(rows, [one.work.name for one in found])
    axes.invert_yaxis()
    axes.set_xlabel("time to bindfs (1 = as fast as bindfs, less is faster)")
    axes.set_title(title, loc="left", fontsize=11)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    figure.legend(loc="outside lower center", ncols=5, frameon=False, fontsize=9)
    figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None, dpi=150)
