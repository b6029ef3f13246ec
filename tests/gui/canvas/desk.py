"""A canvas under the menus of the window, and hands to work on it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from engine.analysis import load_shapes
from engine.document import Document
from engine.graph import Edge
from gui.action_table import MENUS
from gui.actions import Actions
from gui.canvas.commands import canvas_handlers
from gui.canvas.view import CanvasView
from gui.document_model import DocumentModel
from gui.theme import DARK
from tests.gui.test_canvas import chain

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


class Desk:
    """A window with a canvas, the menus, and what was said and asked for."""

    def __init__(self, document: Document) -> None:
        self.model = DocumentModel(document)
        self.window = QMainWindow()
        self.model.setParent(self.window)
        self.model.analyse()
        self.canvas = CanvasView(self.model, DARK, self.window)
        self.window.setCentralWidget(self.canvas)
        self.actions = Actions(self.window)
        stack = self.model.undo_stack
        self.called: list[str] = []
        handlers = {
            spec.id: partial(self.called.append, spec.id)
            for specs in MENUS.values()
            for spec in specs
        }
        handlers |= {"undo": stack.undo, "redo": stack.redo}
        self.actions.fill(
            self.window.menuBar(), {**handlers, **canvas_handlers(self.canvas)}
        )
        self.actions.serve(self.canvas)
        self.said: list[str] = []
        self.asked: list[tuple[QPointF, object]] = []
        self.canvas.refused.connect(self.said.append)
        self.canvas.add_requested.connect(
            lambda point, source: self.asked.append((point, source))
        )

    # Where things are, in the scene.

    def body(self, name: str) -> QPointF:
        """A place on a card that is no port."""
        return self.canvas.network.nodes[name].rect().topLeft() + QPointF(60, 14)

    def port(self, name: str, port: str = "", *, is_output: bool) -> QPointF:
        """Where a port sits; the first of its side without a name."""
        item = self.canvas.network.nodes[name]
        side = item.card.outputs if is_output else item.card.inputs
        spot = side[0] if not port else item.card.spot(port, is_output=is_output)
        return item.spot_position(spot)

    def middle(self, source: str, target: str) -> QPointF:
        """Half way along the edge between two nodes."""
        return self.canvas.network.edges[self.edge(source, target)].middle()

    def edge(self, source: str, target: str) -> Edge:
        """The edge between two nodes."""
        edges = self.model.document.graph.edges_out_of(source)
        return next(edge for edge in edges if edge.target == target)

    # What hands do.

    def at(self, point: QPointF) -> QPoint:
        """A point of the scene on the viewport."""
        return self.canvas.to_view(point).toPoint()

    def drag(
        self,
        start: QPointF,
        end: QPointF,
        held: Qt.KeyboardModifier = NONE,
        *,
        button: Qt.MouseButton = LEFT,
        release: bool = True,
    ) -> None:
        """Press, move in steps, let go."""
        viewport = self.canvas.viewport()
        first, last = self.at(start), self.at(end)
        QTest.mousePress(viewport, button, held, first)
        for step in range(1, 9):
            QTest.mouseMove(viewport, first + (last - first) * (step / 8))
        if release:
            QTest.mouseRelease(viewport, button, held, last)

    def click(self, point: QPointF, held: Qt.KeyboardModifier = NONE) -> None:
        """Press and let go."""
        QTest.mouseClick(self.canvas.viewport(), LEFT, held, self.at(point))

    def double_click(self, point: QPointF) -> None:
        """Twice in one place."""
        QTest.mouseDClick(self.canvas.viewport(), LEFT, NONE, self.at(point))

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
        """A key, while the canvas has the keyboard."""
        QTest.keyClick(self.canvas, key, held)

    # What came of it.

    @property
    def edges(self) -> set[tuple[str, str]]:
        """The edges by their nodes."""
        return {(e.source, e.target) for e in self.model.document.graph.edges}

    @property
    def labels(self) -> list[str]:
        """The undo steps, oldest first."""
        stack = self.model.undo_stack
        return [stack.text(index) for index in range(stack.index())]

    def undo_redo_is_exact(self, before: Document, steps: int = 1) -> None:
        """The last step undone gives `before`, and done again what is there now."""
        after = self.model.root.copy()
        for _ in range(steps):
            self.model.undo_stack.undo()
        assert self.model.root == before
        for _ in range(steps):
            self.model.undo_stack.redo()
        assert self.model.root == after


def desks(qtbot: QtBot, document: Document | None = None) -> Iterator[Desk]:
    """A desk while a test runs, `chain` on it unless another document is given."""
    load_shapes()
    desk = Desk(document or chain())
    qtbot.addWidget(desk.window)
    desk.window.resize(1240, 760)
    desk.window.show()
    qtbot.waitExposed(desk.window)
    desk.window.activateWindow()
    desk.canvas.setFocus()
    qtbot.waitUntil(desk.canvas.hasFocus)
    yield desk
    desk.canvas.mouse.cancel()
    # QTest remembers a held button, and would report it in the next test's moves.
    QTest.mouseRelease(desk.canvas.viewport(), LEFT, NONE, QPoint(1, 1))
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()
    desk.model.undo_stack.setClean()


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    """The chain images → fc1 → act1 → digit, and a lone Linear."""
    yield from desks(qtbot)
