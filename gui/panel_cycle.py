"""Goes from panel to panel by key, and orders what Tab goes through."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget


class PanelCycle(QObject):
    """Moves the keyboard from one panel to the next.

    Each panel gives the keyboard back to what had it there last.
    """

    def __init__(
        self, panels: Callable[[], Sequence[QWidget]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._panels = panels
        self._last: weakref.WeakKeyDictionary[QWidget, weakref.ref[QWidget]] = (
            weakref.WeakKeyDictionary()
        )

    def go(self, step: int) -> None:
        """Put the keyboard into the next panel (1) or the one before (-1)."""
        panels = [each for each in self._panels() if each.isVisible()]
        if not panels:
            return
        now = QApplication.focusWidget()
        here = next((at for at, each in enumerate(panels) if _holds(each, now)), None)
        if here is not None and now is not None:
            self._last[panels[here]] = weakref.ref(now)
        start = here if here is not None else (-1 if step > 0 else 0)
        for count in range(1, len(panels) + 1):
            if self._enter(panels[(start + step * count) % len(panels)]):
                return

    def _enter(self, panel: QWidget) -> bool:
        """Put the keyboard into a panel; whether there was anything to take it."""
        kept = self._last.get(panel)
        target = kept() if kept is not None else None
        if target is None or not shiboken6.isValid(target) or not takes_keys(target):
            target = next(iter(stops(panel)), None)
        if target is None:
            return False
        target.setFocus(Qt.FocusReason.TabFocusReason)
        return True


def order_tabs(panels: Sequence[QWidget]) -> None:
    """Let Tab go through the panels in this order, as it goes within each."""
    before: QWidget | None = None
    for panel in panels:
        for each in stops(panel, also_hidden=True):
            if before is not None:
                QWidget.setTabOrder(before, each)
            before = each


def stops(panel: QWidget, *, also_hidden: bool = False) -> list[QWidget]:
    """What Tab stops at within a panel, in the order in which it was made.

    Not by way of `nextInFocusChain`: PySide6 6.11 takes widgets it gives for its own,
    and with them go the menus.
    """
    return [
        each
        for each in (panel, *panel.findChildren(QWidget))
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each.window() is panel.window()
        and (also_hidden or takes_keys(each))
    ]


def takes_keys(widget: QWidget) -> bool:
    """Whether the widget is to be seen, is switched on and takes the keyboard."""
    is_stop = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return is_stop and widget.isVisible() and widget.isEnabled()


def _holds(panel: QWidget, widget: QWidget | None) -> bool:
    return widget is not None and (panel is widget or panel.isAncestorOf(widget))
