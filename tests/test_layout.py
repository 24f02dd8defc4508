"""The house: links, packages, cheap imports, and a wheel that works away from the checkout."""

from __future__ import annotations

import configparser
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("mount", "indexer", "prompts")
HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "tokenizers",
    "faiss",
    "numpy",
    "onnx",
    "onnxruntime",
    "fuse",
    "mfusepy",
    "watchdog",
    "pypdfium2",
    "docx",
    "pptx",
    "python_calamine",
    "kreuzberg",
    "tree_sitter",
    "lxml",
}
# Every file that a build reads; a copy of them is built, so that the checkout stays clean.
BUILD_INPUTS = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "NOTICE", "lsfs", *ROOMS)
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
OFFLINE = ("--quiet", "--no-deps", "--no-index")


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command in `cwd`, without a PYTHONPATH of the caller's, and return its stdout."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def modules_after(code: str, cwd: Path) -> set[str]:
    """The top-level names in sys.modules after a fresh Python ran `code`."""
    tail = "import json, sys; print(); print(json.dumps(sorted(sys.modules)))"
    lines = run(sys.executable, "-c", f"{code}\n{tail}", cwd=cwd).splitlines()
    return {name.split(".")[0] for name in json.loads(lines[-1])}


@pytest.fixture(scope="module")
def setup_cfg() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg")
    return parser


@pytest.mark.parametrize("room", ROOMS)
def test_link_of_a_room_resolves(room: str) -> None:
    link = ROOT / "lsfs" / room
    assert link.is_symlink()
    assert link.readlink() == Path("..") / room
    assert (link / "__init__.py").is_file()


def test_no_bare_room_is_imported() -> None:
    names = modules_after("import lsfs.app", cwd=ROOT)
    assert "lsfs" in names
    assert not names.intersection(ROOMS)


def test_every_package_on_disk_is_installed(setup_cfg: configparser.ConfigParser) -> None:
    folders = [ROOT / "lsfs", *(ROOT / room for room in ROOMS)]
    on_disk = set()
    for folder in folders:
        prefix = () if folder.name == "lsfs" else ("lsfs",)
        for init in folder.rglob("__init__.py"):  # does not follow the links
            on_disk.add(".".join((*prefix, *init.parent.relative_to(ROOT).parts)))
    assert on_disk == set(setup_cfg["options"]["packages"].split())


def test_the_design_names_every_module_of_the_core() -> None:
    told = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    modules = {file.stem for file in (ROOT / "lsfs").glob("*.py")} - {"__init__"}
    assert {name for name in modules if f"`{name}`" not in told} == set()


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = """
import sys
sys.argv = ["lsfs", "--help"]
from lsfs.cli import main
try:
    code = main()
except SystemExit as end:
    code = end.code
assert not code, code
"""
    names = modules_after(code, cwd=tmp_path)
    assert "lsfs" in names
    assert not names.intersection(HEAVY)


def copy_build_inputs(checkout: Path) -> None:
    checkout.mkdir()
    for name in BUILD_INPUTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, checkout / name, symlinks=True)
        else:
            shutil.copy(ROOT / name, checkout / name)


def install_alone(wheel: Path, folder: Path) -> Path:
    """A new environment with this wheel and, beneath it, the packages of ours; its Python."""
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    run(*PIP, "--python", python, "install", *OFFLINE, wheel, cwd=folder)
    (site,) = folder.glob("lib/python*/site-packages")
    # A .pth file adds a folder without obeying the .pth files inside: our editable lsfs stays away.
    (site / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_wheel_works_away_from_the_checkout(
    tmp_path: Path, setup_cfg: configparser.ConfigParser
) -> None:
    checkout, environment, away = (tmp_path / name for name in ("checkout", "environment", "away"))
    away.mkdir()
    copy_build_inputs(checkout)
    run(*PIP, "wheel", *OFFLINE, "--no-build-isolation", "-w", tmp_path, checkout, cwd=away)
    (wheel,) = tmp_path.glob("lsfs-*.whl")
    python = install_alone(wheel, environment)

    version = run(python.with_name("lsfs"), "--version", cwd=away)
    assert setup_cfg["metadata"]["version"] in version
    for room in ROOMS:
        code = f"import lsfs.{room}; print(lsfs.{room}.__file__)"
        assert run(python, "-c", code, cwd=away).startswith(str(environment))
    for file in ("py.typed", "data/lsfs.service"):
        assert list(environment.glob(f"lib/python*/site-packages/lsfs/{file}"))
    run(python.with_name("mount.fuse.lsfs"), away, away, "-f", "-o", "ro,nofail", cwd=away)
