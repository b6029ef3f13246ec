"""Everything by keyboard alone, and for those who hear the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenuBar,
    QProgressBar,
    QSplitterHandle,
    QTabBar,
    QTabWidget,
    QWidget,
)

import templates
from engine.edits import change_settings
from gui.main_window import MainWindow
from gui.panel_cycle import stops
from gui.shortcuts_page import ShortcutsPage
from gui.shortcuts_sheet import ShortcutsSheet
from gui.spoken_names import Announcer
from tests.gui.conftest import OpenWindow

CONTROLS = (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QProgressBar,
    QSplitterHandle,
    QTabWidget,
)
WHOLE = (QAbstractItemView, QAbstractSpinBox, QComboBox, QMenuBar, QTabBar)
"""Controls that speak for the widgets Qt makes inside them."""


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(templates.open_lesson("digits-cnn"))


def is_inside(widget: QWidget, kinds: tuple[type, ...]) -> bool:
    above = widget.parentWidget()
    while above is not None and not isinstance(above, kinds):
        above = above.parentWidget()
    return above is not None


def nameless(root: QWidget) -> list[str]:
    """The controls within `root` that assistive technology has no words for."""
    found = []
    for each in root.findChildren(QWidget):
        takes_keys = bool(each.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if not isinstance(each, CONTROLS) and not takes_keys:
            continue
        if is_inside(each, WHOLE) or each.focusProxy() is not None:
            continue
        spoken = QAccessible.queryAccessibleInterface(each)
        name = spoken.text(QAccessible.Text.Name) or (
            each.text() if isinstance(each, QLabel) else ""
        )
        has_role = spoken.role() is not QAccessible.Role.NoRole
        if not name.strip() or not has_role:
            found.append(f"{type(each).__name__} in {type(each.parent()).__name__}")
    return found


# Names.


@pytest.mark.parametrize("selected", [[], ["conv1"]], ids=["document", "node"])
def test_every_control_has_a_name_and_a_role(
    window: MainWindow, selected: list[str]
) -> None:
    window.canvas.select(selected)
    QApplication.processEvents()
    assert nameless(window) == []


def test_the_start_page_has_names_too(window: MainWindow) -> None:
    window.actions_.of["start_page"].trigger()
    QApplication.processEvents()
    assert nameless(window) == []


def test_the_pages_of_shortcuts_have_names_too(window: MainWindow) -> None:
    for kind in (ShortcutsSheet, ShortcutsPage):
        page = kind(window.keyboard.shortcuts, window)
        assert page.accessibleName()
        assert nameless(page) == []
        page.deleteLater()
    assert nameless(window.keyboard.palette) == []


def test_a_control_without_a_name_is_found(window: MainWindow) -> None:
    QLineEdit(window.left)
    assert nameless(window) == ["QLineEdit in LeftTabs"]


def test_the_canvas_says_what_is_selected(window: MainWindow) -> None:
    canvas = window.canvas
    assert canvas.accessibleName() == "Network canvas"
    canvas.select([])
    assert canvas.accessibleDescription().endswith("edges.")
    canvas.select(["conv2"])
    said = canvas.accessibleDescription()
    assert said.startswith("conv2: Conv2d")
    assert "Shape 32 × " in said
    graph = window.model.document.graph
    window.model.push("Break", change_settings(graph, "conv2", {"kernel_size": 99}))
    problem = window.model.analysis.first_error
    assert problem is not None
    assert problem.message in canvas.accessibleDescription()
    announcer = canvas.findChild(Announcer)
    assert announcer is not None
    canvas.select(["conv1"])
    assert announcer.said.startswith("conv1: Conv2d")


# The keyboard.


def test_f6_goes_through_the_panels_and_back(window: MainWindow) -> None:
    window.canvas.setFocus()
    page = window.page
    panels = [page.top, page.left, page.canvas, page.bottom, page.inspector]

    def here() -> QWidget:
        now = QApplication.focusWidget()
        assert now is not None
        return next(each for each in panels if each is now or each.isAncestorOf(now))

    seen = []
    for _ in panels:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6)
        seen.append(here())
    assert seen == [*panels[3:], *panels[:3]]
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, shift)
    assert here() is page.left
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, shift)
    assert here() is page.top


def test_a_panel_gives_the_keyboard_back_to_what_had_it(window: MainWindow) -> None:
    line = window.left.layers.search
    line.setFocus()
    window.actions_.of["next_panel"].trigger()
    assert QApplication.focusWidget() is window.canvas
    window.actions_.of["previous_panel"].trigger()
    assert QApplication.focusWidget() is line


def test_f6_passes_over_a_panel_that_is_folded_away(window: MainWindow) -> None:
    window.actions_.of["bottom"].trigger()
    window.canvas.setFocus()
    window.actions_.of["next_panel"].trigger()
    now = QApplication.focusWidget()
    assert now is not None
    assert window.inspector is now or window.inspector.isAncestorOf(now)


def test_tab_goes_through_the_panels_as_one_reads_them(window: MainWindow) -> None:
    """Shift+Tab leaves the canvas, where Tab adds a layer."""
    page = window.page
    page.top.home.setFocus()
    seen: list[str] = []
    for _ in range(60):
        now = QApplication.focusWidget()
        assert now is not None
        for name in ("top", "left", "canvas"):
            panel = getattr(page, name)
            if (panel is now or panel.isAncestorOf(now)) and seen[-1:] != [name]:
                seen.append(name)
        if now is page.canvas:
            break
        QTest.keyClick(now, Qt.Key.Key_Tab)
    assert seen == ["top", "left", "canvas"]
    QTest.keyClick(page.canvas, Qt.Key.Key_Backtab)
    now = QApplication.focusWidget()
    assert now is not None
    assert page.left.isAncestorOf(now)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_one_sees_where_the_keyboard_is(open_window: OpenWindow, theme: str) -> None:
    window = open_window(templates.open_lesson("digits-cnn"), theme=theme)
    window.activateWindow()
    window.canvas.select(["conv1"])
    unseen = []
    for tab in range(window.left.count()):
        window.left.setCurrentIndex(tab)
        window.bottom.setCurrentIndex(tab)
        QApplication.processEvents()
        for each in stops(window):
            if each.focusProxy() is not None or not each.isVisible():
                continue
            window.setFocus()
            before = each.grab().toImage()
            each.setFocus(Qt.FocusReason.TabFocusReason)
            if each.hasFocus() and each.grab().toImage() == before:
                unseen.append(f"{type(each).__name__} {each.accessibleName()}")
    assert unseen == []


def test_tab_goes_into_what_was_made_last(window: MainWindow) -> None:
    """The Look tab and the inspector's page are made long after the panels."""
    page = window.page
    page.canvas.select(["conv1"])
    page.bottom.setCurrentWidget(page.bottom.look)
    QApplication.processEvents()
    page.bottom.tabBar().setFocus()
    seen: list[QWidget] = []
    for _ in range(12):
        now = QApplication.focusWidget()
        assert now is not None
        QTest.keyClick(now, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        assert now is not None
        seen.append(now)
    look, inspector = page.bottom.look, page.inspector
    assert seen[0] is look.view.pages
    in_look = [look.isAncestorOf(each) for each in seen]
    within = in_look.index(False)
    assert not any(in_look[within:])
    assert seen[within] is inspector
    tops = [each.mapTo(inspector, each.rect().topLeft()).y() for each in seen[within:]]
    assert all(inspector.isAncestorOf(each) for each in seen[within + 1 :])
    assert tops == sorted(tops), "from above to below"
