"""`lsfs eval`: how good search is on a test collection, through the product itself."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from lsfs import evaluation, render
from lsfs.client import FileSystem
from lsfs.client import open as open_root

from .invocation import DONE, Invocation, lsfs_command
from .serving import index_shown


@lsfs_command("eval")
@click.argument("collection", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--mode", "modes", multiple=True, type=click.Choice(evaluation.MODES), help="Only this one."
)
@click.option("--split", default="test", metavar="NAME", help="Judgements in qrels/NAME.tsv.")
@click.option("--joined", type=click.IntRange(1), default=1, help="So many documents a file.")
@click.option("--seed", type=int, default=1, help="Which documents are joined.")
@click.option(
    "--keep", type=click.Path(path_type=Path), help="Make the files here and leave them, indexed."
)
def eval(
    invocation: Invocation, collection: Path, modes: tuple[str, ...], keep: Path | None,
    **reading: Any,
) -> int:  # fmt: skip
    """Index the documents of a test collection and ask its questions.

    DIR holds corpus.jsonl, queries.jsonl and qrels.tsv (BEIR's layout).
    """
    from lsfs.app import init_root

    chosen = evaluation.read(collection, **reading)
    shown = sys.stderr.isatty() and not invocation.flags.quiet
    with _folder(keep) as root:
        evaluation.write(chosen, root)
        if not (root / ".lsfs").exists():
            init_root(root)
        with open_root(root) as fs:
            if shown:
                index_shown(fs.call, [])
            else:
                fs.index()
            asked = evaluation.modes(fs, modes or evaluation.MODES)
            found = [_measured(fs, chosen, mode, shown=shown) for mode in asked]
    rows = [asdict(one) for one in found]
    if invocation.flags.json:
        invocation.emit_json(
            {"collection": str(collection), "files": len(chosen.files), "rows": rows}
        )
    else:
        invocation.emit(render.table([_rounded(row) for row in rows], invocation.look(sys.stdout)))
    return DONE


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        yield keep.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="lsfs-eval-") as name:
        yield Path(name).resolve() / "files"


def _measured(
    fs: FileSystem, chosen: evaluation.Collection, mode: str, *, shown: bool
) -> evaluation.Measures:
    if not shown:
        return evaluation.measure(fs, chosen, mode, lambda asked: None)
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"asking, {mode}", total=len(chosen.questions))
        seen: Callable[[int], None] = lambda asked: progress.update(task, completed=asked)  # noqa: E731
        return evaluation.measure(fs, chosen, mode, seen)


def _rounded(row: dict[str, object]) -> dict[str, object]:
    return {
        name: f"{value:.1f}" if name.endswith("_ms") else f"{value:.4f}"
        if isinstance(value, float) else value
        for name, value in row.items()
    }  # fmt: skip
