"""What every test may use."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from engine.allowed_code import ALLOWED

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if sys.dont_write_bytecode:
    # Each worker, and each of the processes that tests start, would compile PyTorch and
    # scikit-learn anew: 8 s instead of 4 for PyTorch alone.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
if "PYTEST_XDIST_WORKER" in os.environ:
    # Each core has a worker already. Threads of several processes that share a core
    # wait for each other, and what takes a minute took six. Read once, by PyTorch.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

DATA_DIR = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_finish() -> None:
    """What was imported stays: a search for garbage need not go through it.

    It is searched after each of 430 windows; through all of PyTorch that took 0.7 s.
    """
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # else Triton tells of leaks at the end


@pytest.fixture(autouse=True)
def _nothing_allowed() -> Iterator[None]:
    """What one test allows to run is not allowed in the next."""
    yield
    ALLOWED.forget()


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data sets, as their publishers ship them."""
    if not DATA_DIR.is_dir():
        pytest.skip("needs the folder shared/data beside the project; CI has it")
    return DATA_DIR
