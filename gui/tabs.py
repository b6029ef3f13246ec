"""The documents of a window in tabs. With one document alone there is no bar."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStackedWidget, QTabBar, QToolButton, QVBoxLayout, QWidget

from gui.icons import icon
from gui.start_page import StartPage
from gui.texts import Texts
from gui.theme import Theme
from gui.training.controller import TrainingState
from gui.workspace import Workspace

tr = Texts("window")

_STATES = {
    TrainingState.STARTING: tr.mark("starting"),
    TrainingState.RUNNING: tr.mark("running"),
    TrainingState.PAUSED: tr.mark("paused"),
    TrainingState.STOPPING: tr.mark("stopping"),
}

_RING = 14
"""The side of the mark of a training, in pixels."""
_RING_STEPS = 36
"""In how many steps the ring closes: redrawing it for less is not worth it."""
_LONGEST = 28
"""Letters of a title that are shown; all of it is in the tool tip."""


class DocumentTabs(QWidget):
    """A bar of tabs over the pages: the workspaces, and the start page."""

    current_changed = Signal()
    """Another page is shown."""
    leaving = Signal(object)
    """The workspace that is about to be covered by another page."""
    close_wanted = Signal(object)
    """The workspace whose tab is to be closed."""

    def __init__(
        self, start: StartPage, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._start = start
        self._theme = theme
        self._shown: QWidget | None = None
        self._marks: dict[Workspace, tuple[object, ...]] = {}
        self.bar = TabBar(self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(start)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.stack, 1)
        self.bar.currentChanged.connect(self._show_tab)
        self.bar.tabCloseRequested.connect(self._close_tab)
        self.bar.hide()

    @property
    def pages(self) -> list[Workspace]:
        """The workspaces in the order of their tabs."""
        return [each for each in self._widgets() if isinstance(each, Workspace)]

    @property
    def page(self) -> Workspace | None:
        """The workspace that is shown; None while the start page is."""
        shown = self._shown
        return shown if isinstance(shown, Workspace) else None

    def add(self, page: Workspace) -> None:
        """Take a workspace in, in a tab to the right of the present one."""
        self.stack.addWidget(page)
        self._insert(page, self.bar.currentIndex() + 1)
        self.refresh(page)

    def show_page(self, page: Workspace) -> None:
        """Show a workspace; the start page's tab goes, it has done its work."""
        at = self._index(page)
        if at < 0:
            self.add(page)
            at = self._index(page)
        self.bar.setCurrentIndex(at)
        self._show_tab(at)
        start = self._index(self._start)
        if start >= 0:
            self.bar.removeTab(start)
        self._show_bar()

    def show_start(self) -> None:
        """Show the start page in a tab of its own, the first one."""
        at = self._index(self._start)
        if at < 0:
            self._insert(self._start, at := 0)
        self.bar.setCurrentIndex(at)
        self._show_tab(at)
        self._show_bar()

    def remove(self, page: Workspace) -> None:
        """Take a workspace out and show what is beside it, or the start page."""
        if len(self._widgets()) == 1:
            self.show_start()
        self._marks.pop(page, None)
        self.bar.removeTab(self._index(page))
        self.stack.removeWidget(page)
        self._show_tab(self.bar.currentIndex())
        self._show_bar()

    def step(self, by: int) -> None:
        """Go so many tabs to the right, round from the last to the first."""
        count = self.bar.count()
        if count:
            self.bar.setCurrentIndex((self.bar.currentIndex() + by) % count)

    def close_current(self) -> None:
        """Ask for the tab that is shown to be closed."""
        self._close_tab(self.bar.currentIndex())

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self._marks.clear()
        for at in range(self.bar.count()):
            button = self.bar.tabButton(at, QTabBar.ButtonPosition.RightSide)
            if isinstance(button, QToolButton):
                button.setIcon(icon("close", theme.muted))
        for page in self.pages:
            self.refresh(page)

    def refresh(self, page: Workspace) -> None:
        """Let a tab say what its workspace is and does now."""
        at = self._index(page)
        state, bar = page.training.state, page.bottom.training.bar
        share = round(_RING_STEPS * bar.value() / max(bar.maximum(), 1))
        marks = (page.title, page.file.is_saved, page.model.path, state, share)
        if at < 0 or self._marks.get(page) == marks:
            return
        self._marks[page] = marks
        is_saved, percent = page.file.is_saved, round(100 * share / _RING_STEPS)
        said = [str(page.model.path or page.title)]
        said += [] if is_saved else [tr("not saved")]
        if state is TrainingState.IDLE:
            self.bar.setTabIcon(at, QIcon())
        else:
            said.append(
                tr(
                    "training {state}, {percent} %",
                    state=tr.of(_STATES[state]),
                    percent=percent,
                )
            )
            is_live = state is TrainingState.RUNNING
            color = self._theme.accent if is_live else self._theme.muted
            self.bar.setTabIcon(at, _ring(share / _RING_STEPS, color, self._theme))
        self._say(at, page.title, is_saved, " · ".join(said))

    def _say(self, at: int, title: str, is_saved: bool, tip: str) -> None:
        short = title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…"
        text = short.replace("&", "&&") + ("" if is_saved else " •")
        if self.bar.tabText(at) != text:
            self.bar.setTabText(at, text)
        self.bar.setTabToolTip(at, tip)
        self.bar.setAccessibleTabName(at, tip)
        button = self.bar.tabButton(at, QTabBar.ButtonPosition.RightSide)
        if button is not None:
            button.setAccessibleName(tr("Close {title}", title=title))

    def _widgets(self) -> list[QWidget]:
        return [self.bar.tabData(at) for at in range(self.bar.count())]

    def _index(self, page: QWidget) -> int:
        widgets = self._widgets()
        return widgets.index(page) if page in widgets else -1

    def _insert(self, page: QWidget, at: int) -> None:
        self.bar.blockSignals(True)  # without its data a tab is no page yet
        at = self.bar.insertTab(at, tr("Start"))
        self.bar.setTabData(at, page)
        button = QToolButton(self.bar)
        button.setProperty("role", "flat")
        button.setIcon(icon("close", self._theme.muted))
        button.setIconSize(QSize(10, 10))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setToolTip(tr("Close (Ctrl+W)"))
        button.setAccessibleName(tr("Close the start page"))
        button.clicked.connect(lambda: self._close_tab(self._index(page)))
        self.bar.setTabButton(at, QTabBar.ButtonPosition.RightSide, button)
        self.bar.blockSignals(False)

    def _show_tab(self, at: int) -> None:
        page = self.bar.tabData(at) if at >= 0 else None
        if page is None or page is self._shown:
            return
        if isinstance(self._shown, Workspace):
            self.leaving.emit(self._shown)
        self._shown = page
        self.stack.setCurrentWidget(page)
        self.current_changed.emit()

    def _close_tab(self, at: int) -> None:
        page = self.bar.tabData(at) if at >= 0 else None
        if isinstance(page, Workspace):
            self.close_wanted.emit(page)
        elif page is self._start and self.bar.count() > 1:
            self.bar.removeTab(at)
            self._show_tab(self.bar.currentIndex())
            self._show_bar()

    def _show_bar(self) -> None:
        self.bar.setVisible(self.bar.count() > 1)


class TabBar(QTabBar):
    """Tabs that can be dragged into another order and closed by the middle button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Open documents"))
        self.setDrawBase(False)
        self.setMovable(True)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSelectionBehaviorOnRemove(QTabBar.SelectionBehavior.SelectPreviousTab)
        self._pressed = -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pressed = self.tabAt(event.position().toPoint())
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            at, self._pressed = self._pressed, -1
            if at >= 0 and at == self.tabAt(event.position().toPoint()):
                self.tabCloseRequested.emit(at)
            event.accept()
            return
        super().mouseReleaseEvent(event)


def _ring(share: float, color: str, theme: Theme) -> QIcon:
    """A circle that closes as a training goes on."""
    drawn = QIcon()
    for ratio in (1.0, 2.0):
        side = round(_RING * ratio)
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(ratio, ratio)
        box = QRectF(QPointF(2, 2), QPointF(_RING - 2, _RING - 2))
        painter.setPen(QPen(QColor(theme.border), 2.4))
        painter.drawEllipse(box)
        painter.setPen(QPen(QColor(color), 2.4))
        painter.drawArc(box, 90 * 16, -round(360 * 16 * share))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        drawn.addPixmap(pixmap)
    return drawn
