"""Going into blocks and out again: what is seen, and the trail over the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from engine.block_view import Step
from gui.canvas.framing import Looked
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

tr = Texts("canvas")

_CORNER = 12
"""Pixels from the corner of the canvas."""
_Path = tuple[Step, ...]


class Scopes(QObject):
    """Shows the graph of the block one is in; coming back, it looks as it was left."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._model = canvas.model
        self._shown: _Path = ()
        self._seen: dict[_Path, Looked] = {}
        self.trail = Breadcrumb(canvas)
        self.trail.depth_chosen.connect(self._model.leave_to)
        self._model.scope_changed.connect(self._on_scope)
        self._model.analysed.connect(self._show_trail)

    def enter_selected(self) -> bool:
        """Go into the block that is selected alone; gives whether there is one."""
        names = self._canvas.selection.names
        return len(names) == 1 and self.enter(names[0])

    def enter(self, name: str) -> bool:
        """Go into the block that a node uses; gives whether it uses one."""
        node = self._model.document.graph.nodes.get(name)
        if node is None or node.layer not in self._model.root.blocks:
            return False
        self._model.enter(node.layer, name)
        return True

    def leave(self) -> bool:
        """Go out of the block one is in; gives whether one was in any."""
        is_inside = bool(self._model.scope)
        self._model.leave()
        return is_inside

    def _on_scope(self) -> None:
        canvas, before = self._canvas, self._shown
        now = self._model.path_of_scopes
        self._seen[before] = canvas.framing.looked()
        self._shown = now
        self._show_trail()  # before one looks: it lies over the canvas
        canvas.follower.start_anew()
        left = before[len(now)] if before[: len(now)] == now != before else None
        if left is not None and now in self._seen:
            canvas.framing.look_back(self._seen[now])
        if left is not None and left.use is not None:
            canvas.select([left.use])

    def _show_trail(self) -> None:
        self.trail.show_path(self._model.root.name, self._model.path_of_scopes)


class Breadcrumb(QFrame):
    """`Main › stage1: Bottleneck`; each part leads there. Hidden in the main graph."""

    depth_chosen = Signal(int)
    """How many blocks deep the user wants to be; 0 is the main graph."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "popup")
        self.setAccessibleName(tr("Where you are"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(5, 3, 16, 3)
        self._row.setSpacing(0)
        self._titles: tuple[str, ...] = ()
        self.parts: list[QToolButton] = []
        self.move(_CORNER, _CORNER)
        self.hide()

    def show_path(self, title: str, path: _Path) -> None:
        """Show the way from the document called `title` to where one is."""
        titles = (tr("Main"), *map(_title, path))
        if titles != self._titles:
            self._titles = titles
            self._fill(titles)
        if self.parts:
            self.parts[0].setToolTip(tr("{title} (Esc goes one step out)", title=title))
        self.setVisible(bool(path))
        self.adjustSize()
        self.raise_()

    def _fill(self, titles: tuple[str, ...]) -> None:
        while self._row.count():
            item = self._row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.parts = []
        for depth, title in enumerate(titles):
            if depth:
                arrow = QLabel("›", self)
                arrow.setProperty("role", "muted")
                self._row.addWidget(arrow)
            if depth == len(titles) - 1:
                here = QLabel(title, self)
                here.setProperty("role", "title")
                here.setTextFormat(Qt.TextFormat.PlainText)
                here.setContentsMargins(13, 0, 0, 0)
                self._row.addWidget(here)
                continue
            part = QToolButton(self)
            part.setText(title)
            part.setProperty("role", "flat")
            part.setAccessibleName(tr("Go to {title}", title=title))
            part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            part.clicked.connect(
                lambda _=False, depth=depth: self.depth_chosen.emit(depth)
            )
            self._row.addWidget(part)
            self.parts.append(part)


def _title(step: Step) -> str:
    return step.block if step.use is None else f"{step.use}: {step.block}"
