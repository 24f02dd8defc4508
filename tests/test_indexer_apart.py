"""The processes that the index starts, wherever it is started from."""

from __future__ import annotations

from pathlib import Path

import pytest
from indexing import Indexed

from lsfs.errors import UnavailableError
from lsfs.indexer import packaged
from lsfs.indexer.building import build_apart


def test_none_runs_what_lies_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json", "numpy", "shutil"):
        (tmp_path / f"{name}.py").write_text(
            f"open({str(tmp_path / 'run')!r}, 'w'); raise Exception"
        )
    monkeypatch.chdir(tmp_path)
    with Indexed(tmp_path / "home") as home:
        for number in range(3):
            home.write(f"{number}.txt", f"Bees of hive {number} make honey.")
        home.settle()
        assert home.index.topics(["0.txt", "1.txt", "2.txt"], None)
        ((model,),) = home.rows("SELECT DISTINCT model FROM vectors")
        build_apart(home.config.catalog_file, tmp_path / "made" / "v.faiss", model, 384)
    with pytest.raises(UnavailableError):  # there is no model in that folder
        packaged._export(tmp_path, tmp_path / "made" / "model.onnx")
    assert not (tmp_path / "run").exists()
