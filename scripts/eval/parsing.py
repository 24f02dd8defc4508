"""How well requests in words become plans: `python scripts/eval/parsing.py [--develop [SET]]`.

tests/data/requests.toml, .later.toml, .third.toml to .eighth.toml and .chinese2.toml to
.chinese4.toml are developed on, and most are examples of `prompts/data/acts.*.toml`; of
.ninth.toml, .voices.toml and .report.toml only the totals are looked at.
All but the first were written
apart, and asked before anything was changed for them.
Figures are of the parser without a language model, on the packaged embedding model and a real
catalog. `--develop` lists what went wrong in a set that is developed on, and only there.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from judged_requests import (
    DEVELOPED,
    REPORTED,
    Judged,
    Requests,
    catalog_of,
    judge,
    load_requests,
    packaged_parser,
)

from lsfs.config import cache_directory
from lsfs.prompts.parser import RequestParser


def report(name: str, judged: Sequence[Judged]) -> str:
    """One line of figures."""
    n = len(judged)
    times = sorted(j.elapsed_ms for j in judged)
    operation, whole = (
        sum(getattr(j, f) for j in judged) for f in ("operation_right", "plan_right")
    )
    wrong = sum(j.is_wrong_act for j in judged)
    p95 = times[min(n - 1, int(n * 0.95))]
    return (
        f"{name:8} n={n:3}  operation right {operation / n:6.1%}  "
        f"whole plan right {whole / n:6.1%}  "
        f"wrong acts {wrong}  p50 {statistics.median(times):.1f} ms  p95 {p95:.1f} ms"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--develop", choices=DEVELOPED, nargs="?", const="develop",
        help="this set alone, and what went wrong in it",
    )  # fmt: skip
    flags = arguments.parse_args()
    requests = load_requests()
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(catalog_of(requests, Path(folder))) as tree,
    ):
        parser = packaged_parser(requests, tree, cache_directory())
        judge(requests.half("develop")[0], parser)
        show(requests, parser, develop=flags.develop)


def show(requests: Requests, parser: RequestParser, *, develop: str | None) -> None:
    """Print the figures, and when developing what went wrong."""
    for half in (develop,) if develop else (*DEVELOPED, *REPORTED):
        judged = [judge(item, parser) for item in requests.half(half)]
        print(report(half, judged))
        for item, j in zip(requests.half(half), judged, strict=True):
            if develop and not j.plan_right:
                print(f"  {'!!' if j.is_wrong_act else '  '} {j.text}\n       got  {j.got}\n"
                      f"       want {item.get('plan', item.get('expect'))}")  # fmt: skip


if __name__ == "__main__":
    main()
