"""Goes from panel to panel by key, and orders what Tab goes through."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QRadioButton, QWidget

_OVERLAP = 3
"""Pixels that a row may reach into the next."""


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


def step(panels: Sequence[QWidget], *, forward: bool) -> bool:
    """Move the keyboard on as one reads the panels; whether it was in one of them."""
    now = QApplication.focusWidget()
    here = [each for panel in panels if panel.isVisible() for each in stops(panel)]
    if now is None or now not in here:
        return False
    if not forward:
        here.reverse()
    place = here.index(now)
    reason = Qt.FocusReason.TabFocusReason
    if not forward:
        reason = Qt.FocusReason.BacktabFocusReason
    for each in (*here[place + 1 :], *here[:place]):
        if not _is_passed_over(each):
            each.setFocus(reason)
            if QApplication.focusWidget() is not now:  # it may stand for `now`
                return True
    return True


def _is_passed_over(widget: QWidget) -> bool:
    """Whether it is a choice beside the one that is made: arrows lead there."""
    parent = widget.parentWidget()
    if not isinstance(widget, QRadioButton) or widget.isChecked() or parent is None:
        return False
    return any(each.isChecked() for each in parent.findChildren(QRadioButton))


def order_tabs(panels: Sequence[QWidget]) -> None:
    """Let Tab go through the panels in this order, as it goes within each."""
    before: QWidget | None = None
    for panel in panels:
        for each in stops(panel, also_hidden=True):
            if before is not None:
                QWidget.setTabOrder(before, each)
            before = each


def stops(panel: QWidget, *, also_hidden: bool = False) -> list[QWidget]:
    """What Tab stops at within a panel, as one reads.

    Not by way of `nextInFocusChain`: PySide6 6.11 takes widgets it gives for its own,
    and with them go the menus.
    """
    return [
        each
        for each in _within(panel)
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and (also_hidden or takes_keys(each))
    ]


def _within(widget: QWidget) -> Iterator[QWidget]:
    """A widget and all in it as one reads, whatever was made last.

    Not by way of the layouts: PySide6 6.11 takes what they give for its own, too.
    """
    yield widget
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    inside = [
        each
        for each in widget.findChildren(QWidget, options=direct)
        if not each.isWindow()
    ]
    for row in _rows(inside):
        for each in sorted(row, key=lambda one: (one.x(), one.y())):
            yield from _within(each)


def _rows(widgets: list[QWidget]) -> Iterator[list[QWidget]]:
    """Widgets beside each other together, from above to below."""
    row: list[QWidget] = []
    end = 0
    for each in sorted(widgets, key=lambda one: one.y()):
        if row and each.y() >= end - _OVERLAP:
            yield row
            row = []
        end = max(end, each.y() + each.height()) if row else each.y() + each.height()
        row.append(each)
    if row:
        yield row


def takes_keys(widget: QWidget) -> bool:
    """Whether the widget is to be seen, is switched on and takes the keyboard."""
    is_stop = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return is_stop and widget.isVisible() and widget.isEnabled()


def _holds(panel: QWidget, widget: QWidget | None) -> bool:
    return widget is not None and (panel is widget or panel.isAncestorOf(widget))
