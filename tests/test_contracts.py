"""The arrows between modules hold, and what holds them catches a violation."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    # importlinter's command line has no `python -m`; this is what its script does.
    code = "from importlinter.cli import lint_imports_command as c; c()"
    return subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, ''); {code}",
            "--no-cache",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("engine", "gui", "templates"):
        ignored = shutil.ignore_patterns("__pycache__", "*.md", "*.espalier")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_arrows_hold(copy: Path) -> None:
    done = _lint(copy)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("module", "planted", "broken"),
    [
        ("engine/graph.py", "from PySide6 import QtCore", "Qt-free BROKEN"),
        ("engine/catalog/dense.py", "import torch", "torch-free BROKEN"),
        ("engine/shapes.py", "import gui.theme", "never upwards BROKEN"),
        ("engine/storage.py", "import engine.analysis", "one ladder BROKEN"),
        ("engine/strange.py", "x = 1", "one ladder BROKEN"),
    ],
)
def test_a_planted_violation_is_caught(
    copy: Path, module: str, planted: str, broken: str
) -> None:
    path = copy / module
    text = path.read_text() if path.exists() else '"""New."""\n'
    path.write_text(f"{text}\n{planted}\n")
    done = _lint(copy)
    assert done.returncode != 0
    lost = "engine.strange" in done.stdout + done.stderr
    assert broken in done.stdout or lost
