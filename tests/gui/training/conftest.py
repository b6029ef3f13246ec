"""A window whose training is played from a script."""

from __future__ import annotations

import pytest

import templates
from gui.main_window import MainWindow
from tests.gui.conftest import OpenWindow
from tests.gui.training.script import Script


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def window(open_window: OpenWindow, script: Script) -> MainWindow:
    return open_window(templates.open_lesson("fnn-iris"), start=script.launch)
