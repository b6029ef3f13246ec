"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

DATA_DIR = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data sets, as their publishers ship them."""
    if not DATA_DIR.is_dir():
        pytest.skip("needs the folder shared/data beside the project; CI has it")
    return DATA_DIR
